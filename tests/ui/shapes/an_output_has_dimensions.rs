use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [] {
        Flatten,
        Dense(1),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
