use typednet::prelude::*;

network! {
    struct Digits: [40000, 40000, 1] -> [10] {
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
