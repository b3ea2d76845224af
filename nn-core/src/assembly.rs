//! What the code that `network!` writes is put together with: facts of single layers made facts of the network.

use crate::layer::{Layer, Needs, Saved, WeightInfo};
use crate::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, disjoint, scaled};
use crate::plain::Plain;
use crate::shape::{Message, Shape};
use crate::team::blocks;
use crate::tensor::Tensor;
use crate::workspace::Plan;
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

/// The floats of `count` layers or networks of a type.
pub const fn floats_of<P: Plain>(count: usize) -> usize {
    count * P::FLOATS
}

/// The facts of a layer of type `L`.
pub const fn layer_info<L: Layer>(
    name: &'static str,
    kind: &'static str,
    input: Shape,
    output: Shape,
    needs: Needs,
    frozen: bool,
) -> LayerInfo {
    let (parameters, weights, macs) = (L::FLOATS, L::WEIGHTS, needs.macs);
    LayerInfo { name, kind, input, output, parameters, macs, weights, children: &[], repeated: None, frozen }
}

/// The facts of a block of layers.
pub const fn block_info(
    name: &'static str,
    kind: &'static str,
    input: Shape,
    output: Shape,
    children: &'static [LayerInfo],
    frozen: bool,
) -> LayerInfo {
    let (parameters, macs) = (total_parameters(children), total_macs(children));
    LayerInfo { name, kind, input, output, parameters, macs, weights: &[], children, repeated: None, frozen }
}

/// Whether a layer has weights that are trained.
pub const fn is_trained<L: Layer>() -> bool {
    L::TRAINED > 0
}

/// Whether a network has weights that are trained.
pub const fn is_network_trained<N: Trainable>() -> bool {
    !N::SPANS.is_empty()
}

/// Checks what a user's own layer says of its weights: that its tensors are all of them, those that are trained first.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check_weights<L: Layer>(layer: &str) -> Result<(), Message> {
    let (mut floats, mut trained, mut is_sorted) = (0, 0, true);
    let mut index = 0;
    while index < L::WEIGHTS.len() {
        let WeightInfo { shape, trained: is_trained, .. } = &L::WEIGHTS[index];
        is_sorted &= !*is_trained || trained == floats;
        floats += shape.len();
        if *is_trained {
            trained += shape.len();
        }
        index += 1;
    }
    if floats != L::FLOATS {
        let message = Message::new(layer).text(" holds ").number(L::FLOATS).text(" floats, and the tensors of its ");
        return Err(message
            .text("`WEIGHTS` have ")
            .number(floats)
            .text("\nhelp: declare the struct with `typednet::weights!`, or name each of its fields in `WEIGHTS`"));
    }
    if trained != L::TRAINED || !is_sorted {
        let message = Message::new(layer).text(" has a `Gradient` of ").number(L::TRAINED).text(" floats, and ");
        let message = message.text("its `WEIGHTS` have ").number(trained).text(" floats that are trained");
        return Err(message.text(if is_sorted { "" } else { ", some of them behind others that are not" }).text(
            "\nhelp: `Gradient` is the layer itself, `()` if nothing is trained, or a struct of the fields that are; \
             they come first",
        ));
    }
    Ok(())
}

/// The shape that a network takes.
pub const fn input_shape<N: Network>() -> Shape {
    <N::Input as Tensor>::SHAPE
}

/// The shape that a network gives.
pub const fn output_shape<N: Network>() -> Shape {
    <N::Output as Tensor>::SHAPE
}

