//! What the three cross-entropies share: the fused form, and how they are taken from logits or with smoothed labels.

use super::{BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy};
use crate::head::{Head, Linear, Sigmoid, Softmax};
use crate::tensor::Tensor;

/// The arithmetic of a cross-entropy of outputs `O`: on logits, with the activation that belongs to it fused in.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a cross-entropy of outputs `{O}`")]
pub trait CrossEntropy<O: Tensor>: Copy + Send + Sync {
    /// The label of a sample.
    type Label: Copy + Send + Sync + 'static;

    /// The loss of one sample, and its derivative by the logits. `smoothing` is the part of each label, 0 to 1, that is
    /// spread evenly over all classes.
    fn of_logits(&self, smoothing: f32, logits: &O, label: &Self::Label, gradient: &mut O) -> f32;
}

/// The heads whose outputs are the probabilities that the cross-entropy `L` takes.
#[diagnostic::on_unimplemented(
    message = "`{L}` needs probabilities, but the network ends with `{Self}`",
    label = "the last layer gives no probabilities for this loss",
    note = "end the network with `activation = softmax` for one class of many, or `activation = sigmoid` for `BinaryCrossentropy`",
    note = "or keep a last layer without activation (`Linear`), whose outputs are logits, and write `.from_logits()` after the loss"
)]
pub trait ProbabilitiesFor<L>: Head {}

impl ProbabilitiesFor<SparseCategoricalCrossentropy> for Softmax {}
impl ProbabilitiesFor<CategoricalCrossentropy> for Softmax {}
impl ProbabilitiesFor<BinaryCrossentropy> for Sigmoid {}

/// The head of a network whose outputs are logits: [`Linear`].
#[diagnostic::on_unimplemented(
    message = "`.from_logits()` is for a network that ends without activation, but this one ends with `{Self}`",
    label = "the outputs are not logits",
    note = "remove `.from_logits()`: with an activation of its own the loss takes the logits behind it by itself",
    note = "or remove the `activation` of the last layer"
)]
pub trait NoActivation: Head {}

impl NoActivation for Linear {}

/// A cross-entropy whose labels are smoothed, as Keras's `label_smoothing`: of K classes, label `y` becomes
/// `y (1 - smoothing) + smoothing / K`; of [`BinaryCrossentropy`], `y (1 - smoothing) + smoothing / 2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelSmoothing<L> {
    /// The cross-entropy.
    pub loss: L,
    /// The part of a label that is spread over all classes, from 0 to 1.
    pub smoothing: f32,
}

impl<L> LabelSmoothing<L> {
    /// The same loss for a network that ends without activation.
    pub fn from_logits(self) -> FromLogits<L> {
        FromLogits { loss: self.loss, smoothing: self.smoothing }
    }
}

/// A cross-entropy for a network that ends without activation: its outputs are logits.
///
/// The arithmetic is that of a network which ends with softmax (or sigmoid), but the network's own outputs stay logits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FromLogits<L> {
    /// The cross-entropy.
    pub loss: L,
    /// The part of a label that is spread over all classes, from 0 to 1.
    pub smoothing: f32,
}

impl<L> FromLogits<L> {
    /// The same loss with smoothed labels, as [`LabelSmoothing`] says.
    pub fn label_smoothing(self, smoothing: f32) -> Self {
        Self { smoothing, ..self }
    }
}

impl<H: ProbabilitiesFor<L>, O: Tensor, L: CrossEntropy<O>> Loss<H, O> for LabelSmoothing<L> {
    type Label = L::Label;

    fn sample(&self, logits: &O, label: &L::Label, gradient: &mut O) -> f32 {
        self.loss.of_logits(self.smoothing, logits, label, gradient)
    }
}

impl<H: NoActivation, O: Tensor, L: CrossEntropy<O>> Loss<H, O> for FromLogits<L> {
    type Label = L::Label;

    fn sample(&self, logits: &O, label: &L::Label, gradient: &mut O) -> f32 {
        self.loss.of_logits(self.smoothing, logits, label, gradient)
    }
}

