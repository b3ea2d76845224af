//! The mean of several networks' outputs, as logits that a loss can take.

use crate::head::{Head, Linear, Sigmoid, Softmax};

/// A head whose outputs can be averaged: what [`Ensemble`](super::Ensemble) needs to train.
///
/// A loss takes logits, so the mean of outputs is given as the logits that the head turns into that mean. They are
/// computed from the members' logits without a difference of nearly equal numbers, so that members which are surely wrong
/// still learn.
#[diagnostic::on_unimplemented(message = "the outputs of networks that end with `{Self}` cannot be averaged")]
pub trait Averaged: Head {
    /// Adds `share` of a member's outputs to `sums`, and what else the head needs to `complements`. All slices hold one
    /// sample; `axis` is the size of its last axis.
    fn add(logits: &[f32], share: f32, sums: &mut [f32], complements: &mut [f32], axis: usize);

    /// Turns a sample's sums into the logits of the mean.
    fn finish(sums: &mut [f32], complements: &[f32]);

    /// Turns a member's logits into the derivatives by them, given the logits of the mean and the derivatives by these.
    fn backward_to_member(member: &mut [f32], share: f32, mean: &[f32], slopes: &[f32], axis: usize);
}

/// The mean itself.
impl Averaged for Linear {
    fn add(logits: &[f32], share: f32, sums: &mut [f32], _complements: &mut [f32], _axis: usize) {
        sums.iter_mut().zip(logits).for_each(|(sum, logit)| *sum += share * logit);
    }

    fn finish(_sums: &mut [f32], _complements: &[f32]) {}

    fn backward_to_member(member: &mut [f32], share: f32, _mean: &[f32], slopes: &[f32], _axis: usize) {
        member.iter_mut().zip(slopes).for_each(|(value, slope)| *value = share * slope);
    }
}

/// The logarithms of the mean probabilities.
impl Averaged for Softmax {
    fn add(logits: &[f32], share: f32, sums: &mut [f32], _complements: &mut [f32], axis: usize) {
        for (logits, sums) in logits.chunks_exact(axis.max(1)).zip(sums.chunks_exact_mut(axis.max(1))) {
            let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let total: f32 = logits.iter().map(|logit| libm::expf(logit - largest)).sum();
            for (sum, logit) in sums.iter_mut().zip(logits) {
                *sum += share * libm::expf(logit - largest) / total;
            }
        }
    }

    fn finish(sums: &mut [f32], _complements: &[f32]) {
        sums.iter_mut().for_each(|sum| *sum = logarithm(*sum));
    }

    /// With the member's probabilities `p` and the mean's `m`, the logit `ln m[i]` grows with `p[i]` by `share / m[i]`.
    fn backward_to_member(member: &mut [f32], share: f32, mean: &[f32], slopes: &[f32], axis: usize) {
        Self::apply(member, axis);
        Self::backward_in_place(member, axis, |index, _| share * slopes[index] / libm::expf(mean[index]));
    }
}

/// `ln m - ln(1 - m)` of the mean `m`, where `1 - m` is the mean of the complements.
impl Averaged for Sigmoid {
    fn add(logits: &[f32], share: f32, sums: &mut [f32], complements: &mut [f32], _axis: usize) {
        for ((sum, complement), logit) in sums.iter_mut().zip(complements).zip(logits) {
            *sum += share / (1.0 + libm::expf(-logit));
            *complement += share / (1.0 + libm::expf(*logit));
        }
    }

    fn finish(sums: &mut [f32], complements: &[f32]) {
        for (sum, complement) in sums.iter_mut().zip(complements) {
            *sum = logarithm(*sum) - logarithm(*complement);
        }
    }

    /// The logit of the mean `m` grows with the logit of the member `p` by `share * p (1 - p) / (m (1 - m))`.
    fn backward_to_member(member: &mut [f32], share: f32, mean: &[f32], slopes: &[f32], _axis: usize) {
        for ((value, mean), slope) in member.iter_mut().zip(mean).zip(slopes) {
            *value = share * slope * libm::expf(logarithm_of_slope(*value) - logarithm_of_slope(*mean));
        }
    }
}

