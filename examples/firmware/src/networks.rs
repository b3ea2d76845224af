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
    #[budget(ram = 64 KiB, flash = 100 KiB)]
    #[budget(int8, ram = 16 KiB, flash = 32 KiB)]
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

network! {
    /// The sine of a number: the first example of TensorFlow Lite Micro.
    pub struct Sine: [1] -> [1] {
        Dense(16, activation = relu),
        Dense(16, activation = relu),
        Dense(1),
    }
}

network! {
    /// Two words in spectrograms of a second: the example "micro speech" of TensorFlow Lite Micro.
    pub struct Speech: [49, 40, 1] -> [4] {
        DepthwiseConv2d((10, 8), multiplier = 8, stride = 2, padding = same, activation = relu),
        Flatten,
        Dense(4, activation = softmax),
    }
}

network! {
    /// Whether there is a person in an image: MobileNetV1 at a quarter of its width, as in TensorFlow Lite Micro's example.
    pub struct Person: [96, 96, 1] -> [2] {
        Conv2d(8, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(16, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, stride = 2, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(32, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(32, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, stride = 2, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(64, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(64, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, stride = 2, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(128, kernel = 1, bias = false), BatchNorm, Relu6,
        separable: repeat(5) {
            DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu6,
            Conv2d(128, kernel = 1, bias = false), BatchNorm, Relu6,
        },
        DepthwiseConv2d(3, stride = 2, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(256, kernel = 1, bias = false), BatchNorm, Relu6,
        DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu6,
        Conv2d(256, kernel = 1, bias = false), BatchNorm, Relu6,
        GlobalAvgPool2d,
        class: Dense(2, activation = softmax),
    }
}
