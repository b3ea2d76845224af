//! A network of the kind that is built today: convolutions with batch normalization, dropout, and the mean of each channel
//! instead of large dense layers. It has a thirtieth of the weights of the example `mnist` and is at least as good.

mod common;

use clap::Parser;
use common::{MnistArguments, finish};
use std::process::ExitCode;
use typednet::prelude::*;

network! {
    /// Handwritten digits, in 20,000 weights.
    pub struct Digits: [28, 28, 1] -> [10] {
        Conv2d(16, kernel = 3, bias = false), BatchNorm, Relu,
        MaxPool2d(2)                                            -> [13, 13, 16],
        Conv2d(32, kernel = 3, bias = false), BatchNorm, Relu,
        Conv2d(48, kernel = 3, bias = false), BatchNorm, Relu   -> [9, 9, 48],
        GlobalAvgPool2d,
        Dropout(0.1),
        Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = MnistArguments::parse();
    let (train, test) = arguments.mnist()?;
    let (train, validation) = train.split(0.1)?;
    let epochs = arguments.training.epochs.unwrap_or(3);
    println!("{}", Digits::summary());

    let mut net = Digits::boxed(arguments.training.seed);
    let mut trainer = Trainer::new(Adam::new(3e-3), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .validation(&validation)
        .epochs(epochs)
        .batch_size(arguments.training.batch_size.unwrap_or(64))
        .threads(arguments.training.threads)
        .seed(arguments.training.seed)
        .verbose(1);
    trainer.fit(&mut net, &train)?;
    let score = trainer.evaluate(&net, &test)?;
    Ok(finish(&score, if epochs < 3 { 0.95 } else { 0.985 }))
}
