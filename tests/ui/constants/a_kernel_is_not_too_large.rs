use typednet::prelude::*;

const UNITS: usize = 10_000;

network! {
    struct Digits: [224, 224, 3] -> [10] {
        Flatten,
        hidden: Dense(UNITS),
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 3]; 224]; 224]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 3]; 224]; 224], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