/// Implements, for a cross-entropy whose arithmetic is [`CrossEntropy`], the ways to ask for it.
macro_rules! cross_entropy {
    ($loss:ident) => {
        impl $loss {
            /// The same loss for a network that ends without activation: its outputs are logits.
            pub fn from_logits(self) -> $crate::loss::FromLogits<Self> {
                $crate::loss::FromLogits { loss: self, smoothing: 0.0 }
            }

            /// The same loss with smoothed labels, as [`LabelSmoothing`]($crate::loss::LabelSmoothing) says.
            pub fn label_smoothing(self, smoothing: f32) -> $crate::loss::LabelSmoothing<Self> {
                $crate::loss::LabelSmoothing { loss: self, smoothing }
            }
        }

        impl<H: $crate::loss::ProbabilitiesFor<Self>, O: $crate::tensor::Tensor> $crate::loss::Loss<H, O> for $loss
        where
            Self: $crate::loss::CrossEntropy<O>,
        {
            type Label = <Self as $crate::loss::CrossEntropy<O>>::Label;

            fn sample(&self, logits: &O, label: &Self::Label, gradient: &mut O) -> f32 {
                $crate::loss::CrossEntropy::of_logits(self, 0.0, logits, label, gradient)
            }
        }
    };
}
pub(super) use cross_entropy;

/// The mean of [`of_softmax`] over the rows of the last axis; `target(position)` gives the shares of the row's classes.
pub(super) fn of_positions<O: Tensor, T: Fn(usize) -> f32>(
    logits: &O,
    gradient: &mut O,
    target: impl Fn(usize) -> T,
) -> f32 {
    let classes = O::SHAPE.last().max(1);
    let scale = 1.0 / (O::FLOATS / classes).max(1) as f32;
    let rows = logits.floats().chunks_exact(classes).zip(gradient.floats_mut().chunks_exact_mut(classes));
    let mut sum = 0.0;
    for (position, (logits, gradient)) in rows.enumerate() {
        sum += of_softmax(logits, gradient, target(position));
        gradient.iter_mut().for_each(|slope| *slope *= scale);
    }
    sum * scale
}

/// The cross-entropy of the softmax of `logits` with the label whose share of class `i` is `target(i)`:
/// `-sum_i target_i ln p_i`, and its derivative by logit `i`, `p_i sum(target) - target_i`.
///
/// The largest logit is taken off first, so that no exponential overflows.
fn of_softmax(logits: &[f32], gradient: &mut [f32], target: impl Fn(usize) -> f32) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut exponentials = 0.0;
    for (exponential, logit) in gradient.iter_mut().zip(logits) {
        *exponential = libm::expf(logit - largest);
        exponentials += *exponential;
    }
    let (mut targets, mut aligned) = (0.0, 0.0);
    for (class, logit) in logits.iter().enumerate() {
        let share = target(class);
        targets += share;
        // A class without a share takes no part, even if its logit is minus infinity.
        if share != 0.0 {
            aligned += share * (logit - largest);
        }
    }
    for (class, slope) in gradient.iter_mut().enumerate() {
        *slope = *slope / exponentials * targets - target(class);
    }
    targets * libm::logf(exponentials) - aligned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;

    #[test]
    fn smoothing_and_logits_are_asked_for_in_either_order() {
        let one = SparseCategoricalCrossentropy.from_logits().label_smoothing(0.1);
        let other = SparseCategoricalCrossentropy.label_smoothing(0.1).from_logits();
        assert_eq!(one, other);
    }

    #[test]
    fn logits_of_any_size_have_a_loss_and_a_derivative() {
        let label = Class::<3>::new(1).unwrap();
        let mut gradient = [f32::NAN; 3];
        let far = SparseCategoricalCrossentropy.of_logits(0.0, &[1e4, -1e4, 0.0], &label, &mut gradient);
        assert_eq!((far, gradient), (2e4, [1.0, -1.0, 0.0]));
        let masked =
            SparseCategoricalCrossentropy.of_logits(0.0, &[f32::NEG_INFINITY, 2.0, 2.0], &label, &mut gradient);
        assert!((masked - core::f32::consts::LN_2).abs() < 1e-6);
        assert_eq!(gradient, [0.0, -0.5, 0.5]);
    }
}