/// The weights of all layers.
const fn total_parameters(layers: &[LayerInfo]) -> usize {
    let mut parameters = 0;
    let mut layer = 0;
    while layer < layers.len() {
        parameters += layers[layer].parameters;
        layer += 1;
    }
    parameters
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

/// What a field of a network adds to the spans of trained weights.
#[derive(Clone, Copy, Debug)]
pub struct SpanPart {
    floats: usize,
    gradients: usize,
    /// The spans within the field, counted from its first float.
    spans: PartSpans,
    count: usize,
}

#[derive(Clone, Copy, Debug)]
enum PartSpans {
    /// So many floats from the first on.
    First(usize),
    /// Those of a network.
    Network(&'static [Span]),
}

impl SpanPart {
    /// A layer of type `L`.
    pub const fn layer<L: Layer>() -> Self {
        Self { floats: L::FLOATS, gradients: L::TRAINED, spans: PartSpans::First(L::TRAINED), count: 1 }
    }

    /// A layer or a network whose weights stay as they are.
    pub const fn frozen<P: Plain>() -> Self {
        Self { floats: P::FLOATS, gradients: 0, spans: PartSpans::First(0), count: 1 }
    }

    /// `count` networks of type `N`, one behind the other.
    pub const fn network<N: Trainable + Plain>(count: usize) -> Self {
        Self { floats: N::FLOATS, gradients: N::Gradients::FLOATS, spans: PartSpans::Network(N::SPANS), count }
    }
}

/// The trained floats of a network as few ranges as possible: neighbours are one.
#[derive(Clone, Debug)]
pub struct SpanList<const MOST: usize> {
    spans: [Span; MOST],
    count: usize,
}

impl<const MOST: usize> SpanList<MOST> {
    /// The ranges of parts that lie one behind the other.
    pub const fn new(parts: &[SpanPart]) -> Self {
        let mut list = Self { spans: [const { Span { weights: 0..0, gradients: 0..0 } }; MOST], count: 0 };
        let (mut weight, mut gradient) = (0, 0);
        let mut index = 0;
        while index < parts.len() {
            let part = &parts[index];
            let mut repeated = 0;
            while repeated < part.count {
                match part.spans {
                    PartSpans::First(trained) => list.push(weight, gradient, trained),
                    PartSpans::Network(spans) => list.push_all(weight, gradient, spans),
                }
                weight += part.floats;
                gradient += part.gradients;
                repeated += 1;
            }
            index += 1;
        }
        list
    }

    const fn push_all(&mut self, weight: usize, gradient: usize, spans: &[Span]) {
        let mut index = 0;
        while index < spans.len() {
            let Span { weights, gradients } = &spans[index];
            self.push(weight + weights.start, gradient + gradients.start, weights.end - weights.start);
            index += 1;
        }
    }

    const fn push(&mut self, weight: usize, gradient: usize, trained: usize) {
        if trained == 0 {
            return;
        }
        if self.count > 0 && self.spans[self.count - 1].weights.end == weight {
            self.spans[self.count - 1].weights.end += trained;
            self.spans[self.count - 1].gradients.end += trained;
        } else {
            self.spans[self.count].weights = weight..weight + trained;
            self.spans[self.count].gradients = gradient..gradient + trained;
            self.count += 1;
        }
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
    most_partial: usize,
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
            most_partial: 0,
        };
        let mut step = 0;
        while step < STEPS {
            let Needs { positions, statistics, partial, .. } = needs[step];
            plan.positions[step] = (plan.total_positions, plan.total_positions + positions);
            plan.statistics[step] = (plan.total_statistics, plan.total_statistics + statistics);
            plan.total_positions += positions;
            plan.total_statistics += statistics;
            plan.partial[step] = partial;
            if partial > plan.most_partial {
                plan.most_partial = partial;
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
        self.most_partial
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

/// The values of a training pass over a batch, where the plan put them.
#[derive(Debug)]
pub struct Values<'a, const COUNT: usize> {
    plan: &'static Plan<COUNT>,
    floats: &'a mut [f32],
    batch: usize,
}

impl<const COUNT: usize> Values<'_, COUNT> {
    /// These buffers.
    #[inline(always)]
    pub fn of<const TAKEN: usize>(&mut self, buffers: [usize; TAKEN]) -> [&mut [f32]; TAKEN] {
        disjoint(self.floats, buffers.map(|buffer| scaled(&self.plan.range(buffer), self.batch)))
    }
}

/// What the steps of a training pass save besides values.
#[derive(Debug)]
pub struct SavedParts<'a, const STEPS: usize> {
    plan: &'static SavedPlan<STEPS>,
    positions: &'a mut [u8],
    statistics: &'a mut [f32],
    partial: &'a mut [f32],
    batch: usize,
}

impl<const STEPS: usize> SavedParts<'_, STEPS> {
    /// The part of one step.
    #[inline(always)]
    pub fn of(&mut self, step: usize) -> Saved<'_> {
        let (positions, [statistics], partial) = self.with_statistics(step, [step]);
        Saved { positions, statistics, partial }
    }

    /// The part of one step, and the statistics of another one.
    #[inline(always)]
    pub fn of_two(&mut self, step: usize, other: usize) -> (Saved<'_>, &[f32]) {
        let (positions, [statistics, others], partial) = self.with_statistics(step, [step, other]);
        (Saved { positions, statistics, partial }, others)
    }

    /// The positions of one step, the statistics of some, and the partial sums of the one.
    #[inline(always)]
    fn with_statistics<const COUNT: usize>(
        &mut self,
        step: usize,
        steps: [usize; COUNT],
    ) -> (&mut [u8], [&mut [f32]; COUNT], &mut [f32]) {
        let (begin, end) = self.plan.positions[step];
        (
            &mut self.positions[begin * self.batch..end * self.batch],
            disjoint(self.statistics, steps.map(|step| self.plan.range_of_statistics(step))),
            &mut self.partial[..self.plan.partial[step] * blocks(self.batch)],
        )
    }
}

