use typednet::combine::DivisibleBy;
use typednet::prelude::*;

network! { struct Embed: [2] -> [1200] { Dense(1200) } }

fn attend<N: Network<Output: DivisibleBy<4>>>(_net: &N) {}

fn main() {
    attend(&*Embed::boxed(1));
}
