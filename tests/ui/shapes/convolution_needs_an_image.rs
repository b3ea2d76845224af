use typednet::prelude::*;

network! {
    struct Digits: [784] -> [10] {
        conv: Conv2d(32, kernel = 3),
        Flatten,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[0.0; 784]);
    let data = Dataset::from_fn(1, |_| ([0.0f32; 784], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
