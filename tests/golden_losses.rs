//! Losses against Keras: the loss of a batch, and its derivatives.
//!
//! The numbers are those of Keras 3.15.1 (JAX backend) in double precision, stored in single precision; see
//! `golden/keras/README.md`. The tolerance is [`common::golden::TOLERANCE`] of each tensor's largest magnitude.
//!
//! Keras takes the derivative by what the loss is given, which may be probabilities. Losses here take logits and know the
//! head that makes probabilities of them; so Keras's derivatives are taken through the head, as the chain rule says.

mod common;

use common::golden::{Golden, names};
use typednet::class::Class;
use typednet::head::{Head, Linear, Sigmoid, Softmax};
use typednet::loss::{self, Loss};
use typednet::plain::flatten;
use typednet::prelude::*;

/// The values of each sample in these files.
const VALUES: usize = 4;

type Values = [f32; VALUES];

fn rows(floats: &[f32]) -> Vec<Values> {
    floats.chunks_exact(VALUES).map(|row| row.try_into().unwrap()).collect()
}

/// Labels that are rows of numbers.
fn arrays(golden: &Golden) -> Vec<Values> {
    rows(&golden.floats("y_true"))
}

/// Labels that are classes.
fn classes(golden: &Golden) -> Vec<Class<VALUES>> {
    golden.integers("y_true").into_iter().map(|class| Class::new(usize::try_from(class).unwrap()).unwrap()).collect()
}

/// Checks a loss of a network that ends with `H`. `logits` turns an output of `H` into what was before it.
fn check<H: Head, L: Loss<H, Values>>(
    file: &str,
    loss: L,
    labels: fn(&Golden) -> Vec<L::Label>,
    logits: fn(f64) -> f64,
) {
    let golden = Golden::read(file);
    let outputs = golden.floats("y_pred");
    let logits: Vec<f32> = outputs.iter().map(|&output| logits(f64::from(output)) as f32).collect();
    let mut gradients = vec![[f32::NAN; VALUES]; outputs.len() / VALUES];
    let sum = loss::batch::<H, _, _>(&loss, &rows(&logits), &labels(&golden), &mut gradients);
    golden.check("loss", &[(sum / gradients.len() as f64) as f32]);

    let mut expected = golden.floats("grad");
    H::backward(&outputs, &mut expected, VALUES);
    common::assert_close(file, flatten(&gradients), &expected, common::golden::TOLERANCE);
}

/// The logits of probabilities that softmax gives are their logarithms, but for a number that changes nothing.
fn before_softmax(probability: f64) -> f64 {
    probability.ln()
}

fn before_sigmoid(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

fn same(output: f64) -> f64 {
    output
}

/// Each row is a test: its name and file, the head, the loss, its labels, and what was before the head.
macro_rules! losses {
    ($($test:ident: $file:literal $head:ident $loss:expr, $labels:ident, $logits:ident;)*) => {
        $(
            #[test]
            fn $test() {
                check::<$head, _>($file, $loss, $labels, $logits);
            }
        )*

        #[test]
        fn every_file_is_used() {
            let mut used = vec![$($file),*];
            used.sort();
            assert_eq!(used, names("loss_"));
        }
    };
}

losses! {
    sparse_categorical_crossentropy: "loss_sparse_categorical_crossentropy"
        Softmax SparseCategoricalCrossentropy, classes, before_softmax;
    sparse_categorical_crossentropy_from_logits: "loss_sparse_categorical_crossentropy_logits"
        Linear SparseCategoricalCrossentropy.from_logits(), classes, same;
    categorical_crossentropy_with_smoothing: "loss_categorical_crossentropy_smoothing"
        Linear CategoricalCrossentropy.label_smoothing(0.1).from_logits(), arrays, same;
    binary_crossentropy: "loss_binary_crossentropy" Sigmoid BinaryCrossentropy, arrays, before_sigmoid;
    binary_crossentropy_from_logits: "loss_binary_crossentropy_logits"
        Linear BinaryCrossentropy.from_logits(), arrays, same;
    mean_squared_error: "loss_mse" Linear MeanSquaredError, arrays, same;
    mean_absolute_error: "loss_mae" Linear MeanAbsoluteError, arrays, same;
    huber: "loss_huber" Linear Huber::default(), arrays, same;
}

/// The same file by way of smoothed labels on a softmax head: both ways to ask for it are one arithmetic.
#[test]
fn categorical_crossentropy_with_smoothing_behind_softmax() {
    let golden = Golden::read("loss_categorical_crossentropy_smoothing");
    let (logits, labels) = (rows(&golden.floats("y_pred")), arrays(&golden));
    let mut gradients = vec![[f32::NAN; VALUES]; logits.len()];
    let loss = CategoricalCrossentropy.label_smoothing(0.1);
    let sum = loss::batch::<Softmax, _, _>(&loss, &logits, &labels, &mut gradients);
    golden.check("loss", &[(sum / logits.len() as f64) as f32]);
    golden.check("grad", flatten(&gradients));
}
