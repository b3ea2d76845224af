use typednet::prelude::*;

network! {
    struct Moons: [4] -> [3] {
        hidden: Dense(3),
    }
}

static NET: Moons = include_weights!(Moons, "moon.safetensors");

fn main() {
    println!("{:?}", NET.predict(&[0.0; 4]));
}
