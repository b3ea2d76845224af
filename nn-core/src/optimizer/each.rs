//! One pass over weights, gradients and state: what is read once is written once, since memory is what limits it.

use crate::kernel::{Isa, Job, dispatch};
use crate::network::disjoint;

/// What becomes of a weight, given its gradient and the `SLOTS` values remembered of it.
pub(super) trait Formula<const SLOTS: usize> {
    /// The new weights of `LANES` neighbours. `state` becomes what is remembered from now on.
    fn next<I: Isa>(
        &self,
        isa: I,
        weights: I::Vector,
        gradients: I::Vector,
        state: &mut [I::Vector; SLOTS],
    ) -> I::Vector;
}

/// Applies a formula to every weight. Panics if `state` has less than `SLOTS` values for each.
pub(super) fn each<const SLOTS: usize>(
    formula: impl Formula<SLOTS>,
    weights: &mut [f32],
    gradients: &[f32],
    state: &mut [f32],
) {
    let len = weights.len().min(gradients.len());
    let (weights, gradients) = (&mut weights[..len], &gradients[..len]);
    let state = disjoint(state, core::array::from_fn(|slot| slot * len..(slot + 1) * len));
    dispatch(Each { formula, weights, gradients, state });
}

struct Each<'a, F, const SLOTS: usize> {
    formula: F,
    weights: &'a mut [f32],
    gradients: &'a [f32],
    state: [&'a mut [f32]; SLOTS],
}

impl<F: Formula<SLOTS>, const SLOTS: usize> Job for Each<'_, F, SLOTS> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let len = self.weights.len();
        let whole = len - len % I::LANES;
        for start in (0..whole).step_by(I::LANES) {
            let weights = isa.load(&self.weights[start..]);
            let gradients = isa.load(&self.gradients[start..]);
            let mut state = core::array::from_fn(|slot| isa.load(&self.state[slot][start..]));
            let weights = self.formula.next(isa, weights, gradients, &mut state);
            isa.store(weights, &mut self.weights[start..]);
            for (slot, values) in state.into_iter().enumerate() {
                isa.store(values, &mut self.state[slot][start..]);
            }
        }
        if whole < len {
            self.tail(isa, whole);
        }
    }
}

impl<F: Formula<SLOTS>, const SLOTS: usize> Each<'_, F, SLOTS> {
    /// The weights from `start` on, fewer than a vector: the same formula, so that no weight depends on where it lies.
    #[inline(always)]
    fn tail<I: Isa>(&mut self, isa: I, start: usize) {
        let weights = isa.load_partial(&self.weights[start..]);
        let gradients = isa.load_partial(&self.gradients[start..]);
        let mut state = core::array::from_fn(|slot| isa.load_partial(&self.state[slot][start..]));
        let weights = self.formula.next(isa, weights, gradients, &mut state);
        isa.store_partial(weights, &mut self.weights[start..]);
        for (slot, values) in state.into_iter().enumerate() {
            isa.store_partial(values, &mut self.state[slot][start..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use std::vec::Vec;

    /// Takes the gradient off the weight, and counts and adds up in two slots.
    struct Record;

    impl Formula<2> for Record {
        #[inline(always)]
        fn next<I: Isa>(&self, isa: I, w: I::Vector, g: I::Vector, [count, sum]: &mut [I::Vector; 2]) -> I::Vector {
            *count = isa.add(*count, isa.splat(1.0));
            *sum = isa.add(*sum, g);
            isa.sub(w, g)
        }
    }

    #[test]
    fn every_weight_is_visited_once_on_every_instruction_set() {
        for len in 0..40 {
            let gradients: Vec<f32> = (0..len).map(|index| index as f32).collect();
            for level in Level::available() {
                let mut weights = std::vec![100.0; len];
                let (mut count, mut sum) = (std::vec![0.0; len], std::vec![0.5; len]);
                let state = [&mut count[..], &mut sum[..]];
                level.run(Each { formula: Record, weights: &mut weights, gradients: &gradients, state });
                assert!(count.iter().all(|&count| count == 1.0));
                assert!(sum.iter().zip(&gradients).all(|(&sum, &gradient)| sum == gradient + 0.5));
                assert!(weights.iter().zip(&gradients).all(|(&weight, &gradient)| weight == 100.0 - gradient));
            }
        }
    }
}
