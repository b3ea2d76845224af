//! The end of a network: the activation that turns its last values into what a user reads.

/// What the last layer of a network ends with. Training stops before it, and leaves it to the loss.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the head of a network")]
pub trait Head: Copy + Default + Send + Sync + core::fmt::Debug + 'static {
    /// Turns one sample's last values (the logits) into outputs. `axis` is the size of the last axis.
    fn apply(logits: &mut [f32], axis: usize);

    /// Turns the derivatives by the outputs into those by the logits.
    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize);

    /// Turns outputs into derivatives by the logits, where they lie, for a loss whose derivative by output number
    /// `index` is `slope(index, output)`. Needs no second buffer, however large the output is.
    fn backward_in_place(outputs: &mut [f32], axis: usize, slope: impl Fn(usize, f32) -> f32);
}

/// Probabilities of classes that exclude each other: `exp(x_i) / sum_j exp(x_j)` along the last axis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softmax;

/// Probabilities of independent events: `1 / (1 + exp(-x))`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sigmoid;

/// The values as they are, or after any other activation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linear;

impl Head for Linear {
    fn apply(_logits: &mut [f32], _axis: usize) {}
    fn backward(_outputs: &[f32], _gradient: &mut [f32], _axis: usize) {}

    fn backward_in_place(outputs: &mut [f32], _axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (index, value) in outputs.iter_mut().enumerate() {
            *value = slope(index, *value);
        }
    }
}

impl Head for Softmax {
    fn apply(logits: &mut [f32], axis: usize) {
        for row in logits.chunks_exact_mut(axis.max(1)) {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut sum = 0.0;
            for value in row.iter_mut() {
                *value = libm::expf(*value - largest);
                sum += *value;
            }
            row.iter_mut().for_each(|value| *value /= sum);
        }
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize) {
        for (output, gradient) in outputs.chunks_exact(axis.max(1)).zip(gradient.chunks_exact_mut(axis.max(1))) {
            let dot: f32 = output.iter().zip(&*gradient).map(|(output, slope)| output * slope).sum();
            for (slope, output) in gradient.iter_mut().zip(output) {
                *slope = output * (*slope - dot);
            }
        }
    }

    fn backward_in_place(outputs: &mut [f32], axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (number, row) in outputs.chunks_exact_mut(axis.max(1)).enumerate() {
            let first = number * axis;
            let dot: f32 = row.iter().enumerate().map(|(index, &output)| output * slope(first + index, output)).sum();
            for (index, value) in row.iter_mut().enumerate() {
                *value *= slope(first + index, *value) - dot;
            }
        }
    }
}

impl Head for Sigmoid {
    fn apply(logits: &mut [f32], _axis: usize) {
        logits.iter_mut().for_each(|value| *value = 1.0 / (1.0 + libm::expf(-*value)));
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], _axis: usize) {
        for (slope, output) in gradient.iter_mut().zip(outputs) {
            *slope *= output * (1.0 - output);
        }
    }

    fn backward_in_place(outputs: &mut [f32], _axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (index, value) in outputs.iter_mut().enumerate() {
            *value = slope(index, *value) * *value * (1.0 - *value);
        }
    }
}

/// Applies a head to every sample of a batch.
pub fn apply<H: Head, O: crate::tensor::Tensor>(outputs: &mut [O]) {
    outputs.iter_mut().for_each(|output| H::apply(output.floats_mut(), O::SHAPE.last()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn both_ways_backward_agree<H: Head>() {
        let mut random = Random::new(1, 0);
        let mut outputs: [f32; 12] = core::array::from_fn(|_| 4.0 * random.uniform() - 2.0);
        H::apply(&mut outputs, 4);
        let slope = |index: usize, output: f32| output * output - 0.1 * index as f32;
        let mut gradient: [f32; 12] = core::array::from_fn(|index| slope(index, outputs[index]));
        H::backward(&outputs, &mut gradient, 4);
        H::backward_in_place(&mut outputs, 4, slope);
        for (in_place, apart) in outputs.iter().zip(gradient) {
            assert!((in_place - apart).abs() <= 1e-6, "{in_place} and {apart}");
        }
    }

    #[test]
    fn a_head_goes_back_in_place_as_it_does_in_a_buffer() {
        both_ways_backward_agree::<Linear>();
        both_ways_backward_agree::<Sigmoid>();
        both_ways_backward_agree::<Softmax>();
    }
}