/// The memory of a training pass as its values and what is saved besides.
pub fn split<'a, const COUNT: usize, const STEPS: usize>(
    memory: &'a mut TrainingMemory<'_>,
    plan: &'static Plan<COUNT>,
    saved: &'static SavedPlan<STEPS>,
    batch: usize,
) -> (Values<'a, COUNT>, SavedParts<'a, STEPS>) {
    let TrainingMemory { activations, positions, statistics, partial } = memory;
    (Values { plan, floats: activations, batch }, SavedParts { plan: saved, positions, statistics, partial, batch })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Buffer;

    #[test]
    fn neighbouring_spans_are_one() {
        let layer =
            |floats, trained| SpanPart { floats, gradients: trained, spans: PartSpans::First(trained), count: 1 };
        let parts = [layer(5, 5), layer(3, 3), layer(8, 4), layer(2, 2), layer(4, 0), layer(1, 1)];
        let list = SpanList::<6>::new(&parts);
        let expected = [(0..12, 0..12), (16..18, 12..14), (22..23, 14..15)];
        let found: std::vec::Vec<_> =
            list.as_slice().iter().map(|span| (span.weights.clone(), span.gradients.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_spans_of_a_network_are_repeated() {
        const INNER: &[Span] = &[Span { weights: 0..3, gradients: 0..3 }, Span { weights: 5..7, gradients: 3..5 }];
        let part = SpanPart { floats: 7, gradients: 5, spans: PartSpans::Network(INNER), count: 2 };
        let list = SpanList::<4>::new(&[part]);
        let found: std::vec::Vec<_> =
            list.as_slice().iter().map(|span| (span.weights.clone(), span.gradients.clone())).collect();
        assert_eq!(found, [(0..3, 0..3), (5..10, 3..8), (12..14, 8..10)]);
    }

    #[test]
    fn what_is_saved_does_not_overlap() {
        const fn needs(positions: usize, statistics: usize, partial: usize) -> Needs {
            Needs { macs: 0, positions, statistics, partial }
        }
        static PLAN: SavedPlan<3> = SavedPlan::new([needs(3, 0, 7), needs(0, 4, 9), needs(2, 2, 1)]);
        assert_eq!((PLAN.positions(), PLAN.statistics(), PLAN.partial()), (5, 6, 9));
        let (mut positions, mut statistics, mut partial) = ([0; 10], [0.0; 6], [0.0; 18]);
        let memory = &mut TrainingMemory {
            activations: &mut [0.0; 8],
            positions: &mut positions,
            statistics: &mut statistics,
            partial: &mut partial,
        };
        static VALUES: Plan<2> = Plan::new([Buffer::new(3, 0, 1), Buffer::new(1, 0, 1)]);
        let (mut values, mut saved) = split(memory, &VALUES, &PLAN, 2);
        assert_eq!(values.of([1, 0]).map(|values| values.len()), [2, 6]);
        let saved = saved.of(2);
        assert_eq!((saved.positions.len(), saved.statistics.len(), saved.partial.len()), (4, 2, 2));
    }

    #[test]
    fn a_step_reads_the_statistics_of_another() {
        const fn needs(statistics: usize, partial: usize) -> Needs {
            Needs { macs: 0, positions: 0, statistics, partial }
        }
        static PLAN: SavedPlan<3> = SavedPlan::new([needs(1, 0), needs(2, 3), needs(3, 1)]);
        let (mut statistics, mut partial) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0; 6]);
        let memory = &mut TrainingMemory {
            activations: &mut [],
            positions: &mut [],
            statistics: &mut statistics,
            partial: &mut partial,
        };
        static VALUES: Plan<0> = Plan::new([]);
        let (_, mut saved) = split(memory, &VALUES, &PLAN, 2);
        let (here, other) = saved.of_two(1, 2);
        assert_eq!((&*here.statistics, here.partial.len(), other), (&[2.0, 3.0][..], 6, &[4.0, 5.0, 6.0][..]));
    }
}
