use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<()> {
    let data = Dataset::new([[[[0.0f32; 1]; 28]; 28]], [3])?;
    let mut net = Digits::boxed(1);
    Trainer::new(Adam::default(), CategoricalCrossentropy).fit(&mut net, &data)?;
    Ok(())
}
