//! Dense layers.

use super::Rescale;
use super::conv2d::add_products;
use crate::kernel::{Isa, Job};

/// A dense layer on one sample: `output = rescale(weights * input)`.
#[derive(Debug)]
pub struct Dense<'a> {
    /// The inputs.
    pub input: &'a [i8],
    /// The weights, `[units][inputs]`.
    pub weights: &'a [i8],
    /// From sums to bytes, one channel a unit.
    pub rescale: Rescale<'a>,
    /// The units.
    pub output: &'a mut [i8],
}

impl Job for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { input, weights, rescale, output } = self;
        let rows = weights.chunks_exact(input.len().max(1));
        for ((unit, output), weights) in output.iter_mut().enumerate().zip(rows) {
            *output = rescale.byte(unit, add_products(rescale.start(unit), input, weights));
        }
    }
}
