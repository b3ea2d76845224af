use typednet::combine::Parallel;
use typednet::prelude::*;

network! { struct Left: [4] -> [3] { Dense(3) } }
network! { struct Right: [4] -> [2] { Dense(2) } }

fn main() {
    let row: [f32; 6] = <Parallel<Left, Right>>::boxed(1).predict(&[0.0; 4]).into();
}
