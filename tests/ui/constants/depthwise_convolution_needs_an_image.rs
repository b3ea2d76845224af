use typednet::prelude::*;

const FEATURES: usize = 12;

network! {
    struct Digits: [FEATURES] -> [10] {
        DepthwiseConv2d(3),
        Flatten,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[0.0; 12]);
    let data = Dataset::from_fn(1, |_| ([0.0f32; 12], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
