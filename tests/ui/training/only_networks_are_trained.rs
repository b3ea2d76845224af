use typednet::prelude::*;

struct Digits;

fn main() -> typednet::Result<()> {
    let data = Dataset::new([[0.0f32; 4]], [3])?;
    Trainer::new(Adam::default(), SparseCategoricalCrossentropy).fit(&mut Digits, &data)?;
    Ok(())
}
