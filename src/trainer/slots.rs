//! The optimizer's step, shared by the team, and what the optimizer remembers of each weight.

use crate::trainer::memory::zeros;
use crate::trainer::problem::TrainingProblem;
use core::ops::Range;
use nn_core::network::Span;
use nn_core::optimizer::Optimizer;
use nn_core::team::{Chunks, Team};

/// The weights of one task: with their derivatives and two slots they fill 64 KiB.
const CHUNK: usize = 4096;

/// What an optimizer remembers: a number of floats, its slots, of each trained weight.
///
/// A task updates a chunk of weights and wants its slots one behind the other. So the floats lie in blocks: span after
/// span, in each span chunk after chunk, and in each chunk slot after slot. Files have whole slots instead, so that they
/// do not depend on the size of a chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    floats: Vec<f32>,
    count: usize,
}

impl Slots {
    /// `count` slots, all zero, of every weight of the spans.
    pub(super) fn new(count: usize, spans: &[Span]) -> Result<Self, TrainingProblem> {
        let len = count.checked_mul(trained(spans)).ok_or(TrainingProblem::Memory { bytes: usize::MAX })?;
        Ok(Self { floats: zeros(len)?, count })
    }

    /// The optimizer's step number `step` for all trained weights.
    pub(super) fn update(
        &mut self,
        optimizer: &impl Optimizer,
        step: u64,
        spans: &[Span],
        team: &dyn Team,
        weights: &mut [f32],
        gradients: &[f32],
    ) {
        let mut rest = self.floats.as_mut_slice();
        for span in spans {
            let (slots, after) = rest.split_at_mut(self.count * span.weights.len());
            rest = after;
            let weights = &mut weights[span.weights.clone()];
            let gradients = &gradients[span.gradients.clone()];
            let update = |chunk: usize, weights: &mut [f32], slots: &mut [f32]| {
                let gradients = &gradients[chunk * CHUNK..][..weights.len()];
                optimizer.update(step, weights, gradients, slots);
            };
            let weights = Chunks::new(weights, CHUNK);
            if slots.is_empty() {
                team.split(weights, |chunk, weights| update(chunk, weights, &mut []));
            } else {
                let slots = Chunks::new(slots, CHUNK * self.count);
                team.split((weights, slots), |chunk, (weights, slots)| update(chunk, weights, slots));
            }
        }
    }

    /// How many slots there are of each weight.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// One slot of all trained weights, in their order.
    pub(super) fn slot(&self, slot: usize, spans: &[Span]) -> Vec<f32> {
        let places = self.places(slot, spans);
        places.flat_map(|place| self.floats[place].iter().copied()).collect()
    }

    /// Sets one slot of all trained weights; `values` is as long as what [`Slots::slot`] gives.
    pub(super) fn set_slot(&mut self, slot: usize, spans: &[Span], values: &[f32]) {
        let mut rest = values;
        for place in self.places(slot, spans).collect::<Vec<_>>() {
            let (values, after) = rest.split_at(place.len());
            self.floats[place].copy_from_slice(values);
            rest = after;
        }
    }

    /// Where the pieces of a slot lie.
    fn places<'a>(&'a self, slot: usize, spans: &'a [Span]) -> impl Iterator<Item = Range<usize>> + 'a {
        let lens = spans.iter().map(|span| span.weights.len());
        let chunks = lens.flat_map(|len| (0..len).step_by(CHUNK).map(move |begin| CHUNK.min(len - begin)));
        chunks.scan(0, move |begin, len| {
            let place = *begin + slot * len..*begin + (slot + 1) * len;
            *begin += self.count * len;
            Some(place)
        })
    }
}

/// The number of trained weights.
pub(super) fn trained(spans: &[Span]) -> usize {
    spans.iter().map(|span| span.weights.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::Threads;
    use nn_core::team::Sequential;

    /// Remembers the last gradient and the sum of all, and moves each weight by both.
    struct Remembers(usize);

    impl Optimizer for Remembers {
        fn name(&self) -> &'static str {
            "remembers"
        }
        fn slots(&self) -> usize {
            self.0
        }
        fn learning_rate(&self) -> f32 {
            1.0
        }
        fn set_learning_rate(&mut self, _: f32) {}
        fn update(&self, step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
            assert_eq!(state.len(), self.0 * weights.len());
            assert_eq!(gradients.len(), weights.len());
            for (index, (weight, gradient)) in weights.iter_mut().zip(gradients).enumerate() {
                *weight -= gradient * step as f32;
                if self.0 == 2 {
                    *weight -= state[gradients.len() + index];
                    state[index] = *gradient;
                    state[gradients.len() + index] += gradient;
                }
            }
        }
    }

    fn spans() -> Vec<Span> {
        vec![
            Span { weights: 3..10_003, gradients: 0..10_000 },
            Span { weights: 10_010..10_015, gradients: 10_000..10_005 },
            Span { weights: 10_020..18_212, gradients: 10_005..18_197 },
        ]
    }

    fn run(slots: usize, team: &dyn Team) -> (Vec<f32>, Slots) {
        let mut weights: Vec<f32> = (0..20_000).map(|index| index as f32).collect();
        let gradients: Vec<f32> = (0..18_197).map(|index| (index % 7) as f32).collect();
        let optimizer = Remembers(slots);
        let mut slots = Slots::new(slots, &spans()).unwrap();
        for step in 1..=2 {
            slots.update(&optimizer, step, &spans(), team, &mut weights, &gradients);
        }
        (weights, slots)
    }

    #[test]
    fn each_weight_meets_its_gradient_and_its_slots() {
        let (weights, slots) = run(2, &Sequential);
        for (index, weight) in weights.iter().enumerate() {
            let span = spans().into_iter().find(|span| span.weights.contains(&index));
            let gradient = span.map(|span| ((index - span.weights.start + span.gradients.start) % 7) as f32);
            assert_eq!(*weight, index as f32 - 4.0 * gradient.unwrap_or(0.0), "weight {index}");
        }
        let last: Vec<f32> = (0..18_197).map(|index| (index % 7) as f32).collect();
        assert_eq!(slots.slot(0, &spans()), last);
        assert!(slots.slot(1, &spans()).iter().zip(last).all(|(sum, last)| *sum == 2.0 * last));
    }

    #[test]
    fn an_optimizer_without_memory_is_run_as_well() {
        let (weights, slots) = run(0, &Sequential);
        assert_eq!((weights[4], weights[10_003]), (4.0 - 3.0, 10_003.0));
        assert_eq!(slots.count(), 0);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let (weights, slots) = run(2, &Threads::new(3));
        let (expected, expected_slots) = run(2, &Sequential);
        assert_eq!(weights, expected);
        assert_eq!(slots.floats, expected_slots.floats);
    }

    #[test]
    fn slots_are_set_as_they_are_read() {
        let (_, slots) = run(2, &Sequential);
        let mut copy = Slots::new(2, &spans()).unwrap();
        for slot in [0, 1] {
            copy.set_slot(slot, &spans(), &slots.slot(slot, &spans()));
        }
        assert_eq!(copy.floats, slots.floats);
    }
}
