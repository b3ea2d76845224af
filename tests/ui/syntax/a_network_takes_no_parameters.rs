use typednet::prelude::*;

network! {
    struct Digits<const WIDTH: usize>: [28, WIDTH, 1] -> [10] {
        Flatten,
        Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
