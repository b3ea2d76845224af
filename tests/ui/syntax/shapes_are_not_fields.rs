use typednet::prelude::*;

network! {
    struct Digits {
        flatten: Flatten,
        digit: Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
