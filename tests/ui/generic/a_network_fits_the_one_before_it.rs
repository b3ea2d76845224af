use typednet::combine::Chain;
use typednet::prelude::*;

network! { struct Encoder: [4] -> [3] { Dense(3) } }
network! { struct Decoder: [5] -> [4] { Dense(4) } }

fn autoencode(_net: &Chain<Encoder, Decoder>) {}

fn main() {}
