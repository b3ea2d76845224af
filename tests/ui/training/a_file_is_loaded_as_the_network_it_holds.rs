use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10, activation = softmax),
    }
}

network! {
    struct Letters: [28, 28, 1] -> [26] {
        Flatten,
        Dense(26),
    }
}

fn main() -> typednet::Result<()> {
    let net: Box<Letters> = Digits::load("digits.safetensors")?;
    net.predict(&[[[0.0; 1]; 28]; 28]);
    Ok(())
}
