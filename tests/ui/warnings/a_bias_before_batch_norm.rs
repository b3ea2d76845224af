#![deny(deprecated)]

use typednet::prelude::*;

const FILTERS: usize = 8;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        conv: Conv2d(8, kernel = 3, bias = false), BatchNorm, Relu,
        residual {
            Conv2d(8, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(FILTERS, kernel = 3, padding = same), norm: BatchNorm,
        },
        Relu,
        #[allow(deprecated)]
        DepthwiseConv2d(3), BatchNorm,
        // After an activation a bias has its effect.
        Conv2d(8, kernel = 3, activation = relu), BatchNorm,
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 1]; 28]; 28]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 1]; 28]; 28], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
