//! What the code that `network!` writes is put together with: facts of single layers made facts of the network.

use crate::layer::{Layer, Needs, Saved};
use crate::network::{LayerInfo, Span};
use crate::plain::Plain;
use crate::shape::Shape;
use crate::team::blocks;
use core::ops::Range;

/// Checks that a struct consists of its layers' floats and nothing else.
///
/// # Panics
///
/// If it does not: then the compiler stops.
pub const fn assert_layout<N: Plain>(layers: &[usize]) {
    let mut floats = 0;
    let mut layer = 0;
    while layer < layers.len() {
        floats += layers[layer];
        layer += 1;
    }
    assert!(size_of::<N>() == floats * size_of::<f32>() && align_of::<N>() <= align_of::<f32>());
}

/// The facts of a layer of type `L`.
pub const fn layer_info<L: Layer>(
    name: &'static str,
    kind: &'static str,
    input: Shape,
    output: Shape,
    needs: Needs,
) -> LayerInfo {
    let Needs { macs, .. } = needs;
    LayerInfo { name, kind, input, output, parameters: L::FLOATS, macs, weights: L::WEIGHTS, children: &[] }
}

/// The multiply-accumulate operations of all layers.
pub const fn total_macs(layers: &[LayerInfo]) -> usize {
    let mut macs = 0;
    let mut layer = 0;
    while layer < layers.len() {
        macs += layers[layer].macs;
        layer += 1;
    }
    macs
}

/// How many floats a layer holds, and how many of them, counted from its first, are trained.
#[derive(Clone, Copy, Debug)]
pub struct LayerSpan {
    floats: usize,
    trained: usize,
}

impl LayerSpan {
    /// Those of a layer of type `L`.
    pub const fn of<L: Layer>() -> Self {
        Self { floats: L::FLOATS, trained: L::TRAINED }
    }
}

/// The trained floats of a network as few ranges as possible: neighbours are one.
#[derive(Clone, Debug)]
pub struct SpanList<const LAYERS: usize> {
    spans: [Span; LAYERS],
    count: usize,
}

impl<const LAYERS: usize> SpanList<LAYERS> {
    /// The ranges of layers that lie one behind the other.
    pub const fn new(layers: [LayerSpan; LAYERS]) -> Self {
        let mut list = Self { spans: [const { Span { weights: 0..0, gradients: 0..0 } }; LAYERS], count: 0 };
        let (mut weight, mut gradient) = (0, 0);
        let mut layer = 0;
        while layer < LAYERS {
            let LayerSpan { floats, trained } = layers[layer];
            if list.count > 0 && list.spans[list.count - 1].weights.end == weight {
                list.spans[list.count - 1].weights.end += trained;
                list.spans[list.count - 1].gradients.end += trained;
            } else if trained > 0 {
                list.spans[list.count].weights = weight..weight + trained;
                list.spans[list.count].gradients = gradient..gradient + trained;
                list.count += 1;
            }
            weight += floats;
            gradient += trained;
            layer += 1;
        }
        list
    }

    /// The ranges.
    pub const fn as_slice(&self) -> &[Span] {
        self.spans.split_at(self.count).0
    }
}

/// Where each of `STEPS` layers keeps what it saves for its backward pass besides values.
#[derive(Clone, Copy, Debug)]
pub struct SavedPlan<const STEPS: usize> {
    positions: [(usize, usize); STEPS],
    statistics: [(usize, usize); STEPS],
    partial: [usize; STEPS],
    total_positions: usize,
    total_statistics: usize,
    largest_partial: usize,
}

impl<const STEPS: usize> SavedPlan<STEPS> {
    /// One place behind the other; partial sums, which do not outlive a call, share one.
    pub const fn new(needs: [Needs; STEPS]) -> Self {
        let mut plan = Self {
            positions: [(0, 0); STEPS],
            statistics: [(0, 0); STEPS],
            partial: [0; STEPS],
            total_positions: 0,
            total_statistics: 0,
            largest_partial: 0,
        };
        let mut step = 0;
        while step < STEPS {
            let Needs { positions, statistics, partial, .. } = needs[step];
            plan.positions[step] = (plan.total_positions, plan.total_positions + positions);
            plan.statistics[step] = (plan.total_statistics, plan.total_statistics + statistics);
            plan.total_positions += positions;
            plan.partial[step] = partial;
            plan.total_statistics += statistics;
            if partial > plan.largest_partial {
                plan.largest_partial = partial;
            }
            step += 1;
        }
        plan
    }

    /// The bytes of positions for each sample.
    pub const fn positions(&self) -> usize {
        self.total_positions
    }

    /// The floats of statistics.
    pub const fn statistics(&self) -> usize {
        self.total_statistics
    }

    /// The floats of partial sums for each block of a batch.
    pub const fn partial(&self) -> usize {
        self.largest_partial
    }

    /// The memory of one step for a batch.
    pub fn of<'a>(
        &self,
        step: usize,
        batch: usize,
        positions: &'a mut [u8],
        statistics: &'a mut [f32],
        partial: &'a mut [f32],
    ) -> Saved<'a> {
        let (begin, end) = self.positions[step];
        Saved {
            positions: &mut positions[begin * batch..end * batch],
            statistics: &mut statistics[self.range_of_statistics(step)],
            partial: &mut partial[..self.partial[step] * blocks(batch)],
        }
    }

    /// The statistics of one step.
    pub fn statistics_of<'a>(&self, step: usize, statistics: &'a [f32]) -> &'a [f32] {
        &statistics[self.range_of_statistics(step)]
    }

    const fn range_of_statistics(&self, step: usize) -> Range<usize> {
        let (begin, end) = self.statistics[step];
        begin..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_spans_are_one() {
        let layer = |floats, trained| LayerSpan { floats, trained };
        let list = SpanList::new([layer(5, 5), layer(3, 3), layer(8, 4), layer(2, 2), layer(4, 0), layer(1, 1)]);
        let expected = [(0..12, 0..12), (16..18, 12..14), (22..23, 14..15)];
        let found: std::vec::Vec<_> =
            list.as_slice().iter().map(|span| (span.weights.clone(), span.gradients.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_saved_does_not_overlap() {
        let needs = |positions, statistics, partial| Needs { macs: 0, positions, statistics, partial };
        let plan = SavedPlan::new([needs(3, 0, 7), needs(0, 4, 9), needs(2, 2, 1)]);
        assert_eq!((plan.positions(), plan.statistics(), plan.partial()), (5, 6, 9));
        let (mut positions, mut statistics, mut partial) = ([0; 10], [0.0; 6], [0.0; 18]);
        let saved = plan.of(2, 2, &mut positions, &mut statistics, &mut partial);
        assert_eq!((saved.positions.len(), saved.statistics.len()), (4, 2));
    }

    #[test]
    fn each_step_gets_as_many_partial_sums_as_it_needs() {
        let needs = |partial| Needs { partial, ..Needs::NONE };
        let plan = SavedPlan::new([needs(7), needs(9), needs(1)]);
        let mut partial = [0.0; 18];
        let lens = [0, 1, 2].map(|step| plan.of(step, 2, &mut [], &mut [], &mut partial).partial.len());
        assert_eq!(lens, [14, 18, 2]);
    }
}
