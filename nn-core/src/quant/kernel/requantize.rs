//! The same numbers in another quantization.

use crate::kernel::{Isa, Job};
use crate::quant::prepare::Requantization;

/// Bytes of one quantization as bytes of another, as TFLite's QUANTIZE of bytes.
#[derive(Debug)]
pub struct Requantize<'a> {
    /// The quantizations, prepared.
    pub requantization: &'a Requantization,
    /// Bytes of the one.
    pub input: &'a [i8],
    /// Bytes of the other.
    pub output: &'a mut [i8],
}

impl Job for Requantize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for (output, &input) in self.output.iter_mut().zip(self.input) {
            *output = self.requantization.byte(input);
        }
    }
}
