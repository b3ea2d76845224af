//! Sums of two tensors.

use crate::kernel::{Isa, Job};
use crate::quant::prepare::Addition;

/// `output = first + second`, each with its own quantization, as TFLite's ADD.
#[derive(Debug)]
pub struct Add<'a> {
    /// The quantizations, prepared.
    pub addition: &'a Addition,
    /// The first tensor.
    pub first: &'a [i8],
    /// The second tensor.
    pub second: &'a [i8],
    /// The sums.
    pub output: &'a mut [i8],
}

impl Job for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for ((output, &first), &second) in self.output.iter_mut().zip(self.first).zip(self.second) {
            *output = self.addition.byte(first, second);
        }
    }
}
