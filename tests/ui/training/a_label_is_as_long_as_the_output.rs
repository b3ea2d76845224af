use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10),
    }
}

fn main() -> typednet::Result<()> {
    let data = Dataset::new([[[[0.0f32; 1]; 28]; 28]], [[0.0f32; 3]])?;
    let mut net = Digits::boxed(1);
    Trainer::new(Adam::default(), MeanSquaredError).fit(&mut net, &data)?;
    Ok(())
}
