//! The networks that are compared, as typednet declares them.

mod widths;

pub use widths::{ForWidth, WIDTHS, for_width};

use typednet::prelude::*;
use worker::Images;

network! {
    /// The digit classifier of Keras's tutorial.
    pub struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// A perceptron for digits.
    pub struct Perceptron: [28, 28, 1] -> [10] {
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

network! {
    /// A network of the size of a controller or of an audio effect.
    pub struct Controller: [4] -> [1] {
        first:  Dense(16, activation = relu),
        second: Dense(16, activation = relu),
        output: Dense(1),
    }
}

network! {
    /// DS-CNN of MLPerf Tiny, which hears words; without dropout.
    #[allow(deprecated, reason = "the published model has a bias before batch normalization")]
    pub struct DsCnn: [49, 10, 1] -> [12] {
        stem: Conv2d(64, kernel = (10, 4), stride = 2, padding = same), stem_norm: BatchNorm(momentum = 0.9), Relu,
        blocks: repeat(4) {
            depthwise: DepthwiseConv2d(3, padding = same), depthwise_norm: BatchNorm(momentum = 0.9), Relu,
            pointwise: Conv2d(64, kernel = 1), pointwise_norm: BatchNorm(momentum = 0.9), Relu,
        },
        GlobalAvgPool2d,
        word: Dense(12, activation = softmax),
    }
}

network! {
    /// The autoencoder of MLPerf Tiny, which notices unusual sounds; without batch normalization.
    pub struct Autoencoder: [640] -> [640] {
        narrow:  Dense(128, activation = relu),
        encoder: repeat(3) { dense: Dense(128, activation = relu) },
        code:    Dense(8, activation = relu),
        widen:   Dense(128, activation = relu),
        decoder: repeat(3) { dense: Dense(128, activation = relu) },
        output:  Dense(640),
    }
}

network! {
    /// ResNet-8 of MLPerf Tiny, which tells images apart.
    #[allow(deprecated, reason = "the published model has a bias before batch normalization")]
    pub struct ResNet8: [32, 32, 3] -> [10] {
        stem: Conv2d(16, kernel = 3, padding = same), stem_norm: BatchNorm(momentum = 0.9), Relu,
        first: residual {
            one: Conv2d(16, kernel = 3, padding = same), one_norm: BatchNorm(momentum = 0.9), Relu,
            two: Conv2d(16, kernel = 3, padding = same), two_norm: BatchNorm(momentum = 0.9),
        },
        Relu,
        second: residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            one: Conv2d(32, kernel = 3, stride = 2, padding = same), one_norm: BatchNorm(momentum = 0.9), Relu,
            two: Conv2d(32, kernel = 3, padding = same), two_norm: BatchNorm(momentum = 0.9),
        } -> [16, 16, 32],
        Relu,
        third: residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            one: Conv2d(64, kernel = 3, stride = 2, padding = same), one_norm: BatchNorm(momentum = 0.9), Relu,
            two: Conv2d(64, kernel = 3, padding = same), two_norm: BatchNorm(momentum = 0.9),
        } -> [8, 8, 64],
        Relu,
        GlobalAvgPool2d,
        class: Dense(10, activation = softmax),
    }
}

/// `CLASSES` kinds of images.
pub type Samples<const H: usize, const W: usize, const C: usize, const CLASSES: usize> =
    Dataset<[[[f32; C]; W]; H], Class<CLASSES>>;

/// Images as a data set of bytes.
pub fn samples<const H: usize, const W: usize, const C: usize, const CLASSES: usize>(
    images: &Images,
) -> Samples<H, W, C, CLASSES> {
    Dataset::from_fn(images.len(), |row| {
        let bytes = images.image(row);
        let image: [[[u8; C]; W]; H] = core::array::from_fn(|y| {
            core::array::from_fn(|x| core::array::from_fn(|channel| bytes[(y * W + x) * C + channel]))
        });
        (image, Class::new(images.labels[row].into()).expect("a label below the number of classes"))
    })
}
