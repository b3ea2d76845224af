//! The operations of an int8 network: one file each, with what it remembers, how that is prepared, and how it runs.
//!
//! Each operation has two sides. Its [`Form`] is what the network keeps: prepared weights and constants, which run on
//! bytes and know nothing of floats. Its [`Step`] borrows the layers of the float network that it is made of: it computes
//! what they compute, for the calibration to look at, and prepares the form.

mod copy;
mod function;
mod join;
mod mean;
mod pool;
mod softmax;
mod sums;

pub use copy::{Copied, CopyStep};
pub use function::{FunctionStep, Table};
pub use join::{Columns, Concat, ConcatStep, Product, ProductStep, Sum, SumStep};
pub use mean::{Mean, MeanStep};
pub use pool::{PoolStep, Pooled};
pub use softmax::{Softmax, SoftmaxStep};
pub use sums::{Normalization, Settings as SumsSettings, Sizes as SumsSizes, Sums, SumsStep, Weighted};

use super::{Form, Quantization, Rounding};
use crate::kernel::{Isa, Job};
use crate::layer::Layer;

/// Activations that only cut values off, as the lowest and the highest number.
pub mod cut {
    /// No activation.
    pub const NONE: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];
    /// `relu`.
    pub const RELU: [f32; 2] = [0.0, f32::INFINITY];
    /// `relu6`.
    pub const RELU6: [f32; 2] = [0.0, 6.0];
}

/// How the quantization of what an operation gives is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Output {
    /// By the range of its numbers.
    Calibrated,
    /// It is that of the input.
    SameAsInput,
    /// It is always this one.
    Fixed(Quantization),
}

/// An operation of a network that is being quantized.
pub trait Step {
    /// What the int8 network keeps of it.
    type Form: Form;

    /// How the quantization of its output is chosen.
    fn output(&self) -> Output;

    /// The floats that [`Step::float`] needs between its layers.
    fn between(&self) -> usize {
        0
    }

    /// What the float network computes here, in portable arithmetic: so the same samples give the same int8 network on
    /// every machine. `between` is as long as [`Step::between`] says.
    fn float(&self, inputs: &[&[f32]], output: &mut [f32], between: &mut [f32]);

    /// Prepares the form; `None` if the scales are too far apart for any multiplier.
    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Self::Form) -> Option<()>;

    /// What the int8 network computes here.
    fn whole(&self, form: &Self::Form, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]);
}

/// The quantizations around an operation.
#[derive(Clone, Copy, Debug)]
pub struct Quantizations<'a> {
    /// Of each input.
    pub inputs: &'a [Quantization],
    /// Of the output.
    pub output: Quantization,
    /// How products with multipliers are rounded.
    pub rounding: Rounding,
}

impl Quantizations<'_> {
    /// That of the first input.
    fn input(&self) -> Quantization {
        self.inputs.first().copied().unwrap_or(self.output)
    }

    /// Those of the first two inputs.
    fn pair(&self) -> [Quantization; 2] {
        match self.inputs {
            [first, second, ..] => [*first, *second],
            _ => [self.input(); 2],
        }
    }
}

/// A layer on one sample.
struct Infer<'a, L: Layer> {
    layer: &'a L,
    settings: &'a L::Settings,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl<L: Layer> Job for Infer<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.layer.infer(isa, self.settings, self.input, self.output);
    }
}

/// Cuts numbers off. What is not a number stays so.
fn cut_off(values: &mut [f32], [lowest, highest]: [f32; 2]) {
    for value in values {
        if *value < lowest {
            *value = lowest;
        } else if *value > highest {
            *value = highest;
        }
    }
}
