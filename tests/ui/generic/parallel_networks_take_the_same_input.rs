use typednet::combine::Parallel;
use typednet::prelude::*;

network! { struct Left: [4] -> [3] { Dense(3) } }
network! { struct Right: [5] -> [3] { Dense(3) } }

fn both(_net: &Parallel<Left, Right>) {}

fn main() {}
