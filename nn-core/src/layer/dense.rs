//! A layer in which every output sees every input.

use super::bias::{Bias, listed};
use super::{Backward, Layer, Needs, Pass, Saved, WeightInfo};
use crate::initializer::{Fans, Initializers};
use crate::kernel::elementwise::ColumnSums;
use crate::kernel::matrix::{Matrix, MatrixMut, MatrixProduct, Start, multiply};
use crate::kernel::vector::VectorMatrix;
use crate::kernel::{Isa, Job, dispatch};
use crate::plain::{Plain, flatten, flatten_mut};
use crate::random::Random;
use crate::shape::Shape;
use core::fmt;

/// `output[o] = bias[o] + sum over i of input[i] * kernel[i][o]`.
///
/// The bias is an array, or `()` for a layer without one.
///
/// Inputs that are zero are left out where there are many of them, as behind `relu` or in images with an empty background:
/// a product of zero with a weight that is infinite or not a number is then zero.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct Dense<const IN: usize, const OUT: usize, BIAS = [f32; OUT]> {
    /// The weights: a row for each input.
    pub kernel: [[f32; OUT]; IN],
    /// What the sums begin with.
    pub bias: BIAS,
}

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    initializers: Initializers,
    pub(crate) inputs: usize,
    pub(crate) units: usize,
}

impl Settings {
    /// A layer of `units` outputs on flat inputs of this shape.
    pub const fn new(input: Shape, units: usize, initializers: Initializers) -> Self {
        Self { initializers, inputs: input.len(), units }
    }

    /// The shape of one sample's output.
    pub const fn output(&self) -> Shape {
        Shape::new(&[self.units])
    }

    /// What the layer costs.
    pub const fn needs(&self) -> Needs {
        Needs { macs: self.inputs * self.units, positions: 0, statistics: 0, partial: 0 }
    }
}

/// Layers of at most this many multiply-accumulate operations are inlined where they are called, with constant sizes.
const INLINED: usize = 4096;

// SAFETY: an array of floats, then a bias that consists of floats; `repr(C)` adds no padding between types of the
// alignment of a float or less.
unsafe impl<const IN: usize, const OUT: usize, BIAS: Bias> Plain for Dense<IN, OUT, BIAS> {}

impl<const IN: usize, const OUT: usize, BIAS> fmt::Debug for Dense<IN, OUT, BIAS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dense<{IN}, {OUT}>")
    }
}

impl<const IN: usize, const OUT: usize, BIAS: Bias> Dense<IN, OUT, BIAS> {
    const ALL: [WeightInfo; 2] = [
        WeightInfo { name: "kernel", shape: Shape::new(&[IN, OUT]), trained: true },
        WeightInfo { name: "bias", shape: Shape::new(&[OUT]), trained: true },
    ];

    fn kernel(&self) -> Matrix<'_> {
        Matrix::new(flatten(&self.kernel), OUT)
    }
}

impl<const IN: usize, const OUT: usize, BIAS: Bias> Layer for Dense<IN, OUT, BIAS> {
    type Settings = Settings;
    type Gradient = Self;

    const WEIGHTS: &'static [WeightInfo] = listed::<BIAS, 2>(&Self::ALL);

