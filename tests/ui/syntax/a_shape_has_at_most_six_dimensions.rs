use typednet::prelude::*;

network! {
    struct Digits: [2, 2, 2, 2, 2, 2, 2] -> [10] {
        Flatten,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[[[[[0.0; 2]; 2]; 2]; 2]; 2]; 2]; 2]);
    let data = Dataset::from_fn(1, |_| ([[[[[[[0.0f32; 2]; 2]; 2]; 2]; 2]; 2]; 2], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
