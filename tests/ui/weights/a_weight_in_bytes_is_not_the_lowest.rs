use typednet::prelude::*;

network! {
    struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

static NET: Quantized<Mlp> = include_weights!(Quantized<Mlp>, "lowest_weight.safetensors");

fn main() {
    let _ = &NET;
}
