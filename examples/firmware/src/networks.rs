//! The networks, declared once: the desktop trains them, and the firmware runs them.

use typednet::prelude::*;

network! {
    /// Digits of 8 rows of 8 pixels, flat.
    #[budget(ram = 256 B, flash = 10 KiB)]
    #[budget(int8, ram = 64 B, flash = 3 KiB)]
    pub struct Mlp: [64] -> [10] {
        hidden: Dense(32, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// Handwritten digits: the network of Keras's tutorial. Its weights take 2.8 MB, more than the flash of most parts.
    pub struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// Twelve words in spectrograms of a second: MLPerf Tiny's DS-CNN.
    #[budget(ram = 96 KiB, flash = 100 KiB)]
    #[budget(int8, ram = 24 KiB, flash = 32 KiB)]
    pub struct Words: [49, 10, 1] -> [12] {
        Conv2d(64, kernel = (10, 4), stride = 2, padding = same, bias = false), BatchNorm, Relu,
        separable: repeat(4) {
            DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 1, bias = false), BatchNorm, Relu,
        },
        GlobalAvgPool2d,
        Dense(12, activation = softmax),
    }
}
