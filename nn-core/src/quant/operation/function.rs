//! An activation of each number, as a table of 256 bytes.

use super::{Output, Quantizations, Step};
use crate::kernel::{Isa, Job, Portable};
use crate::layer::InPlace;
use crate::layer::activation::{Activation, Function, Settings};
use crate::quant::form::FormTensor;
use crate::quant::kernel::Lookup;
use crate::quant::prepare::{self, Requantization};
use crate::quant::{Contents, Form, Quantization, Rounding};
use core::mem::offset_of;

/// The results of a function for all bytes.
#[derive(Debug)]
#[repr(C)]
pub struct Table {
    table: [i8; 256],
}

// SAFETY: an array of bytes.
unsafe impl Form for Table {
    const CONTENTS: Contents =
        Contents { tensors: &[FormTensor::bytes("table", 256, offset_of!(Self, table))], parts: &[] };
}

impl Table {
    /// Replaces each byte.
    #[inline(always)]
    pub fn run_in_place<I: Isa>(&self, isa: I, values: &mut [i8]) {
        isa.run(Lookup { table: &self.table, values });
    }
}

/// An activation that is being prepared.
#[derive(Debug)]
pub struct FunctionStep<'a> {
    settings: &'a Settings,
}

/// The output of the logistic function, as in TFLite.
const LOGISTIC: Quantization = Quantization { scale: 1.0 / 256.0, zero_point: -128 };
/// The output of the hyperbolic tangent, as in TFLite.
const TANH: Quantization = Quantization { scale: 1.0 / 128.0, zero_point: 0 };

impl<'a> FunctionStep<'a> {
    /// The activation with these settings.
    pub const fn new(settings: &'a Settings) -> Self {
        Self { settings }
    }

    /// The function of one number.
    fn of(&self, x: f32) -> f32 {
        let mut value = [x];
        Activation.infer_in_place(Portable, &self.settings.of_one(), &mut value);
        value[0]
    }
}

impl Step for FunctionStep<'_> {
    type Form = Table;

    fn output(&self) -> Output {
        match self.settings.function() {
            Function::Sigmoid => Output::Fixed(LOGISTIC),
            Function::Tanh => Output::Fixed(TANH),
            _ => Output::Calibrated,
        }
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        struct Activate<'a>(&'a Settings, &'a mut [f32]);
        impl Job for Activate<'_> {
            type Output = ();

            #[inline(always)]
            fn run<I: Isa>(self, isa: I) {
                Activation.infer_in_place(isa, self.0, self.1);
            }
        }
        output.copy_from_slice(inputs[0]);
        Activate(self.settings, output).run(Portable);
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Table) -> Option<()> {
        let (input, output, rounding) = (quantizations.input(), quantizations.output, quantizations.rounding);
        let cut_off = |highest| {
            let requantization = Requantization::new(input, output, rounding)?;
            let [lowest, highest] = prepare::bounds(output, 0.0, highest);
            Some(prepare::table(|byte| requantization.byte(byte).max(lowest).min(highest)))
        };
        let of_floats = || prepare::table_of(input, output, |x| self.of(x));
        form.table = match self.settings.function() {
            Function::Sigmoid => prepare::logistic_table(input, rounding)?,
            Function::Tanh => prepare::tanh_table(input, rounding)?,
            Function::Relu => cut_off(f32::INFINITY)?,
            Function::Relu6 => cut_off(6.0)?,
            Function::LeakyRelu { slope } => prepare::leaky_relu_table(input, output, slope, rounding)?,
            Function::HardSilu => prepare::hard_silu_table(input, output).unwrap_or_else(of_floats),
            _ => of_floats(),
        };
        Some(())
    }

    fn whole(&self, form: &Table, _: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        output.copy_from_slice(inputs[0]);
        form.run_in_place(Portable, output);
    }
}
