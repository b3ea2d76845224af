use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<()> {
    let trainer = Trainer::new("adam", SparseCategoricalCrossentropy);
    Ok(())
}
