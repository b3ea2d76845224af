//! Initial weights.

mod orthogonal;

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
        let mean_fan = (fans.input + fans.output) as f64 / 2.0;
        let input = fans.input as f64;
        match self {
            Self::GlorotUniform => uniform_of_variance(weights, variance(1.0, mean_fan), random),
            Self::GlorotNormal => normal_of_variance(weights, variance(1.0, mean_fan), random),
            Self::HeUniform => uniform_of_variance(weights, variance(2.0, input), random),
            Self::HeNormal => normal_of_variance(weights, variance(2.0, input), random),
            Self::LecunUniform => uniform_of_variance(weights, variance(1.0, input), random),
            Self::LecunNormal => normal_of_variance(weights, variance(1.0, input), random),
            Self::Orthogonal { gain } => orthogonal::fill(weights, fans.columns, gain, random),
            Self::Zeros => weights.fill(0.0),
            Self::Ones => weights.fill(1.0),
            Self::Constant(value) => weights.fill(value),
            Self::Uniform { low, high } => uniform(weights, low, high, random),
            Self::Normal { mean, deviation } => {
                weights.iter_mut().for_each(|weight| *weight = mean + deviation * random.normal());
            }
        }
    }
}

/// Keras's `VarianceScaling`.
fn variance(scale: f64, fan: f64) -> f64 {
    scale / fan.max(1.0)
}

fn uniform(weights: &mut [f32], low: f32, high: f32, random: &mut Random) {
    weights.iter_mut().for_each(|weight| *weight = low + (high - low) * random.uniform());
}

/// The uniform distribution within `a` of zero has the variance `a^2 / 3`.
fn uniform_of_variance(weights: &mut [f32], variance: f64, random: &mut Random) {
    let limit = libm::sqrt(3.0 * variance) as f32;
    uniform(weights, -limit, limit, random);
}

/// Normal numbers, drawn again if beyond two deviations. Those that are left are less spread, hence the divisor.
fn normal_of_variance(weights: &mut [f32], variance: f64, random: &mut Random) {
    /// The deviation of the normal distribution of deviation 1 when it is cut at 2 on either side.
    const CUT_DEVIATION: f64 = 0.879_625_661_034_239_8;
    let deviation = (libm::sqrt(variance) / CUT_DEVIATION) as f32;
    for weight in weights {
        let mut value = random.normal();
        while value.abs() >= 2.0 {
            value = random.normal();
        }
        *weight = deviation * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    const FANS: Fans = Fans { input: 300, output: 100, columns: 100 };

    fn drawn(initializer: Initializer, seed: u64, stream: u64) -> Vec<f32> {
        let mut weights = vec![f32::NAN; 60_000];
        initializer.fill(&mut weights, FANS, &mut Random::new(seed, stream));
        weights
    }

    /// Checks mean, variance and the largest value. The mean of 60,000 values deviates by 0.004 deviations of one value,
    /// their variance by at most 0.006 of itself (for a normal distribution): the bounds are four times that.
    fn check(initializer: Initializer, mean: f64, variance: f64, largest: f64) {
        let weights = drawn(initializer, 1, 0);
        let count = weights.len() as f64;
        let found_mean = weights.iter().map(|&weight| f64::from(weight)).sum::<f64>() / count;
        let squares = weights.iter().map(|&weight| (f64::from(weight) - found_mean).powi(2));
        let found_variance = squares.sum::<f64>() / count;
        let found_largest = weights.iter().map(|&weight| (f64::from(weight) - mean).abs()).fold(0.0, f64::max);
        assert!((found_mean - mean).abs() < 0.017 * variance.sqrt(), "mean {found_mean} of {initializer:?}");
        assert!((found_variance / variance - 1.0).abs() < 0.024, "variance {found_variance} of {initializer:?}");
        assert!(found_largest <= largest * 1.000_001, "largest {found_largest} of {initializer:?}");
        assert!(found_largest > largest * 0.95 || largest.is_infinite(), "largest {found_largest} of {initializer:?}");
    }

    #[test]
    fn values_have_the_moments_and_limits_that_keras_documents() {
        // Glorot: variance 2 / (300 + 100). He: 2 / 300. LeCun: 1 / 300.
        let cut = |variance: f64| 2.0 * variance.sqrt() / 0.879_625_661_034_239_8;
        check(Initializer::GlorotUniform, 0.0, 2.0 / 400.0, f64::sqrt(6.0 / 400.0));
        check(Initializer::GlorotNormal, 0.0, 2.0 / 400.0, cut(2.0 / 400.0));
        check(Initializer::HeUniform, 0.0, 2.0 / 300.0, f64::sqrt(6.0 / 300.0));
        check(Initializer::HeNormal, 0.0, 2.0 / 300.0, cut(2.0 / 300.0));
        check(Initializer::LecunUniform, 0.0, 1.0 / 300.0, f64::sqrt(3.0 / 300.0));
        check(Initializer::LecunNormal, 0.0, 1.0 / 300.0, cut(1.0 / 300.0));
        check(Initializer::Uniform { low: -1.0, high: 3.0 }, 1.0, 16.0 / 12.0, 2.0);
        check(Initializer::Normal { mean: 2.0, deviation: 0.5 }, 2.0, 0.25, f64::INFINITY);
    }

    #[test]
    fn constants_are_constant() {
        assert!(drawn(Initializer::Zeros, 1, 0).iter().all(|&weight| weight == 0.0));
        assert!(drawn(Initializer::Ones, 1, 0).iter().all(|&weight| weight == 1.0));
        assert!(drawn(Initializer::Constant(0.25), 1, 0).iter().all(|&weight| weight == 0.25));
    }

    #[test]
    fn the_same_seed_gives_the_same_weights() {
        for initializer in [Initializer::GlorotUniform, Initializer::HeNormal] {
            assert_eq!(drawn(initializer, 1, 2), drawn(initializer, 1, 2));
            assert_ne!(drawn(initializer, 1, 2), drawn(initializer, 1, 3));
            assert_ne!(drawn(initializer, 1, 2), drawn(initializer, 2, 2));
        }
    }

    #[test]
    fn weights_never_change() {
        let first = |initializer| drawn(initializer, 42, 0)[..3].to_vec();
        assert_eq!(first(Initializer::GlorotUniform), [-0.06758614, 0.04455527, -0.086617336]);
        assert_eq!(first(Initializer::HeNormal), [-0.066621825, 0.17315786, -0.059923872]);
        let mut rotation = [0.0; 4];
        let fans = Fans { input: 2, output: 2, columns: 2 };
        Initializer::Orthogonal { gain: 1.0 }.fill(&mut rotation, fans, &mut Random::new(42, 0));
        assert_eq!(rotation, [-0.7434926, 0.66874415, -0.66874415, -0.7434926]);
    }
}
