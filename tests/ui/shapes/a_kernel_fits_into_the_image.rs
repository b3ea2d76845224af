use typednet::prelude::*;

network! {
    struct Digits: [4, 4, 3] -> [10] {
        conv: Conv2d(8, kernel = 5),
        Flatten,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 3]; 4]; 4]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 3]; 4]; 4], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
