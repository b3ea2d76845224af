//! Pools whose output has the quantization of their input: maxima, and means under a window.

use super::{Output, Quantizations, Step};
use crate::kernel::{Geometry, Isa, Job, Portable};
use crate::layer::{AvgPool2d, GlobalMaxPool2d, Layer, MaxPool2d, avg_pool2d, global_max_pool2d, max_pool2d};
use crate::quant::{Contents, Form, Rounding, kernel};

/// A pool keeps nothing: what it does is in the settings of the layer.
#[derive(Debug)]
pub struct Pooled;

// SAFETY: the struct is empty.
unsafe impl Form for Pooled {
    const CONTENTS: Contents = Contents { tensors: &[], parts: &[] };
}

impl Pooled {
    /// One image.
    #[inline(always)]
    pub fn run<I: Isa, S: Pooling>(&self, isa: I, settings: &S, input: &[i8], output: &mut [i8]) {
        settings.run(isa, input, output);
    }
}

/// The settings of a pool.
pub trait Pooling {
    /// One image.
    fn run<I: Isa>(&self, isa: I, input: &[i8], output: &mut [i8]);
}

const ALL: [i8; 2] = [i8::MIN, i8::MAX];

#[inline(always)]
fn largest<I: Isa>(isa: I, geometry: &Geometry, channels: usize, input: &[i8], output: &mut [i8]) {
    isa.run(kernel::MaxPool { geometry, channels, input, bounds: ALL, output });
}

impl Pooling for max_pool2d::Settings {
    #[inline(always)]
    fn run<I: Isa>(&self, isa: I, input: &[i8], output: &mut [i8]) {
        largest(isa, &self.geometry, self.channels, input, output);
    }
}

impl Pooling for global_max_pool2d::Settings {
    #[inline(always)]
    fn run<I: Isa>(&self, isa: I, input: &[i8], output: &mut [i8]) {
        self.pool.run(isa, input, output);
    }
}

impl Pooling for avg_pool2d::Settings {
    #[inline(always)]
    fn run<I: Isa>(&self, isa: I, input: &[i8], output: &mut [i8]) {
        let (geometry, channels) = (&self.geometry, self.channels);
        isa.run(kernel::AveragePool { geometry, channels, input, bounds: ALL, output });
    }
}

/// A pool that is being prepared.
#[derive(Debug)]
pub struct PoolStep<'a, L: Layer> {
    layer: L,
    settings: &'a L::Settings,
}

impl<'a> PoolStep<'a, MaxPool2d> {
    /// The layer with these settings.
    pub const fn max_pool2d(settings: &'a max_pool2d::Settings) -> Self {
        Self { layer: MaxPool2d, settings }
    }
}

impl<'a> PoolStep<'a, GlobalMaxPool2d> {
    /// The layer with these settings.
    pub const fn global_max_pool2d(settings: &'a global_max_pool2d::Settings) -> Self {
        Self { layer: GlobalMaxPool2d, settings }
    }
}

impl<'a> PoolStep<'a, AvgPool2d> {
    /// The layer with these settings.
    pub const fn avg_pool2d(settings: &'a avg_pool2d::Settings) -> Self {
        Self { layer: AvgPool2d, settings }
    }
}

impl<L: Layer<Settings: Pooling>> Step for PoolStep<'_, L> {
    type Form = Pooled;

    fn output(&self) -> Output {
        Output::SameAsInput
    }

    fn float(&self, inputs: &[&[f32]], output: &mut [f32], _: &mut [f32]) {
        super::Infer { layer: &self.layer, settings: self.settings, input: inputs[0], output }.run(Portable);
    }

    fn prepare(&self, _: &Quantizations<'_>, _: &mut Pooled) -> Option<()> {
        Some(())
    }

    fn whole(&self, form: &Pooled, _: Rounding, inputs: &[&[i8]], output: &mut [i8]) {
        form.run(Portable, self.settings, inputs[0], output);
    }
}
