//! Several tensors into one: sums, products, and tensors side by side.

use super::{Output, Quantizations, Step};
use crate::kernel::{Isa, Job, Portable};
use crate::quant::form::FormTensor;
use crate::quant::prepare::{self, Addition, Multiplication, Requantization};
use crate::quant::{Contents, Form, Multiplier, Rounding, kernel};
use core::mem::offset_of;

/// `first + second`, prepared.
#[derive(Debug)]
#[repr(C)]
pub struct Sum {
    multipliers: [Multiplier; 3],
    zero_points: [i8; 3],
    bounds: [i8; 2],
}

// SAFETY: each field is listed; multipliers are two words.
unsafe impl Form for Sum {
    const CONTENTS: Contents = Contents {
        tensors: &[
            FormTensor::multipliers("multipliers", 3, offset_of!(Self, multipliers)),
            FormTensor::bytes("zero_points", 3, offset_of!(Self, zero_points)),
            FormTensor::bytes("bounds", 2, offset_of!(Self, bounds)),
        ],
        parts: &[],
    };
}

impl Sum {
    /// The sum of two tensors.
    #[inline(always)]
    pub fn run<I: Isa>(&self, isa: I, rounding: Rounding, [first, second]: [&[i8]; 2], output: &mut [i8]) {
        let Self { multipliers, zero_points, bounds } = *self;
        isa.run(kernel::Add {
            addition: &Addition { zero_points, multipliers, bounds, rounding },
            first,
            second,
            output,
        });
    }
}

/// `first * second`, prepared.
#[derive(Debug)]
#[repr(C)]
pub struct Product {
    multiplier: Multiplier,
    zero_points: [i8; 3],
    bounds: [i8; 2],
}

// SAFETY: each field is listed; multipliers are two words.
unsafe impl Form for Product {
    const CONTENTS: Contents = Contents {
        tensors: &[
            FormTensor::multipliers("multiplier", 1, offset_of!(Self, multiplier)),
            FormTensor::bytes("zero_points", 3, offset_of!(Self, zero_points)),
            FormTensor::bytes("bounds", 2, offset_of!(Self, bounds)),
        ],
        parts: &[],
    };
}

impl Product {
    /// The product of two tensors.
    #[inline(always)]
    pub fn run<I: Isa>(&self, isa: I, rounding: Rounding, [first, second]: [&[i8]; 2], output: &mut [i8]) {
        let Self { multiplier, zero_points, bounds } = *self;
        let multiplication = &Multiplication { zero_points, multiplier, bounds, rounding };
        isa.run(kernel::Multiply { multiplication, first, second, output });
    }
}

/// Tensors side by side in the last axis, each brought to the output's quantization.
#[derive(Debug)]
#[repr(C)]
pub struct Concat<const COUNT: usize> {
    multipliers: [Multiplier; COUNT],
    zero_points: [i8; COUNT],
    output_zero_point: i8,
}

// SAFETY: each field is listed; multipliers are two words.
unsafe impl<const COUNT: usize> Form for Concat<COUNT> {
    const CONTENTS: Contents = Contents {
        tensors: &[
            FormTensor::multipliers("multipliers", COUNT, offset_of!(Self, multipliers)),
            FormTensor::bytes("zero_points", COUNT, offset_of!(Self, zero_points)),
            FormTensor::byte("output_zero_point", offset_of!(Self, output_zero_point)),
        ],
        parts: &[],
    };
}

impl<const COUNT: usize> Concat<COUNT> {
    /// Writes input number `INPUT`, of so many columns, into the columns from `offset` on of the output.
    #[inline(always)]
    pub fn run<I: Isa, const INPUT: usize>(
        &self,
        isa: I,
        rounding: Rounding,
        columns: Columns,
        input: &[i8],
        output: &mut [i8],
    ) {
        let zero_points = [self.zero_points[INPUT], self.output_zero_point];
        let requantization = Requantization { zero_points, multiplier: self.multipliers[INPUT], rounding };
        isa.run(Place { requantization, columns, input, output });
    }
}

/// Where the columns of an input go.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    /// The columns of the input.
    pub input: usize,
    /// Those of the inputs before it.
    pub offset: usize,
    /// Those of the output.
    pub output: usize,
}

