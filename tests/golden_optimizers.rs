//! Optimizers against Keras: seven steps of six weights.
//!
//! The numbers are those of Keras 3.15.1 (JAX backend) in double precision, stored in single precision; see
//! `golden/keras/README.md`. The tolerance is [`common::golden::TOLERANCE`] of the largest magnitude of the weights.

mod common;

use common::golden::{Golden, names};
use typednet::prelude::*;

fn check(file: &str, optimizer: impl Optimizer) {
    let golden = Golden::read(file);
    let mut weights = golden.floats("start");
    let mut state = vec![0.0; optimizer.slots() * weights.len()];
    let mut trajectory = Vec::new();
    for (step, gradients) in (1..).zip(golden.floats("grads").chunks_exact(weights.len())) {
        optimizer.update(step, &mut weights, gradients, &mut state);
        trajectory.extend_from_slice(&weights);
    }
    golden.check("trajectory", &trajectory);
}

/// Each row is a test: its name, the files, and the optimizer with the settings that they state.
macro_rules! optimizers {
    ($($test:ident: $file:literal $optimizer:expr;)*) => {
        $(
            #[test]
            fn $test() {
                check($file, $optimizer);
            }
        )*

        #[test]
        fn every_file_is_used() {
            let mut used = vec![$($file),*];
            used.sort();
            used.dedup();
            assert_eq!(used, names("optimizer_"));
        }
    };
}

optimizers! {
    gradient_descent: "optimizer_sgd" GradientDescent::new(0.01);
    sgd: "optimizer_sgd" Sgd::default();
    sgd_momentum: "optimizer_sgd_momentum" Sgd::new(0.01).momentum(0.9);
    sgd_nesterov: "optimizer_sgd_nesterov" Sgd::new(0.01).momentum(0.9).nesterov(true);
    sgd_weight_decay: "optimizer_sgd_weight_decay" Sgd::new(0.01).weight_decay(0.01);
    rms_prop: "optimizer_rmsprop" RmsProp::new(0.01);
    rms_prop_momentum_centered: "optimizer_rmsprop_momentum_centered"
        RmsProp::new(0.01).momentum(0.5).centered(true);
    adam: "optimizer_adam" Adam::new(0.01);
    adam_amsgrad: "optimizer_adam_amsgrad" Adam::new(0.01).amsgrad(true);
    adam_w: "optimizer_adamw" AdamW::new(0.01).weight_decay(0.02);
}
