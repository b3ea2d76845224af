//! Bytes as they are, in a place of their own.

use super::{Output, Quantizations, Step};
use crate::quant::{Contents, Form, Rounding};

/// A copy keeps nothing.
#[derive(Debug)]
pub struct Copied;

// SAFETY: the struct is empty.
unsafe impl Form for Copied {
    const CONTENTS: Contents = Contents { tensors: &[], parts: &[] };
}

impl Copied {
    /// Copies the input.
    #[inline(always)]
    pub fn run(&self, input: &[i8], output: &mut [i8]) {
        output.copy_from_slice(input);
    }
}

/// A copy that is being prepared.
#[derive(Debug)]
pub struct CopyStep;

impl Step for CopyStep {
    type Form = Copied;

    fn output(&self) -> Output {
        Output::SameAsInput
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        output.copy_from_slice(inputs[0]);
    }

    fn prepare(&self, _: &Quantizations<'_>, _: &mut Copied) -> Option<()> {
        Some(())
    }

    fn whole(&self, form: &Copied, _: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(inputs[0], output);
    }
}
