use typednet::combine::Chain;
use typednet::prelude::*;

network! { struct Features: [8, 8, 1] -> [6, 6, 4] { Conv2d(4, kernel = 3) } }
network! { struct Judge: [144] -> [2] { Dense(2) } }

fn main() {
    let _ = Chain { first: *Features::boxed(1), second: *Judge::boxed(2) };
}
