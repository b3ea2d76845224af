//! Where is the pendulum, and how fast? A camera sees how far aside it hangs, with noise, and never sees its speed. Nobody
//! knows its friction either: a network has learned from recorded motions how the state changes in a tenth of a second, and
//! an extended Kalman filter steps with the network and, for what it is unsure of, with the network's Jacobian matrix.

mod common;

use clap::Parser;
use common::{Arguments, reached};
use core::f32::consts::FRAC_PI_2;
use nalgebra::{Matrix1x2, Matrix2, Vector2};
use std::process::ExitCode;
use typednet::interop::nalgebra::{Jacobian, Linearization, array_of};
use typednet::prelude::*;
use typednet::random::Random;

/// The largest error, as root of the mean square: of the angle in radians, of the speed in radians a second. Taken alone,
/// what the camera sees is wrong by `NOISE` at least.
const TARGET: (f32, f32) = (0.02, 0.06);
/// The deviation of what the camera sees, in lengths of the pendulum.
const NOISE: f32 = 0.1;
/// Seconds between two pictures.
const STEP: f32 = 0.1;
/// Motions, pictures of each, and how many of them the filter may take to find the pendulum.
const MOTIONS: usize = 50;
const PICTURES: usize = 150;
const SETTLED: usize = 50;

network! {
    /// From angle and speed to their mean change in a second, over the next tenth of a second.
    struct Motion: [2] -> [2] {
        Dense(48, activation = tanh),
        Dense(48, activation = tanh),
        Dense(2),
    }
}

/// The state a tenth of a second later: angle and speed of a pendulum with friction, in hundred small steps.
fn swing(state: Vector2<f32>) -> Vector2<f32> {
    let (mut angle, mut speed, small) = (state[0], state[1], STEP / 100.0);
    for _ in 0..100 {
        speed += small * (-9.81 * angle.sin() - 0.1 * speed - 0.05 * speed * speed.abs());
        angle += small * speed;
    }
    Vector2::new(angle, speed)
}

/// A number of the range from `-size` to `size`.
fn within(random: &mut Random, size: f32) -> f32 {
    size * (2.0 * random.uniform() - 1.0)
}

/// States, each with how it changes.
fn recorded(count: usize, seed: u64) -> Dataset<[f32; 2], [f32; 2]> {
    let mut random = Random::new(seed, 0);
    Dataset::from_fn(count, |_| {
        let state = Vector2::new(within(&mut random, 1.8), within(&mut random, 5.0));
        let change = (swing(state) - state) / STEP;
        (*array_of(&state), *array_of(&change))
    })
}

/// What a filter believes: a state, and the covariance of its error.
struct Filter<'a> {
    model: &'a Motion,
    state: Vector2<f32>,
    covariance: Matrix2<f32>,
}

impl Filter<'_> {
    /// A tenth of a second later.
    fn step(&mut self) {
        let Linearization { output, jacobian } = self.model.linearize(&self.state);
        let transition = Matrix2::identity() + STEP * jacobian;
        // What the network may have wrong in a step.
        let doubt = Matrix2::from_diagonal(&Vector2::new(1e-5, 1e-4));
        self.state += STEP * output;
        self.covariance = transition * self.covariance * transition.transpose() + doubt;
    }

    /// A picture: how far aside the pendulum hangs, the sine of its angle.
    fn see(&mut self, aside: f32) {
        let sight = Matrix1x2::new(self.state[0].cos(), 0.0);
        let variance = (sight * self.covariance * sight.transpose()).x + NOISE * NOISE;
        let gain = self.covariance * sight.transpose() / variance;
        self.state += gain * (aside - self.state[0].sin());
        self.covariance = (Matrix2::identity() - gain * sight) * self.covariance;
    }
}

/// The mean squares of the errors of angle and speed, and of the angle that a picture alone shows.
fn errors(model: &Motion, seed: u64) -> [f32; 3] {
    let mut random = Random::new(seed, 0);
    let mut squares = [0.0; 3];
    for _ in 0..MOTIONS {
        let mut state = Vector2::new(within(&mut random, 1.2), within(&mut random, 1.0));
        let mut filter = Filter {
            model,
            state: Vector2::new(0.0, 0.0),
            covariance: Matrix2::from_diagonal(&Vector2::new(0.5, 1.0)),
        };
        for picture in 0..PICTURES {
            let aside = state[0].sin() + NOISE * random.normal();
            filter.see(aside);
            if picture >= SETTLED {
                let error = filter.state - state;
                let seen = if aside.abs() < 1.0 { aside.asin() } else { FRAC_PI_2.copysign(aside) } - state[0];
                let errors = [error[0], error[1], seen];
                squares.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error * error);
            }
            state = swing(state);
            filter.step();
        }
    }
    squares.map(|sum| sum / (MOTIONS * (PICTURES - SETTLED)) as f32)
}

fn main() -> typednet::Result<ExitCode> {
    let arguments = Arguments::parse();
    let [train, test] = [recorded(10_000, 1), recorded(1_000, 2)];
    let (epochs, batch_size) = (arguments.epochs.unwrap_or(150), arguments.batch_size.unwrap_or(64));
    let steps = (epochs * train.len().div_ceil(batch_size.max(1))) as u64;

    let mut model = Motion::boxed(arguments.seed);
    let mut trainer = Trainer::new(Adam::default(), MeanSquaredError)
        .schedule(CosineDecay::new(3e-3, steps))
        .epochs(epochs)
        .batch_size(batch_size)
        .threads(arguments.threads)
        .verbose(2);
    trainer.fit(&mut model, &train)?;
    let loss = trainer.evaluate(&model, &test)?.loss;

    let [angle, speed, seen] = errors(&model, 3).map(f32::sqrt);
    println!("angle from a picture alone: {seen:.4} rad");
    println!("angle from the filter:      {angle:.4} rad");
    println!("speed from the filter:      {speed:.4} rad/s");
    println!("test error {angle:.4} rad and {speed:.4} rad/s  test loss {loss:.4}");
    let within = angle <= TARGET.0 && speed <= TARGET.1;
    Ok(reached(within, format_args!("an error is above the target of {} rad and {} rad/s", TARGET.0, TARGET.1)))
}
