//! Products of two tensors.

use crate::kernel::{Isa, Job};
use crate::quant::prepare::Multiplication;

/// `output = first * second`, each with its own quantization, as TFLite's MUL.
#[derive(Debug)]
pub struct Multiply<'a> {
    /// The quantizations, prepared.
    pub multiplication: &'a Multiplication,
    /// The first tensor.
    pub first: &'a [i8],
    /// The second tensor.
    pub second: &'a [i8],
    /// The products.
    pub output: &'a mut [i8],
}

impl Job for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for ((output, &first), &second) in self.output.iter_mut().zip(self.first).zip(self.second) {
            *output = self.multiplication.byte(first, second);
        }
    }
}
