use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10),
    }

    struct Letters: [28, 28, 1] -> [26] {
        Flatten,
        Dense(26),
    }
}

fn main() {
    let image = [[[0.0; 1]; 28]; 28];
    let _: ([f32; 10], [f32; 26]) = (Digits::boxed(1).predict(&image), Letters::boxed(1).predict(&image));
}
