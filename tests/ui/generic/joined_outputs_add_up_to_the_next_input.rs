use typednet::combine::{Chain, Parallel};
use typednet::prelude::*;

network! { struct Left: [4] -> [3] { Dense(3) } }
network! { struct Right: [4] -> [2] { Dense(2) } }
network! { struct Judge: [6] -> [2] { Dense(2) } }

fn judge(_net: &Chain<Parallel<Left, Right>, Judge>) {}

fn main() {}
