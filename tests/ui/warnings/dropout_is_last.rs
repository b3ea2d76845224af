#![deny(deprecated)]

use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10),
        Dropout(0.5),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 1]; 28]; 28]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 1]; 28]; 28], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
