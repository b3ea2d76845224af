use typednet::combine::DivisibleBy;
use typednet::prelude::*;

network! { struct Embed: [10, 3] -> [10, 66] { Reshape([30]), Dense(660), Reshape([10, 66]) } }

fn attend<N: Network<Output: DivisibleBy<4>>>(_net: &N) {}

fn main() {
    attend(&*Embed::boxed(1));
}
