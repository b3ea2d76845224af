use typednet::prelude::*;

network! {
    struct Digits: [8, 8, 4] -> [10] {
        #[frozen]
        both: concat { { GlobalAvgPool2d }, { GlobalMaxPool2d } },
        Dense(10),
    }
}

fn main() {
    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 4]; 8]; 8]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 4]; 8]; 8], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
