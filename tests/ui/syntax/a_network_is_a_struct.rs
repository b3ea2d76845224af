use typednet::prelude::*;

network! {
    enum Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10),
    }
}

fn main() {
}
