use typednet::prelude::*;

const SIDE: usize = 40_000;

network! {
    struct Digits: [SIDE, SIDE, 1] -> [10] {
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
