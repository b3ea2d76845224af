//! Networks of one layer each, so that every loop of the int8 kernels is run and measured by itself.

use typednet::prelude::*;

// The layers of which CMSIS-NN's figures are known.
network! {
    /// The convolution of the tutorial's network, with its pool.
    pub struct ConvolutionPool: [28, 28, 1] -> [13, 13, 32] { Conv2d(32, kernel = 3, activation = relu), MaxPool2d(2) }
}
network! {
    /// The first dense layer of the tutorial's network.
    pub struct Hidden: [5408] -> [128] { Dense(128, activation = relu) }
}
network! {
    /// The first convolution of DS-CNN.
    pub struct Words10By4: [49, 10, 1] -> [25, 5, 64] {
        Conv2d(64, kernel = (10, 4), stride = 2, padding = same, activation = relu)
    }
}
network! {
    /// A depthwise convolution of DS-CNN.
    pub struct WordsDepthwise: [25, 5, 64] -> [25, 5, 64] { DepthwiseConv2d(3, padding = same, activation = relu) }
}
network! {
    /// A pointwise convolution of DS-CNN.
    pub struct WordsPointwise: [25, 5, 64] -> [25, 5, 64] { Conv2d(64, kernel = 1, activation = relu) }
}
network! {
    /// A dense layer whose weights fit the flash of smaller boards.
    pub struct Small: [784] -> [32] { Dense(32) }
}
network! {
    /// A convolution of 16 channels.
    pub struct Sixteen: [15, 15, 16] -> [13, 13, 32] { Conv2d(32, kernel = 3) }
}

// Every loop and what it leaves over.
network! {
    /// 288 products: two places at once.
    pub struct TwoPlaces: [8, 8, 32] -> [6, 6, 16] { Conv2d(16, kernel = 3) }
}
network! {
    /// 576 products: one place at once.
    pub struct OnePlace: [6, 6, 64] -> [4, 4, 16] { Conv2d(16, kernel = 3) }
}
network! {
    /// 1152 products: the body for all processors.
    pub struct ManyProducts: [4, 4, 128] -> [2, 2, 16] { Conv2d(16, kernel = 3) }
}
network! {
    /// Places and products that no loop divides, and a border.
    pub struct OddConvolution: [7, 5, 3] -> [7, 5, 5] { Conv2d(5, kernel = 3, padding = same) }
}
network! {
    /// A pool on a convolution with a border, and a pool with one.
    pub struct SamePool: [9, 9, 4] -> [5, 5, 8] {
        Conv2d(8, kernel = 3, padding = same, activation = relu), MaxPool2d(2, padding = same)
    }
}
network! {
    /// Windows that move by two.
    pub struct DepthwiseStride: [12, 12, 16] -> [6, 6, 16] { DepthwiseConv2d(3, stride = 2, padding = same) }
}
network! {
    /// Larger windows.
    pub struct DepthwiseFive: [9, 9, 8] -> [9, 9, 8] { DepthwiseConv2d(5, padding = same) }
}
network! {
    /// Windows with gaps.
    pub struct DepthwiseDilation: [9, 9, 8] -> [5, 5, 8] { DepthwiseConv2d(3, dilation = 2) }
}
network! {
    /// Channels that are not divisible by four.
    pub struct DepthwiseOdd: [8, 8, 7] -> [8, 8, 7] { DepthwiseConv2d(3, padding = same) }
}
network! {
    /// Fewer channels than four.
    pub struct DepthwiseFew: [8, 8, 3] -> [6, 6, 3] { DepthwiseConv2d(3) }
}
network! {
    /// Inputs and units that are not divisible by four.
    pub struct OddDense: [63] -> [13] { Dense(13) }
}

// Loops that only kernels of floats have.
network! {
    /// A pool on a convolution of several channels, with a border.
    pub struct ManyPooled: [10, 12, 3] -> [5, 4, 13] {
        Conv2d(13, kernel = 5, padding = same, activation = relu), MaxPool2d((2, 3))
    }
}
network! {
    /// Several filters for each channel, and a normalization.
    pub struct Multiplied: [9, 9, 2] -> [5, 5, 8] {
        DepthwiseConv2d(3, multiplier = 4, stride = 2, padding = same, bias = false), BatchNorm, Relu6
    }
}
