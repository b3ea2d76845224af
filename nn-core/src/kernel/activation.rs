//! The activation functions: on slices, forward and backward side by side.

use super::elementwise::{each, each_pair};
use super::{Isa, Job, math, softmax};

/// An activation function, by Keras's definition.
///
/// To add one: a variant, a name, which values its derivative is taken from, and a row in `forward` and in `backward`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// `max(x, 0)`; the derivative at 0 is 0.
    Relu,
    /// `min(max(x, 0), 6)`
    Relu6,
    /// `x` above zero, `slope * x` below.
    LeakyRelu {
        /// At least zero; 0.2 by default, as Keras's function has it (Keras's layer has 0.3).
        slope: f32,
    },
    /// `x` above zero, `alpha * (e^x - 1)` below.
    Elu {
        /// At least zero; 1 by default.
        alpha: f32,
    },
    /// `1.05070099 * elu(x)` with `alpha` of 1.67326324.
    Selu,
    /// `x * (1 + erf(x / sqrt(2))) / 2`
    Gelu,
    /// `x * sigmoid(x)`
    Silu,
    /// `ln(1 + e^x)`
    Softplus,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// `x / 6 + 1/2`, cut to 0 and 1.
    HardSigmoid,
    /// `x * hard_sigmoid(x)`
    HardSilu,
    /// The hyperbolic tangent.
    Tanh,
    /// `e^x[i] / sum over j of e^x[j]`, along the last axis.
    Softmax,
}

/// From which values a derivative is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saves {
    /// From the outputs, so that the inputs may be overwritten.
    Output,
    /// From the inputs.
    Input,
}

const SELU_SCALE: f32 = 1.050_701;
const SELU_ALPHA: f32 = 1.673_263_2;

