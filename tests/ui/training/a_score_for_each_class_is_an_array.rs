use typednet::prelude::*;

network! {
    struct Enlarge: [4, 4, 1] -> [4, 4, 8] {
        Conv2d(8, kernel = 3, padding = same, activation = softmax),
    }
}

fn main() -> typednet::Result<()> {
    let data = Dataset::new([[[[0.0f32; 1]; 4]; 4]], [3])?;
    let mut net = Enlarge::boxed(1);
    Trainer::new(Adam::default(), SparseCategoricalCrossentropy).fit(&mut net, &data)?;
    Ok(())
}
