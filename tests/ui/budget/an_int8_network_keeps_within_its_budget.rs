use typednet::prelude::*;

network! {
    #[budget(ram = 24 KiB)]
    #[budget(int8, ram = 4 KiB, flash = 1 MiB)]
    struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

fn main() {
    let net = Digits::boxed(1);
    println!("{:?}", net.predict(&[[[0.0]; 28]; 28]));
}
