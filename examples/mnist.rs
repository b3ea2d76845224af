//! The digit classifier of Keras's tutorial: trained on the 60,000 images of MNIST, tested on 10,000 others, saved and
//! loaded again. `cargo run --release --example mnist -- --help` shows the arguments.

mod common;

use clap::Parser;
use common::{MnistArguments, finish};
use std::process::ExitCode;
use typednet::prelude::*;

network! {
    /// Handwritten digits.
    pub struct Digits: [28, 28, 1] -> [10] {
        conv:   Conv2d(32, kernel = 3, activation = relu),
        pool:   MaxPool2d(2),
        Flatten,
        hidden: Dense(128, activation = relu),
        digit:  Dense(10, activation = softmax),
    }
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = MnistArguments::parse();
    let (train, test) = arguments.mnist()?;
    let epochs = arguments.training.epochs.unwrap_or(5);

    let mut net = Digits::boxed(arguments.training.seed);
    println!("{}", Digits::summary());
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .epochs(epochs)
        .batch_size(arguments.training.batch_size.unwrap_or(128))
        .threads(arguments.training.threads)
        .verbose(1);
    trainer.fit(&mut net, &train)?;
    let score = trainer.evaluate(&net, &test)?;

    let path = std::env::temp_dir().join("digits.safetensors");
    net.save(&path)?;
    let loaded = Digits::load(&path)?;
    assert!(
        test.iter().all(|(image, _)| loaded.predict(&image).map(f32::to_bits) == net.predict(&image).map(f32::to_bits))
    );
    println!("saved to {}; loaded, it says the same of every test image, bit for bit", path.display());
    Ok(finish(&score, target(epochs)))
}

/// The accuracy that must be reached.
fn target(epochs: usize) -> f64 {
    match epochs {
        0 => 0.0,
        1 => 0.96,
        2..5 => 0.975,
        _ => 0.983,
    }
}
