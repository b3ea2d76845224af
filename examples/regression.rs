//! Inverse kinematics: which angles bring the hand of a robot's arm to a point? The arm has two parts of half a meter
//! each, and bends its elbow to one side only. The way from angles to the hand is a formula, so samples cost nothing; the
//! network learns the way back.

mod common;

use clap::Parser;
use common::{Arguments, reached};
use core::f32::consts::PI;
use std::process::ExitCode;
use typednet::prelude::*;
use typednet::random::Random;

/// The epochs by default.
const EPOCHS: usize = 100;
/// The largest mean error of an angle, in radians, that is allowed after so many epochs or more.
const TARGET: f64 = 0.01;
/// Samples to train with, and to test with.
const SAMPLES: [usize; 2] = [20_000, 2_000];

network! {
    /// From the place of the hand to the angles of shoulder and elbow.
    struct Arm: [2] -> [2] {
        Dense(64, activation = tanh),
        Dense(64, activation = tanh),
        Dense(2),
    }
}

/// Where the hand is.
fn hand([shoulder, elbow]: [f32; 2]) -> [f32; 2] {
    let along = |angle: f32| [0.5 * angle.cos(), 0.5 * angle.sin()];
    let (upper, lower) = (along(shoulder), along(shoulder + elbow));
    [upper[0] + lower[0], upper[1] + lower[1]]
}

/// Random angles, each with the hand's place before it: the shoulder from 0 to half a turn, the elbow from nearly
/// straight to nearly folded.
fn samples(count: usize, seed: u64) -> Dataset<[f32; 2], [f32; 2]> {
    let mut random = Random::new(seed, 0);
    Dataset::from_fn(count, |_| {
        let angles = [PI * random.uniform(), PI * (0.1 + 0.8 * random.uniform())];
        (hand(angles), angles)
    })
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = Arguments::parse();
    let [train, test] = [samples(SAMPLES[0], 1), samples(SAMPLES[1], 2)];
    let (epochs, batch_size) = (arguments.epochs.unwrap_or(EPOCHS), arguments.batch_size.unwrap_or(64));
    let steps = (epochs * SAMPLES[0].div_ceil(batch_size.max(1))) as u64;

    let mut net = Arm::boxed(arguments.seed);
    let mut trainer = Trainer::new(Adam::default(), MeanSquaredError)
        .metric(MeanAbsoluteError)
        .schedule(CosineDecay::new(3e-3, steps))
        .epochs(epochs)
        .batch_size(batch_size)
        .threads(arguments.threads)
        .verbose(2);
    trainer.fit(&mut net, &train)?;
    let score = trainer.evaluate(&net, &test)?;

    let missed = |place: [f32; 2]| {
        let [x, y] = hand(net.predict(&place));
        f64::from((x - place[0]).hypot(y - place[1]))
    };
    let mean_missed = test.iter().map(|(place, _)| missed(place)).sum::<f64>() / test.len() as f64;
    println!("the hand misses the point by {:.1} mm on average", 1000.0 * mean_missed);
    let error = score.metric("mean_absolute_error");
    println!("test mean absolute error {error:.4}  test loss {:.6}", score.loss);
    let reached_target = error <= TARGET || epochs < EPOCHS;
    Ok(reached(reached_target, format_args!("the mean absolute error is above the target of {TARGET}")))
}
