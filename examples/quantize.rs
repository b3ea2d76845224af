//! The digit classifier of Keras's tutorial with half floats for weights, and in bytes: trained in floats, rounded, and
//! quantized by 300 images, and compared with the network of floats on 10,000 others. `cargo run --release --example quantize -- --help` shows the arguments.

mod common;

use clap::Parser;
use common::{MnistArguments, reached};
use std::process::ExitCode;
use typednet::datasets::Image;
use typednet::prelude::*;
use typednet::quant::{Calibration, Range};

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

/// The images that the ranges of activations are chosen by.
const CALIBRATED_BY: usize = 300;
/// How much of the accuracy may be lost.
const LOSS: f64 = 0.002;

fn main() -> typednet::Result<ExitCode> {
    let arguments = MnistArguments::parse();
    let (train, test) = arguments.mnist()?;
    let mut net = Digits::boxed(arguments.training.seed);
    Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .epochs(arguments.training.epochs.unwrap_or(5))
        .batch_size(arguments.training.batch_size.unwrap_or(128))
        .threads(arguments.training.threads)
        .fit(&mut net, &train)?;

    let samples = train.first(CALIBRATED_BY);
    let floats = accuracy(&test, |image| net.predict(image));
    println!("f32                     {:9} bytes  accuracy {floats:.4}", Digits::WEIGHT_BYTES);
    let half = Half::<Digits>::round(&net)?;
    let halves = accuracy(&test, |image| half.predict(image));
    println!("f16                     {:9} bytes  accuracy {halves:.4}", Half::<Digits>::WEIGHT_BYTES);
    for range in [Range::LeastError, Range::Percentile(99.99)] {
        let quantized = Calibration::new().range(range).quantize(&*net, &samples)?;
        let accuracy = accuracy(&test, |image| quantized.predict_f32(image));
        println!("{:23} {:9} bytes  accuracy {accuracy:.4}", format!("{range:?}"), Quantized::<Digits>::WEIGHT_BYTES);
    }
    let (quantized, report) = Calibration::new().quantize_with_report(&*net, &samples)?;
    let bytes = accuracy(&test, |image| quantized.predict_f32(image));
    println!("{:23} {:9} bytes  accuracy {bytes:.4}", "MinMax", Quantized::<Digits>::WEIGHT_BYTES);
    println!("\n{report}");

    let path = std::env::temp_dir().join("digits_int8.safetensors");
    quantized.save(&path)?;
    let loaded = Quantized::<Digits>::load(&path)?;
    let loaded = accuracy(&test, |image| loaded.predict_f32(image));
    println!("saved to {}; loaded, its accuracy is {loaded:.4}", path.display());
    Ok(reached(bytes.min(halves) >= floats - LOSS, format_args!("more than {LOSS} of the accuracy is lost")))
}

/// The part of the images whose class is the most probable one.
fn accuracy(data: &Dataset<Image, Class<10>>, predict: impl Fn(&Image) -> [f32; 10]) -> f64 {
    let best = |outputs: [f32; 10]| (0..10).max_by(|a, b| outputs[*a].total_cmp(&outputs[*b]));
    let right = data.iter().filter(|(image, class)| best(predict(image)) == Some(class.index())).count();
    right as f64 / data.len() as f64
}