struct Place<'a> {
    requantization: Requantization,
    columns: Columns,
    input: &'a [i8],
    output: &'a mut [i8],
}

impl Job for Place<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { requantization, columns, input, output } = self;
        let rows = input.chunks_exact(columns.input.max(1));
        for (input, output) in rows.zip(output.chunks_exact_mut(columns.output.max(1))) {
            for (output, &input) in output.iter_mut().skip(columns.offset).zip(input) {
                *output = requantization.byte(input);
            }
        }
    }
}

/// A sum that is being prepared; the activation after it is part of it.
#[derive(Debug)]
pub struct SumStep {
    /// The lowest and the highest number of the activation.
    pub cut: [f32; 2],
}

impl Step for SumStep {
    type Form = Sum;

    fn output(&self) -> Output {
        Output::Calibrated
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        for ((output, first), second) in output.iter_mut().zip(inputs[0]).zip(inputs[1]) {
            *output = first + second;
        }
        super::cut_off(output, self.cut);
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Sum) -> Option<()> {
        let bounds = prepare::bounds(quantizations.output, self.cut[0], self.cut[1]);
        let addition = Addition::new(quantizations.pair(), quantizations.output, bounds, quantizations.rounding)?;
        *form = Sum { multipliers: addition.multipliers, zero_points: addition.zero_points, bounds };
        Some(())
    }

    fn whole(&self, form: &Sum, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, rounding, [inputs[0], inputs[1]], output);
    }
}

/// A product that is being prepared; the activation after it is part of it.
#[derive(Debug)]
pub struct ProductStep {
    /// The lowest and the highest number of the activation.
    pub cut: [f32; 2],
}

impl Step for ProductStep {
    type Form = Product;

    fn output(&self) -> Output {
        Output::Calibrated
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        for ((output, first), second) in output.iter_mut().zip(inputs[0]).zip(inputs[1]) {
            *output = first * second;
        }
        super::cut_off(output, self.cut);
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Product) -> Option<()> {
        let bounds = prepare::bounds(quantizations.output, self.cut[0], self.cut[1]);
        let product = Multiplication::new(quantizations.pair(), quantizations.output, bounds, quantizations.rounding)?;
        *form = Product { multiplier: product.multiplier, zero_points: product.zero_points, bounds };
        Some(())
    }

    fn whole(&self, form: &Product, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, rounding, [inputs[0], inputs[1]], output);
    }
}

/// Tensors side by side, being prepared.
#[derive(Debug)]
pub struct ConcatStep<const COUNT: usize> {
    /// The columns of each.
    pub columns: [usize; COUNT],
}

impl<const COUNT: usize> ConcatStep<COUNT> {
    /// Each input's number and columns.
    fn places(&self) -> impl Iterator<Item = (usize, Columns)> {
        let total = self.columns.iter().sum();
        let mut offset = 0;
        self.columns.iter().enumerate().map(move |(number, &input)| {
            let columns = Columns { input, offset, output: total };
            offset += input;
            (number, columns)
        })
    }
}

impl<const COUNT: usize> Step for ConcatStep<COUNT> {
    type Form = Concat<COUNT>;

    fn output(&self) -> Output {
        Output::Calibrated
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        for (number, Columns { input, offset, output: total }) in self.places() {
            crate::join::write_columns(output, total, offset, inputs[number], input);
        }
    }

    fn prepare(&self, quantizations: &Quantizations<'_>, form: &mut Concat<COUNT>) -> Option<()> {
        for (number, input) in quantizations.inputs.iter().enumerate().take(COUNT) {
            let requantization = Requantization::new(*input, quantizations.output, quantizations.rounding)?;
            (form.multipliers[number], form.zero_points[number]) = (requantization.multiplier, input.zero_point);
        }
        form.output_zero_point = quantizations.output.zero_point;
        Some(())
    }

    fn whole(&self, form: &Concat<COUNT>, rounding: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        for (number, columns) in self.places() {
            let zero_points = [form.zero_points[number], form.output_zero_point];
            let requantization = Requantization { zero_points, multiplier: form.multipliers[number], rounding };
            Place { requantization, columns, input: inputs[number], output: &mut *output }.run(Portable);
        }
    }
}
