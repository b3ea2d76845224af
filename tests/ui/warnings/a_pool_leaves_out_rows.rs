#![deny(deprecated)]

use typednet::prelude::*;

network! {
    struct Digits: [13, 13, 1] -> [10] {
        conv: Conv2d(32, kernel = 3) -> [11, 11, 32],
        pool: MaxPool2d(2),
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
