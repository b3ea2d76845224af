use typednet::prelude::*;

network! {
    struct Digits: [28, 28, 1] -> [10] {
        Flatten,
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<()> {
    let net = Digits::boxed(1);
    let _ = net.predict(&[[[0.0; 1]; 28]; 27]);
    Ok(())
}
