//! Softmax of each row along the last axis.

use super::{Output, Quantizations, Step};
use crate::kernel::{Isa, Job, Portable};
use crate::layer::activation::{Activation, Settings};
use crate::quant::form::FormTensor;
use crate::quant::kernel;
use crate::quant::prepare::SoftmaxScale;
use crate::quant::{Contents, Form, Quantization, Rounding};
use core::mem::offset_of;

/// The scale of the logits, prepared.
#[derive(Debug)]
#[repr(C)]
pub struct Softmax {
    /// Fraction, shift and smallest difference of [`SoftmaxScale`].
    scale: [i32; 3],
}

// SAFETY: an array of words.
unsafe impl Form for Softmax {
    const CONTENTS: Contents =
        Contents { tensors: &[FormTensor::words("softmax_scale", 3, offset_of!(Self, scale))], parts: &[] };
}

impl Softmax {
    /// The probabilities of rows of `columns` logits.
    #[inline(always)]
    pub fn run<I: Isa>(&self, isa: I, columns: usize, input: &[i8], output: &mut [i8]) {
        let [fraction, shift, smallest] = self.scale;
        let scale = SoftmaxScale { fraction, shift: shift as u32, smallest };
        let columns = columns.max(1);
        for (input, output) in input.chunks_exact(columns).zip(output.chunks_exact_mut(columns)) {
            isa.run(kernel::Softmax { scale, input, output });
        }
    }
}

/// A softmax that is being prepared.
#[derive(Debug)]
pub struct SoftmaxStep<'a> {
    settings: &'a Settings,
}

/// The output, as in TFLite.
const OUTPUT: Quantization = Quantization { scale: 1.0 / 256.0, zero_point: -128 };

impl<'a> SoftmaxStep<'a> {
    /// The activation with these settings.
    pub const fn new(settings: &'a Settings) -> Self {
        Self { settings }
    }
}

impl Step for SoftmaxStep<'_> {
    type Form = Softmax;

    fn output(&self) -> Output {
        Output::Fixed(OUTPUT)
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        super::Infer { layer: &Activation, settings: self.settings, input: inputs[0], output }.run(Portable);
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Softmax) -> Option<()> {
        let SoftmaxScale { fraction, shift, smallest } = SoftmaxScale::new(quantizations.input().scale);
        form.scale = [fraction, shift as i32, smallest];
        Some(())
    }

    fn whole(&self, form: &Softmax, _: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, self.settings.output().last(), inputs[0], output);
    }
}
