use typednet::prelude::*;

struct Digits;

fn main() {
    let _ = Digits::boxed(1);
}
