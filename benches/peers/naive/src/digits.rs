//! The digit classifier: a convolution of one channel, a pool and two dense layers.

use crate::layers::{Dense, relu, softmax};
use worker::{Weights, array};

/// The convolution's filters.
pub(crate) const FILTERS: usize = 32;

/// Rows and columns of the convolution's output, and of the pool's.
const WIDE: usize = 26;
const POOLED: usize = WIDE / 2;

/// The values that the pool gives.
pub(crate) const FEATURES: usize = POOLED * POOLED * FILTERS;

pub(crate) struct Digits {
    pub(crate) kernel: [[f32; FILTERS]; 9],
    pub(crate) bias: [f32; FILTERS],
    pub(crate) hidden: Dense<FEATURES, 128>,
    pub(crate) digit: Dense<128, 10>,
}

/// The pool's output, channels last, and for each value which pixel of the convolution it is of.
pub(crate) struct Pooled {
    pub(crate) values: [f32; FEATURES],
    pub(crate) positions: [u16; FEATURES],
}

impl Digits {
    pub(crate) fn of(weights: &Weights) -> Self {
        let kernel = weights.matrix::<9, FILTERS>("conv.kernel");
        Self {
            kernel: core::array::from_fn(|tap| kernel[tap]),
            bias: array(&weights.tensor("conv.bias")),
            hidden: Dense::of(weights, "hidden"),
            digit: Dense::of(weights, "digit"),
        }
    }

    pub(crate) fn infer(&self, image: &[f32; 784]) -> [f32; 10] {
        let mut values = [0.0; FEATURES];
        for (pixel, features) in values.as_chunks_mut::<FILTERS>().0.iter_mut().enumerate() {
            let (y, x) = (pixel / POOLED * 2, pixel % POOLED * 2);
            let four = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| self.pixel(image, y + down, x + right));
            *features = core::array::from_fn(|c| four[0][c].max(four[1][c]).max(four[2][c]).max(four[3][c]).max(0.0));
        }
        softmax(self.digit.forward(&relu(self.hidden.forward(&values))))
    }

    /// The pool's output, with what training needs to go back.
    pub(crate) fn pool(&self, image: &[f32; 784], pooled: &mut Pooled) {
        for pixel in 0..POOLED * POOLED {
            let corner = pixel / POOLED * 2 * 28 + pixel % POOLED * 2;
            let four = [0, 1, 28, 29].map(|offset| corner + offset);
            let four = four.map(|at| (at, self.pixel(image, at / 28, at % 28)));
            for c in 0..FILTERS {
                let (at, value) = four
                    .iter()
                    .map(|(at, values)| (*at, values[c]))
                    .fold((corner, f32::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best });
                pooled.values[pixel * FILTERS + c] = value.max(0.0);
                pooled.positions[pixel * FILTERS + c] = at as u16;
            }
        }
    }

    /// The filters' values at one pixel.
    #[inline]
    fn pixel(&self, image: &[f32; 784], y: usize, x: usize) -> [f32; FILTERS] {
        let mut sums = self.bias;
        for (tap, weights) in self.kernel.iter().enumerate() {
            let value = image[(y + tap / 3) * 28 + x + tap % 3];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * weight;
            }
        }
        sums
    }
}

/// What training needs; a gradient has the form of the network.
impl Digits {
    pub(crate) fn zeroed(mut self) -> Self {
        self.tensors().into_iter().for_each(|tensor| tensor.fill(0.0));
        self
    }

    pub(crate) fn tensors(&mut self) -> [&mut [f32]; 6] {
        [
            self.kernel.as_flattened_mut(),
            &mut self.bias,
            self.hidden.kernel.as_flattened_mut(),
            &mut self.hidden.bias,
            self.digit.kernel.as_flattened_mut(),
            &mut self.digit.bias,
        ]
    }

    /// Adds the derivatives of the convolution's weights: of each pool only the largest value counts, unless it was
    /// below zero.
    pub(crate) fn convolution_backward(&mut self, pooled: &Pooled, image: &[f32; 784], by_feature: &[f32; FEATURES]) {
        for (n, (&value, &derivative)) in pooled.values.iter().zip(by_feature).enumerate() {
            if value > 0.0 {
                let (filter, at) = (n % FILTERS, usize::from(pooled.positions[n]));
                self.bias[filter] += derivative;
                for (tap, weights) in self.kernel.iter_mut().enumerate() {
                    weights[filter] += derivative * image[at + tap / 3 * 28 + tap % 3];
                }
            }
        }
    }
}
