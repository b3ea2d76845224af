//! The mean of each channel of an image.

use super::{Output, Quantizations, Step};
use crate::kernel::{Isa, Job, Portable};
use crate::layer::{GlobalAvgPool2d, global_avg_pool2d};
use crate::quant::form::FormTensor;
use crate::quant::{Contents, Form, Multiplier, Rounding, kernel, prepare};
use core::mem::offset_of;

/// From sums over all pixels to the mean's own quantization.
#[derive(Debug)]
#[repr(C)]
pub struct Mean {
    multiplier: Multiplier,
    zero_point: i8,
    output_zero_point: i8,
}

// SAFETY: each field is listed; multipliers are two words.
unsafe impl Form for Mean {
    const CONTENTS: Contents = Contents {
        tensors: &[
            FormTensor::multipliers("multiplier", 1, offset_of!(Self, multiplier)),
            FormTensor::byte("zero_point", offset_of!(Self, zero_point)),
            FormTensor::byte("output_zero_point", offset_of!(Self, output_zero_point)),
        ],
        parts: &[],
    };
}

impl Mean {
    /// One image.
    #[inline(always)]
    pub fn run<I: Isa>(&self, isa: I, rounding: Rounding, input: &[i8], output: &mut [i8]) {
        let Self { multiplier, zero_point, output_zero_point } = *self;
        isa.run(kernel::Mean { input, zero_point, multiplier, output_zero_point, rounding, output });
    }
}

/// A mean that is being prepared.
#[derive(Debug)]
pub struct MeanStep<'a> {
    settings: &'a global_avg_pool2d::Settings,
}

impl<'a> MeanStep<'a> {
    /// The layer with these settings.
    pub const fn new(settings: &'a global_avg_pool2d::Settings) -> Self {
        Self { settings }
    }
}

impl Step for MeanStep<'_> {
    type Form = Mean;

    fn output(&self) -> Output {
        Output::Calibrated
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        super::Infer { layer: &GlobalAvgPool2d, settings: self.settings, input: inputs[0], output }.run(Portable);
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Mean) -> Option<()> {
        let (input, output) = (quantizations.input(), quantizations.output);
        form.multiplier = prepare::mean(input.scale, output.scale, self.settings.pixels())?;
        (form.zero_point, form.output_zero_point) = (input.zero_point, output.zero_point);
        Some(())
    }

    fn whole(&self, form: &Mean, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, rounding, inputs[0], output);
    }
}
