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
    let net = Digits::boxed(1);
    let mut workspace = Workspace::<Letters>::new();
    net.infer(&[[[0.0; 1]; 28]; 28], &mut workspace);
    Ok(())
}
