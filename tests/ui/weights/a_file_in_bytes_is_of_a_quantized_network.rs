use typednet::prelude::*;

network! {
    struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

static NET: Mlp = include_weights!(Mlp, "int8.safetensors");

fn main() {
    let _ = &NET;
}
