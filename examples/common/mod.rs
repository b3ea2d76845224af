//! What the examples share: their arguments and their last line.

#![allow(dead_code, reason = "each example uses a part of it")]

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use typednet::datasets::{self, Image, TrainAndTest};
use typednet::{Result, Score};

/// The settings of a training. What is left out is as the example says.
#[derive(Parser)]
pub(crate) struct Arguments {
    /// How often each sample is trained on
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Samples of a step
    #[arg(long)]
    pub(crate) batch_size: Option<usize>,
    /// Threads; 0 for as many as the machine has
    #[arg(long, default_value_t = 0)]
    pub(crate) threads: usize,
    /// Seed of the initial weights
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
}

/// The same for an example that trains on MNIST.
#[derive(Parser)]
pub(crate) struct MnistArguments {
    #[command(flatten)]
    pub(crate) training: Arguments,
    /// Folder of the four files of MNIST; the copy that comes with the source, if left out
    #[arg(long)]
    data: Option<PathBuf>,
}

impl MnistArguments {
    /// MNIST: to train with, and to test with.
    pub(crate) fn mnist(&self) -> Result<TrainAndTest<Image>> {
        match &self.data {
            Some(folder) => datasets::mnist_from(folder),
            None => datasets::mnist(),
        }
    }
}

/// Prints the last line of an example that classifies; fails if less than `target` of the test samples are right.
pub(crate) fn finish(score: &Score, target: f64) -> ExitCode {
    let accuracy = score.metric("accuracy");
    println!("test accuracy {accuracy:.4}  test loss {:.4}", score.loss);
    reached(accuracy >= target, format_args!("the accuracy is below the target of {target}"))
}

/// Success, or failure with a word about it.
pub(crate) fn reached(reached: bool, otherwise: impl core::fmt::Display) -> ExitCode {
    if reached {
        return ExitCode::SUCCESS;
    }
    eprintln!("{otherwise}");
    ExitCode::FAILURE
}
