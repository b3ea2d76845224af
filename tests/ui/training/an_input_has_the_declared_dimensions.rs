use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<()> {
    let image = [0.0f32; 784];
    let net = Digits::boxed(1);
    let _ = net.predict(&image);
    Ok(())
}
