use typednet::prelude::*;

fn main() {
    const SIZE: usize = 3;
    network! {
        struct Digits: [27, 27, 1] -> [10] {
            pool: MaxPool2d(SIZE),
            again: MaxPool2d(SIZE),
            last: AvgPool2d(SIZE + 1),
            Flatten,
            Dense(10),
        }
    }

    let mut net = Digits::boxed(1);
    let output: [f32; 10] = net.predict(&[[[0.0; 1]; 27]; 27]);
    let data = Dataset::from_fn(1, |_| ([[[0.0f32; 1]; 27]; 27], output));
    let _ = Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data);
}
