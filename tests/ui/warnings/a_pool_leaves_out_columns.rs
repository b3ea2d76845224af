#![deny(deprecated)]

use typednet::prelude::*;

network! {
    struct Digits: [8, 7, 1] -> [10] {
        AvgPool2d((2, 3), stride = (2, 3)),
        Flatten,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 1]; 7]; 8]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 1]; 7]; 8], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
