use typednet::combine::Chain;
use typednet::prelude::*;

network! { struct Encoder: [4] -> [3] { Dense(3) } }
network! { struct Decoder: [5] -> [4] { Dense(4) } }

fn main() {
    let _ = Chain { first: *Encoder::boxed(1), second: *Decoder::boxed(2) };
}
