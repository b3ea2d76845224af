//! Networks whose memory tests know by heart.

#![allow(dead_code, unreachable_pub, reason = "each test is a crate of its own that uses a part of it")]

use typednet::prelude::*;

network! {
    /// The tutorial's.
    pub struct Tutorial: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// DS-CNN of MLPerf Tiny, without what a published model keeps for no use: biases before normalization.
    pub struct DsCnn: [49, 10, 1] -> [12] {
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
    /// ResNet-8 of MLPerf Tiny, likewise.
    pub struct ResNet8: [32, 32, 3] -> [10] {
        Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
        residual {
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(32, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        GlobalAvgPool2d,
        Dense(10, activation = softmax),
    }
}
