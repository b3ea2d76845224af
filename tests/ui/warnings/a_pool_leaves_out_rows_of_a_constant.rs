#![deny(deprecated)]

use typednet::prelude::*;

const SIDE: usize = 13;

network! {
    struct Digits: [SIDE, SIDE, 1] -> [10] {
        conv: Conv2d(32, kernel = 3),
        pool: MaxPool2d(2),
        GlobalAvgPool2d,
        Dense(10),
    }
}

// 12 rows are read to the last one.
network! {
    struct Fits: [SIDE + 1, SIDE + 1, 1] -> [10] {
        conv: Conv2d(32, kernel = 3),
        pool: MaxPool2d(2),
        GlobalAvgPool2d,
        Dense(10),
    }
}

// What is stated is meant.
network! {
    struct Stated: [SIDE, SIDE, 1] -> [10] {
        conv: Conv2d(32, kernel = 3),
        pool: MaxPool2d(2) -> [5, 5, 32],
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 1]; 13]; 13]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 1]; 13]; 13], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
