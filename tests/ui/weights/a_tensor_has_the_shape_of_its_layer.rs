use typednet::prelude::*;

network! {
    struct Moons: [4] -> [5] {
        hidden: Dense(5),
    }
}

static NET: Moons = include_weights!(Moons, "whole.safetensors");

fn main() {
    println!("{:?}", NET.predict(&[0.0; 4]));
}
