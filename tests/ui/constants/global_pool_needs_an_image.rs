use typednet::prelude::*;

const UNITS: usize = 64;

network! {
    struct Digits: [30] -> [10] {
        hidden: Dense(UNITS),
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[0.0; 30]);
    let data = Dataset::from_fn(1, |_| ([0.0f32; 30], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
