use typednet::combine::AtLeast;
use typednet::prelude::*;

network! { struct Pair: [4] -> [2] { Dense(2, activation = softmax) } }

fn podium<N: Network<Output: AtLeast<3>>>(_net: &N) {}

fn main() {
    podium(&*Pair::boxed(1));
}
