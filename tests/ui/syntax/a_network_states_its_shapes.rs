use typednet::prelude::*;

network! {
    struct Digits {
        Flatten,
        Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
