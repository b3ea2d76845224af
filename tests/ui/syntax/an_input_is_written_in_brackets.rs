use typednet::prelude::*;

network! {
    struct Digits: 784 -> [10] {
        Dense(10),
    }
}

fn main() {
    let _ = Digits::boxed(1);
}
