//! Schedules against Keras: the learning rates of fifty steps.
//!
//! The numbers are those of Keras 3.15.1 (JAX backend); see `golden/keras/README.md`. The tolerance is
//! [`common::golden::TOLERANCE`] of the largest learning rate.

mod common;

use common::golden::{Golden, names};
use typednet::prelude::*;

fn check(file: &str, schedule: impl Schedule) {
    let rates: Vec<f32> = (0..50).map(|step| schedule.learning_rate(step)).collect();
    Golden::read(file).check("learning_rate", &rates);
}

/// Each row is a test: its name, the file, and the schedule with the settings that it states.
macro_rules! schedules {
    ($($test:ident: $file:literal $schedule:expr;)*) => {
        $(
            #[test]
            fn $test() {
                check($file, $schedule);
            }
        )*

        #[test]
        fn every_file_is_used() {
            let mut used = vec![$($file),*];
            used.sort();
            assert_eq!(used, names("schedule_"));
        }
    };
}

schedules! {
    exponential_decay: "schedule_exponential"
        ExponentialDecay { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, staircase: false };
    exponential_decay_in_stairs: "schedule_exponential_staircase"
        ExponentialDecay { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, staircase: true };
    inverse_time_decay: "schedule_inverse_time"
        InverseTimeDecay { initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, staircase: false };
    polynomial_decay: "schedule_polynomial"
        PolynomialDecay { end_learning_rate: 0.01, power: 2.0, ..PolynomialDecay::new(0.1, 40) };
    piecewise_constant_decay: "schedule_piecewise" PiecewiseConstantDecay::new([10, 30], [0.1, 0.05, 0.01]);
    cosine_decay: "schedule_cosine" CosineDecay::new(0.1, 40);
    cosine_decay_after_warm_up: "schedule_cosine_warmup" CosineDecay::new(0.0, 30).warmup(0.1, 10);
    cosine_decay_restarts: "schedule_cosine_restarts" CosineDecayRestarts::new(0.1, 10);
}