impl Function {
    /// The name by which a declaration asks for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
            Self::LeakyRelu { .. } => "leaky_relu",
            Self::Elu { .. } => "elu",
            Self::Selu => "selu",
            Self::Gelu => "gelu",
            Self::Silu => "silu",
            Self::Softplus => "softplus",
            Self::Sigmoid => "sigmoid",
            Self::HardSigmoid => "hard_sigmoid",
            Self::HardSilu => "hard_silu",
            Self::Tanh => "tanh",
            Self::Softmax => "softmax",
        }
    }

    /// What a function that does no more than to cut values off cuts them to; infinities without one.
    pub(crate) const fn bounds(function: Option<Self>) -> [f32; 2] {
        match function {
            Some(Self::Relu) => [0.0, f32::INFINITY],
            Some(Self::Relu6) => [0.0, 6.0],
            _ => [f32::NEG_INFINITY, f32::INFINITY],
        }
    }

    /// From which values the derivative is taken: from the outputs wherever they tell it.
    pub const fn saves(self) -> Saves {
        match self {
            Self::Gelu | Self::Silu | Self::HardSilu => Saves::Input,
            _ => Saves::Output,
        }
    }

    /// Turns inputs into outputs. `columns` is the size of the last axis.
    #[inline(always)]
    fn forward<I: Isa>(self, isa: I, data: &mut [f32], columns: usize) {
        let (zero, six) = (isa.splat(0.0), isa.splat(6.0));
        match self {
            Self::Relu => each!(isa, data, |x| isa.max(zero, x)),
            Self::Relu6 => each!(isa, data, |x| isa.min(six, isa.max(zero, x))),
            Self::LeakyRelu { slope } => {
                each!(isa, data, |x| isa.select_greater(x, zero, x, isa.mul(x, isa.splat(slope))))
            }
            Self::Elu { alpha } => each!(isa, data, |x| elu(isa, 1.0, alpha, x)),
            Self::Selu => each!(isa, data, |x| elu(isa, SELU_SCALE, SELU_ALPHA, x)),
            Self::Gelu => each!(isa, data, |x| isa.mul(x, normal_probability(isa, x))),
            Self::Silu => each!(isa, data, |x| isa.mul(x, math::sigmoid(isa, x))),
            Self::Softplus => each!(isa, data, |x| math::softplus(isa, x)),
            Self::Sigmoid => each!(isa, data, |x| math::sigmoid(isa, x)),
            Self::HardSigmoid => each!(isa, data, |x| hard_sigmoid(isa, x)),
            Self::HardSilu => each!(isa, data, |x| isa.mul(x, hard_sigmoid(isa, x))),
            Self::Tanh => each!(isa, data, |x| math::tanh(isa, x)),
            Self::Softmax => softmax::forward(isa, data, columns),
        }
    }

    /// Turns the derivative by the outputs into that by the inputs: `s` is what [`Function::saves`] says, `g` the
    /// derivative.
    #[inline(always)]
    fn backward<I: Isa>(self, isa: I, saved: &[f32], gradient: &mut [f32], columns: usize) {
        let (zero, one, six) = (isa.splat(0.0), isa.splat(1.0), isa.splat(6.0));
        match self {
            Self::Relu => each_pair!(isa, saved, gradient, |s, g| isa.select_greater(s, zero, g, zero)),
            Self::Relu6 => each_pair!(isa, saved, gradient, |s, g| within(isa, zero, six, s, g)),
            Self::LeakyRelu { slope } => {
                each_pair!(isa, saved, gradient, |s, g| {
                    isa.select_greater(s, zero, g, isa.mul(g, isa.splat(slope)))
                })
            }
            Self::Elu { alpha } => each_pair!(isa, saved, gradient, |s, g| elu_slope(isa, 1.0, alpha, s, g)),
            Self::Selu => {
                each_pair!(isa, saved, gradient, |s, g| elu_slope(isa, SELU_SCALE, SELU_ALPHA, s, g))
            }
            Self::Gelu => each_pair!(isa, saved, gradient, |s, g| isa.mul(g, gelu_slope(isa, s))),
            Self::Silu => each_pair!(isa, saved, gradient, |s, g| isa.mul(g, silu_slope(isa, s))),
            // The derivative is the sigmoid of the input, which is 1 - e^-y.
            Self::Softplus => each_pair!(isa, saved, gradient, |s, g| {
                isa.sub(zero, isa.mul(g, math::exp_minus_one(isa, isa.sub(zero, s))))
            }),
            Self::Sigmoid => each_pair!(isa, saved, gradient, |s, g| isa.mul(g, isa.mul(s, isa.sub(one, s)))),
            Self::HardSigmoid => {
                each_pair!(isa, saved, gradient, |s, g| within(isa, zero, one, s, isa.mul(g, isa.splat(1.0 / 6.0))))
            }
            Self::HardSilu => each_pair!(isa, saved, gradient, |s, g| isa.mul(g, hard_silu_slope(isa, s))),
            Self::Tanh => each_pair!(isa, saved, gradient, |s, g| isa.mul(g, isa.sub(one, isa.mul(s, s)))),
            Self::Softmax => softmax::backward(isa, saved, gradient, columns),
        }
    }
}

/// `scale * x` above zero, `scale * alpha * (e^x - 1)` below.
#[inline(always)]
fn elu<I: Isa>(isa: I, scale: f32, alpha: f32, x: I::Vector) -> I::Vector {
    let zero = isa.splat(0.0);
    let below = isa.mul(isa.splat(scale * alpha), math::exp_minus_one(isa, isa.min(zero, x)));
    isa.select_greater(x, zero, isa.mul(isa.splat(scale), x), below)
}

/// `g * scale` where the output is above zero, `g * (y + scale * alpha)` below.
#[inline(always)]
fn elu_slope<I: Isa>(isa: I, scale: f32, alpha: f32, y: I::Vector, g: I::Vector) -> I::Vector {
    let below = isa.add(y, isa.splat(scale * alpha));
    isa.mul(g, isa.select_greater(y, isa.splat(0.0), isa.splat(scale), below))
}

/// The probability that a normal variable is at most `x`: `(1 + erf(x / sqrt(2))) / 2`.
#[inline(always)]
fn normal_probability<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let half = isa.splat(0.5);
    isa.mul_add(half, math::erf(isa, isa.mul(x, isa.splat(core::f32::consts::FRAC_1_SQRT_2))), half)
}

