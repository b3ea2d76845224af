//! A residual network of the kind of MLPerf Tiny's ResNet-8, for images of one channel: three blocks, two of which halve
//! the image and double the channels, with a convolution as their shortcut.

mod common;

use clap::Parser;
use common::{MnistArguments, finish};
use std::process::ExitCode;
use typednet::prelude::*;

network! {
    /// Handwritten digits, by a residual network.
    pub struct Digits: [28, 28, 1] -> [10] {
        stem: Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
        first: residual {
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        second: residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(32, kernel = 3, padding = same, bias = false), BatchNorm,
        } -> [14, 14, 32],
        Relu,
        third: residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 3, padding = same, bias = false), BatchNorm,
        } -> [7, 7, 64],
        Relu,
        GlobalAvgPool2d,
        digit: Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = MnistArguments::parse();
    let (train, test) = arguments.mnist()?;
    let epochs = arguments.training.epochs.unwrap_or(3);
    let batch_size = arguments.training.batch_size.unwrap_or(64);
    let steps = (epochs * train.len().div_ceil(batch_size.max(1))) as u64;
    println!("{}", Digits::summary());

    let mut net = Digits::boxed(arguments.training.seed);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .schedule(CosineDecay::new(4e-3, steps))
        .epochs(epochs)
        .batch_size(batch_size)
        .threads(arguments.training.threads)
        .verbose(1);
    trainer.fit(&mut net, &train)?;
    let score = trainer.evaluate(&net, &test)?;
    Ok(finish(&score, target(epochs)))
}

/// The accuracy that must be reached.
fn target(epochs: usize) -> f64 {
    match epochs {
        0 => 0.0,
        1 | 2 => 0.98,
        _ => 0.992,
    }
}