    fn initialize(&mut self, settings: &Settings, random: &mut Random) {
        let Initializers { kernel, bias } = settings.initializers;
        kernel.fill(flatten_mut(&mut self.kernel), Fans { input: IN, output: OUT, columns: OUT }, random);
        if let Some(values) = self.bias.values_mut() {
            bias.fill(values, Fans { input: OUT, output: OUT, columns: OUT }, random);
        }
    }

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, _settings: &Settings, input: &[f32], output: &mut [f32]) {
        let job = VectorMatrix {
            input: &input[..IN],
            kernel: flatten(&self.kernel),
            bias: self.bias.values(),
            output: &mut output[..OUT],
        };
        if IN * OUT <= INLINED { job.run(isa) } else { isa.run(job) }
    }

    const WIDENED: usize = 0;

    /// The half floats become floats where they are multiplied, so that half the bytes are read.
    #[inline(always)]
    fn infer_half<I: Isa>(
        weights: &[u16],
        isa: I,
        _settings: &Settings,
        input: &[f32],
        output: &mut [f32],
        _widened: &mut [f32],
    ) {
        let Some((kernel, bias)) = weights.split_at_checked(IN * OUT) else { return };
        let bias = if BIAS::FLOATS > 0 { Some(bias) } else { None };
        let job = VectorMatrix { input: &input[..IN], kernel, bias, output: &mut output[..OUT] };
        if IN * OUT <= INLINED { job.run(isa) } else { isa.run(job) }
    }

    fn forward(&self, _settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        let product = MatrixProduct {
            depth: IN,
            left: Matrix::new(input, IN),
            right: self.kernel(),
            output: MatrixMut::new(output, pass.batch, OUT, OUT),
            start: Start::bias(self.bias.values()),
        };
        multiply(pass.team, product);
    }

    fn backward(&self, _settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
        let output_gradient = Matrix::new(backward.output_gradient, OUT);
        if let Some(gradient) = gradient {
            let product = MatrixProduct {
                depth: pass.batch,
                left: Matrix::new(backward.input, IN).transposed(),
                right: output_gradient,
                output: MatrixMut::new(flatten_mut(&mut gradient.kernel), IN, OUT, OUT),
                start: Start::Zero,
            };
            multiply(pass.team, product);
            if let Some(sums) = gradient.bias.values_mut() {
                dispatch(ColumnSums { values: backward.output_gradient, sums });
            }
        }
        if let Some(input_gradient) = backward.input_gradient {
            let product = MatrixProduct {
                depth: OUT,
                left: output_gradient,
                right: self.kernel().transposed(),
                output: MatrixMut::new(input_gradient, pass.batch, IN, IN),
                start: Start::Zero,
            };
            multiply(pass.team, product);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::layer::gradient_check::Check;
    use std::vec::Vec;

    fn settings(inputs: usize, units: usize) -> Settings {
        Settings::new(Shape::new(&[inputs]), units, Initializers::DEFAULT)
    }

    #[test]
    fn two_inputs_and_three_units_by_hand() {
        let layer = Dense { kernel: [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], bias: [0.5, 0.0, -0.5] };
        let mut output = [0.0; 3];
        for level in Level::available() {
            struct Infer<'a>(&'a Dense<2, 3>, &'a mut [f32]);
            impl Job for Infer<'_> {
                type Output = ();
                fn run<I: Isa>(self, isa: I) {
                    self.0.infer(isa, &settings(2, 3), &[1.0, 10.0], self.1);
                }
            }
            level.run(Infer(&layer, &mut output));
            assert_eq!(output, [41.5, 52.0, 62.5]);
        }
    }

    #[test]
    fn the_weights_are_listed_as_they_lie() {
        let names = |weights: &[WeightInfo]| -> Vec<_> { weights.iter().map(|info| info.name).collect() };
        assert_eq!(names(Dense::<2, 3>::WEIGHTS), ["kernel", "bias"]);
        assert_eq!(names(Dense::<2, 3, ()>::WEIGHTS), ["kernel"]);
        assert_eq!((Dense::<2, 3>::TRAINED, Dense::<2, 3, ()>::TRAINED), (9, 6));
        assert_eq!(std::format!("{:?}", Dense::<2, 3>::ZERO), "Dense<2, 3>");
        assert_eq!(settings(2, 3).output(), Shape::new(&[3]));
        assert_eq!(settings(2, 3).needs().macs, 6);
    }

    fn check<L: Layer<Settings = Settings>>(inputs: usize, units: usize) {
        let settings = settings(inputs, units);
        Check::<L>::new(settings, Shape::new(&[inputs]), settings.output(), settings.needs()).run();
    }

    #[test]
    fn derivatives_are_differences() {
        check::<Dense<5, 7>>(5, 7);
        check::<Dense<5, 7, ()>>(5, 7);
        check::<Dense<1, 1>>(1, 1);
        check::<Dense<33, 18>>(33, 18);
    }
}
