//! Initial weights.

use crate::random::Random;

/// How initial weights are drawn. The formulas and defaults are Keras's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initializer {
    /// Uniform within `sqrt(6 / (fan_in + fan_out))`: what kernels begin with.
    GlorotUniform,
    /// Normal, cut at two deviations, of variance `2 / (fan_in + fan_out)`.
    GlorotNormal,
    /// Uniform within `sqrt(6 / fan_in)`.
    HeUniform,
    /// Normal, cut at two deviations, of variance `2 / fan_in`.
    HeNormal,
    /// Uniform within `sqrt(3 / fan_in)`.
    LecunUniform,
    /// Normal, cut at two deviations, of variance `1 / fan_in`.
    LecunNormal,
    /// A matrix whose rows or columns, whichever are fewer, are orthogonal and of this length.
    Orthogonal {
        /// The length of the rows or columns; 1 by default.
        gain: f32,
    },
    /// All 0: what biases begin with.
    Zeros,
    /// All 1.
    Ones,
    /// All the same.
    Constant(f32),
    /// Uniform from `low` to `high`; -0.05 and 0.05 by default.
    Uniform {
        /// The smallest value.
        low: f32,
        /// The bound of the largest value.
        high: f32,
    },
    /// Normal; mean 0 and deviation 0.05 by default.
    Normal {
        /// The mean.
        mean: f32,
        /// The standard deviation.
        deviation: f32,
    },
}

/// The initializers of a layer with a kernel and a bias.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Initializers {
    /// How the kernel begins.
    pub kernel: Initializer,
    /// How the bias begins.
    pub bias: Initializer,
}

impl Initializers {
    /// Keras's defaults: Glorot uniform for the kernel, zeros for the bias.
    pub const DEFAULT: Self = Self { kernel: Initializer::GlorotUniform, bias: Initializer::Zeros };
}

/// What an initializer has to know of the tensor that it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fans {
    /// Inputs that each output is a sum of.
    pub input: usize,
    /// Outputs that each input goes into.
    pub output: usize,
    /// The size of the last axis: the tensor as a matrix has that many columns.
    pub columns: usize,
}

impl Initializer {
    /// Fills `weights` with values drawn from `random`.
    pub fn fill(self, weights: &mut [f32], fans: Fans, random: &mut Random) {
        let _ = (weights, fans, random);
    }
}