/// The natural logarithm, of at least the smallest normal number: a probability may have become zero.
fn logarithm(value: f32) -> f32 {
    // What is not a number stays so.
    libm::logf(if value < f32::MIN_POSITIVE { f32::MIN_POSITIVE } else { value })
}

/// `ln(p (1 - p))` for the probability `p` of a logit: `-|x| - 2 ln(1 + e^-|x|)`.
fn logarithm_of_slope(logit: f32) -> f32 {
    let size = if logit < 0.0 { -logit } else { logit };
    -size - 2.0 * libm::log1pf(libm::expf(-size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    const MEMBERS: usize = 3;
    const SHARE: f32 = 1.0 / MEMBERS as f32;
    type Logits = [[f32; 4]; MEMBERS];

    /// The logits of the mean, of rows of two values.
    fn mean<H: Averaged>(members: &Logits) -> [f32; 4] {
        let (mut sums, mut complements) = ([0.0; 4], [0.0; 4]);
        members.iter().for_each(|logits| H::add(logits, SHARE, &mut sums, &mut complements, 2));
        H::finish(&mut sums, &complements);
        sums
    }

    fn check<H: Averaged>() {
        let mut random = Random::new(3, 0);
        for _ in 0..10 {
            let members: Logits = core::array::from_fn(|_| core::array::from_fn(|_| 4.0 * random.uniform() - 2.0));
            let mut expected = [0.0f32; 4];
            for mut logits in members {
                H::apply(&mut logits, 2);
                expected.iter_mut().zip(logits).for_each(|(sum, output)| *sum += output * SHARE);
            }
            let mut found = mean::<H>(&members);
            H::apply(&mut found, 2);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 4e-7, "{found} instead of {expected}");
            }
            check_backward::<H>(&members);
        }
    }

    /// The objective is `sum over i of slopes[i] * mean logit[i]`.
    fn check_backward<H: Averaged>(members: &Logits) {
        const STEP: f32 = 1.0 / 64.0;
        let slopes = [0.7, -0.4, 0.2, 1.1];
        let objective = |members: &Logits| -> f64 {
            mean::<H>(members).iter().zip(slopes).map(|(logit, slope)| f64::from(logit * slope)).sum()
        };
        for member in 0..MEMBERS {
            let mut found = members[member];
            H::backward_to_member(&mut found, SHARE, &mean::<H>(members), &slopes, 2);
            for index in 0..4 {
                let at = |step: f32| {
                    let mut moved = *members;
                    moved[member][index] += step;
                    objective(&moved)
                };
                let slope = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
                // The square of the step, 2.4e-4, times a sixth of a third derivative below one; and the rounding of
                // values below 8, 4e-7, divided by the step.
                assert!((slope - f64::from(found[index])).abs() < 1e-4, "{slope} and {}", found[index]);
            }
        }
    }

    #[test]
    fn the_logits_are_those_of_the_mean_and_derivatives_are_differences() {
        check::<Linear>();
        check::<Softmax>();
        check::<Sigmoid>();
    }

    #[test]
    fn members_that_are_surely_wrong_still_learn() {
        let sure: Logits = [[40.0, -40.0, 0.0, 0.0]; MEMBERS];
        let logits = mean::<Sigmoid>(&sure);
        assert!((logits[0] - 40.0).abs() < 1e-4 && (logits[1] + 40.0).abs() < 1e-4);
        let mut member = sure[0];
        Sigmoid::backward_to_member(&mut member, SHARE, &logits, &[1.0, -1.0, 0.0, 0.0], 2);
        assert!((member[0] - SHARE).abs() < 1e-4 && (member[1] + SHARE).abs() < 1e-4, "{member:?}");
        let logits = mean::<Softmax>(&sure);
        let mut member = sure[0];
        Softmax::backward_to_member(&mut member, SHARE, &logits, &[1.0, -1.0, 0.0, 0.0], 2);
        assert!((member[0] - SHARE).abs() < 1e-4 && (member[1] + SHARE).abs() < 1e-4, "{member:?}");
    }
}
