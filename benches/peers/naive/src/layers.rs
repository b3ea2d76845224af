//! Layers with the weights of typednet's files.

use worker::{Weights, array};

/// A dense layer.
pub(crate) struct Dense<const IN: usize, const OUT: usize> {
    pub(crate) kernel: Vec<[f32; OUT]>,
    pub(crate) bias: [f32; OUT],
}

impl<const IN: usize, const OUT: usize> Dense<IN, OUT> {
    pub(crate) fn of(weights: &Weights, name: &str) -> Self {
        let bias = array(&weights.tensor(&format!("{name}.bias")));
        Self { kernel: weights.matrix::<IN, OUT>(&format!("{name}.kernel")), bias }
    }

    #[inline]
    pub(crate) fn forward(&self, input: &[f32; IN]) -> [f32; OUT] {
        let mut output = self.bias;
        for (x, row) in input.iter().zip(&self.kernel) {
            for (y, w) in output.iter_mut().zip(row) {
                *y += x * w;
            }
        }
        output
    }

    /// Adds derivatives by the weights of `layer` to this one, and gives those by its input. Inputs of zero, which ReLU
    /// leaves in great number, are passed over: their own derivative is stopped by that ReLU.
    pub(crate) fn backward(&mut self, layer: &Self, input: &[f32; IN], by_output: &[f32; OUT]) -> [f32; IN] {
        self.bias.iter_mut().zip(by_output).for_each(|(sum, derivative)| *sum += derivative);
        let mut by_input = [0.0; IN];
        for (n, &x) in input.iter().enumerate().filter(|(_, x)| **x > 0.0) {
            // Eight sums, since the compiler may not reorder one.
            let mut sums = [0.0; 8];
            for (o, (sum, (derivative, weight))) in
                self.kernel[n].iter_mut().zip(by_output.iter().zip(&layer.kernel[n])).enumerate()
            {
                *sum += x * derivative;
                sums[o % 8] += weight * derivative;
            }
            by_input[n] = sums.iter().sum();
        }
        by_input
    }
}

/// The larger of each value and zero.
#[inline]
pub(crate) fn relu<const N: usize>(values: [f32; N]) -> [f32; N] {
    values.map(|value| value.max(0.0))
}

/// Probabilities from logits.
#[inline]
pub(crate) fn softmax<const N: usize>(logits: [f32; N]) -> [f32; N] {
    let largest = logits.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let powers = logits.map(|logit| (logit - largest).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}
