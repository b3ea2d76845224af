#![deny(deprecated)]

use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        conv: Conv2d(32, kernel = 3, stride = 2),
        depthwise: DepthwiseConv2d(3, stride = 2) -> [6, 6, 32],
        pointwise: Conv2d(32, kernel = 1, stride = 2),
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
