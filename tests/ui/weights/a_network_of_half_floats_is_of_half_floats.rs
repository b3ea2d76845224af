use typednet::prelude::*;

network! {
    struct Moons: [4] -> [3] {
        hidden: Dense(3),
    }
}

static NET: Half<Moons> = include_weights!(Half<Moons>, "whole.safetensors");

fn main() {
    println!("{:?}", NET.predict(&[0.0; 4]));
}
