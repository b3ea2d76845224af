//! Between floats and bytes.

use crate::kernel::{Isa, Job};
use crate::quant::Quantization;

/// Floats as the nearest bytes, see [`Quantization::quantize`].
#[derive(Debug)]
pub struct Quantize<'a> {
    /// What the bytes stand for.
    pub quantization: Quantization,
    /// The floats.
    pub input: &'a [f32],
    /// The bytes.
    pub output: &'a mut [i8],
}

impl Job for Quantize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for (output, &input) in self.output.iter_mut().zip(self.input) {
            *output = self.quantization.quantize(input);
        }
    }
}

/// Bytes as the floats that they stand for.
#[derive(Debug)]
pub struct Dequantize<'a> {
    /// What the bytes stand for.
    pub quantization: Quantization,
    /// The bytes.
    pub input: &'a [i8],
    /// The floats.
    pub output: &'a mut [f32],
}

impl Job for Dequantize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for (output, &input) in self.output.iter_mut().zip(self.input) {
            *output = self.quantization.dequantize(input);
        }
    }
}