/// The derivative of `x * P(x)` is `P(x) + x * p(x)`, with the density `p(x) = e^(-x^2 / 2) / sqrt(2 pi)`.
#[inline(always)]
fn gelu_slope<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    const DENSITY_AT_ZERO: f32 = 0.398_942_3;
    let power = isa.mul(isa.mul(x, x), isa.splat(-0.5));
    let density = isa.mul(isa.splat(DENSITY_AT_ZERO), math::exp(isa, power));
    isa.mul_add(x, density, normal_probability(isa, x))
}

/// The derivative of `x * s(x)` is `s * (1 + x * (1 - s))`.
#[inline(always)]
fn silu_slope<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let one = isa.splat(1.0);
    let sigmoid = math::sigmoid(isa, x);
    isa.mul(sigmoid, isa.mul_add(x, isa.sub(one, sigmoid), one))
}

/// `min(max(x / 6 + 1/2, 0), 1)`
#[inline(always)]
fn hard_sigmoid<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let line = isa.mul_add(x, isa.splat(1.0 / 6.0), isa.splat(0.5));
    isa.min(isa.splat(1.0), isa.max(isa.splat(0.0), line))
}

/// 0 up to -3, `x / 3 + 1/2` between, 1 from 3 on.
#[inline(always)]
fn hard_silu_slope<I: Isa>(isa: I, x: I::Vector) -> I::Vector {
    let (zero, one) = (isa.splat(0.0), isa.splat(1.0));
    let between = isa.mul_add(x, isa.splat(1.0 / 3.0), isa.splat(0.5));
    isa.select_greater(x, isa.splat(-3.0), isa.select_greater(isa.splat(3.0), x, between, one), zero)
}

/// `then` where `low < x < high`, else zero.
#[inline(always)]
fn within<I: Isa>(isa: I, low: I::Vector, high: I::Vector, x: I::Vector, then: I::Vector) -> I::Vector {
    let zero = isa.splat(0.0);
    isa.select_greater(x, low, isa.select_greater(high, x, then, zero), zero)
}

/// Turns inputs into outputs, in place.
#[derive(Debug)]
pub struct Activate<'a> {
    /// Which function.
    pub function: Function,
    /// Whole rows.
    pub data: &'a mut [f32],
    /// The size of a row: that of the last axis.
    pub columns: usize,
}

impl Job for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.function.forward(isa, self.data, self.columns);
    }
}

/// Turns the derivative by the outputs into that by the inputs, in place.
#[derive(Debug)]
pub struct ActivateBackward<'a> {
    /// Which function.
    pub function: Function,
    /// The outputs or the inputs, as [`Function::saves`] says: whole rows.
    pub saved: &'a [f32],
    /// As many values.
    pub gradient: &'a mut [f32],
    /// The size of a row: that of the last axis.
    pub columns: usize,
}

impl Job for ActivateBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.function.backward(isa, self.saved, self.gradient, self.columns);
    }
}

/// The same from the inputs, whatever the function saves.
#[derive(Debug)]
pub struct ActivateBackwardFromInput<'a> {
    /// Which function.
    pub function: Function,
    /// The inputs: whole rows.
    pub input: &'a [f32],
    /// The derivative by the outputs.
    pub output_gradient: &'a [f32],
    /// The derivative by the inputs.
    pub input_gradient: &'a mut [f32],
    /// The size of a row: that of the last axis.
    pub columns: usize,
}

impl Job for ActivateBackwardFromInput<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { function, input, output_gradient, input_gradient, columns } = self;
        if function == Function::Softmax {
            input_gradient.copy_from_slice(input);
            softmax::forward(isa, input_gradient, columns);
            softmax::backward_onto(isa, input_gradient, output_gradient, columns);
            return;
        }
        input_gradient.copy_from_slice(output_gradient);
        // What would have been saved, some values at a time.
        let mut memory = [0.0; 256];
        for (input, gradient) in input.chunks(memory.len()).zip(input_gradient.chunks_mut(memory.len())) {
            let saved = &mut memory[..input.len()];
            saved.copy_from_slice(input);
            if function.saves() == Saves::Output {
                function.forward(isa, saved, columns);
            }
            function.backward(isa, saved, gradient, columns);
        }
    }
}
