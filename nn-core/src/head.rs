//! The end of a network: the activation that turns its last values into what a user reads.

/// What the last layer of a network ends with. Training stops before it, and leaves it to the loss.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the head of a network")]
pub trait Head: Copy + Default + Send + Sync + core::fmt::Debug + 'static {
    /// Turns one sample's last values (the logits) into outputs. `axis` is the size of the last axis.
    fn apply(logits: &mut [f32], axis: usize);

    /// Turns the derivatives by the outputs into those by the logits.
    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize);
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
}

/// Applies a head to every sample of a batch.
pub fn apply<H: Head, O: crate::tensor::Tensor>(outputs: &mut [O]) {
    outputs.iter_mut().for_each(|output| H::apply(output.floats_mut(), O::SHAPE.last()));
}
