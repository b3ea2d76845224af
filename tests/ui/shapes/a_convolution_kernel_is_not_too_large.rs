use typednet::prelude::*;

network! {
    struct Digits: [2, 2, 4096] -> [10] {
        Conv2d(65_536, kernel = 3, padding = same),
        GlobalAvgPool2d,
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 4096]; 2]; 2]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 4096]; 2]; 2], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
