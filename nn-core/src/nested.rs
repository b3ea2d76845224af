//! Networks inside networks: a declared one as a layer, and the layers of `repeat`.
//!
//! Each function takes a slice of networks of one type, which run one after the other: of one for a declared network, of
//! as many as `repeat` states for its layers, which give the shape that they take.

use crate::combine::pass_of;
use crate::cost::Cost;
use crate::head::Head;
use crate::kernel::Isa;
use crate::layer::{Backward, Needs, Pass, Saved};
use crate::network::{LayerInfo, Network, Trainable, TrainingMemory, disjoint, scaled};
use crate::plain::Plain;
use crate::shape::Shape;
use crate::tensor::Tensor;
use core::marker::PhantomData;

/// The layers of a `repeat`, which give the shape that they take.
pub trait Repeated: Network {
    /// The floats of memory for an inference besides the data.
    const FLOATS: usize;

    /// One sample, as at inference: what the layers give takes the place of what they take.
    fn infer_in_place<I: Isa>(&self, isa: I, data: &mut [f32], memory: &mut [f32]);
}

/// The floats of memory for an inference.
pub const fn memory<N: Network>() -> usize {
    N::Memory::FLOATS
}

/// The floats of memory for the passes of training, for each sample: each network's values, and its outputs after the
/// head, if they are others than those before it.
pub const fn activations<N: Trainable>(count: usize) -> usize {
    count * activations_of_one::<N>()
}

const fn activations_of_one<N: Trainable>() -> usize {
    N::TRAINING.activations + if N::Head::IDENTITY { 0 } else { N::Output::FLOATS }
}

/// What the networks save besides values.
pub const fn needs<N: Trainable>(count: usize) -> Needs {
    let training = N::TRAINING;
    Needs {
        macs: count * N::MACS,
        positions: count * training.positions,
        statistics: count * training.statistics,
        partial: training.partial,
    }
}

/// The facts of the networks as one layer.
pub const fn info<N: Network>(
    name: &'static str,
    kind: &'static str,
    input: Shape,
    output: Shape,
    repeated: Option<usize>,
    frozen: bool,
) -> LayerInfo {
    let count = match repeated {
        Some(count) => count,
        None => 1,
    };
    let (parameters, macs) = (count * N::PARAMETERS, count * N::MACS);
    LayerInfo { name, kind, input, output, parameters, macs, weights: &[], children: N::LAYERS, repeated, frozen }
}

/// What a network takes of a chip, given the bytes in use while it runs.
pub const fn cost<N: Network>(ram: Option<usize>) -> Cost {
    Cost { flash: N::WEIGHT_BYTES, ..Cost::of::<()>(ram) }.networks(N::WORKSPACE_BYTES, N::COSTS.layers)
}

/// The same for `count` times the layers of a `repeat`.
pub const fn cost_of_repeated<N: Repeated>(count: usize, ram: Option<usize>) -> Cost {
    Cost { flash: count * N::WEIGHT_BYTES, ..Cost::of::<()>(ram) }
        .networks(N::FLOATS * size_of::<f32>(), N::COSTS.layers)
}

/// Gives the networks their initial values: of each its own, drawn from the seed and the place of the layer.
pub fn initialize<N: Network>(networks: &mut [N], seed: u64, stream: u64) {
    for (number, network) in (0_u64..).zip(networks) {
        network.initialize(mixed(seed, stream, number));
    }
}

/// A seed made of three numbers: the steps of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
pub(crate) fn mixed(seed: u64, stream: u64, number: u64) -> u64 {
    [stream, number].into_iter().fold(seed, |state, next| {
        let mut bits = (state ^ next).wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    })
}

/// One sample through a declared network, as at inference.
#[inline(always)]
pub fn infer<N: Network, I: Isa>(network: &N, isa: I, input: &[f32], output: &mut [f32], memory: &mut [f32]) {
    network.infer_on(isa, input, memory);
    output.copy_from_slice(&memory[N::OUTPUT]);
}

/// One sample through the layers of a `repeat`, as at inference: what they give takes its place.
#[inline(always)]
pub fn infer_repeated<N: Repeated, I: Isa>(networks: &[N], isa: I, data: &mut [f32], memory: &mut [f32]) {
    networks.iter().for_each(|network| network.infer_in_place(isa, data, memory));
}

/// A batch. `memory` holds [`activations`] floats for each sample.
pub fn forward<N: Trainable>(
    networks: &[N],
    pass: Pass<'_>,
    input: &[f32],
    output: &mut [f32],
    memory: &mut [f32],
    saved: Saved<'_>,
) {
    let Saved { positions, statistics, partial } = saved;
    let mut parts = Parts::<N> { memory, positions, statistics, partial, pass, networks: PhantomData };
    for (number, network) in networks.iter().enumerate() {
        let (before, outputs, mut inner) = parts.split(number);
        network.forward(pass_of(pass, number as u64), before.map_or(input, |before| before.outputs), &mut inner);
        if N::Head::IDENTITY {
            continue;
        }
        let (logits, _) = inner.logits::<N>(pass.batch);
        outputs.copy_from_slice(crate::plain::flatten(logits));
        for sample in outputs.chunks_exact_mut(N::Output::FLOATS.max(1)) {
            N::Head::apply(sample, N::Output::SHAPE.last());
        }
    }
    output.copy_from_slice(parts.before(networks.len()).map_or(input, |last| last.outputs));
}

/// The derivatives for the batch that went forward last; those by the weights only if there is a place for them.
pub fn backward<N: Trainable>(
    networks: &[N],
    pass: Pass<'_>,
    backward: Backward<'_>,
    memory: &mut [f32],
    mut gradients: Option<&mut [N::Gradients]>,
) {
    let Backward { input, output_gradient, mut input_gradient, saved } = backward;
    let Saved { positions, statistics, partial } = saved;
    let mut parts = Parts::<N> { memory, positions, statistics, partial, pass, networks: PhantomData };
    let last = networks.len().checked_sub(1);
    if let Some(last) = last {
        let (_, _, mut inner) = parts.split(last);
        let (_, gradient) = inner.logits::<N>(pass.batch);
        crate::plain::flatten_mut(gradient).copy_from_slice(output_gradient);
    } else if let Some(input_gradient) = input_gradient.as_deref_mut() {
        input_gradient.copy_from_slice(output_gradient);
    }
    for (number, network) in networks.iter().enumerate().rev() {
        let gradients = gradients.as_deref_mut().map(|gradients| &mut gradients[number]);
        let (before, outputs, mut inner) = parts.split(number);
        let (_, gradient) = inner.logits::<N>(pass.batch);
        // Without a head there are no outputs but the logits, and nothing is changed.
        for (gradient, outputs) in gradient.iter_mut().zip(outputs.chunks_exact(N::Output::FLOATS.max(1))) {
            N::Head::backward(outputs, gradient.floats_mut(), N::Output::SHAPE.last());
        }
        let pass = pass_of(pass, number as u64);
        match before {
            Some(before) => {
                network.backward_on(pass, before.outputs, &mut inner, gradients, Some(before.gradient));
            }
            None => network.backward_on(pass, input, &mut inner, gradients, input_gradient.as_deref_mut()),
        }
    }
}

/// Moves what the networks learn without gradients towards the statistics of the batch that went forward last.
pub fn update_statistics<N: Trainable>(networks: &mut [N], statistics: &[f32]) {
    let each = N::TRAINING.statistics;
    for (number, network) in networks.iter_mut().enumerate() {
        network.update_statistics(&statistics[number * each..(number + 1) * each]);
    }
}

/// The memory of networks that run one after the other.
struct Parts<'a, N> {
    memory: &'a mut [f32],
    positions: &'a mut [u8],
    statistics: &'a mut [f32],
    partial: &'a mut [f32],
    pass: Pass<'a>,
    networks: PhantomData<N>,
}

/// What a network reads and writes of the one before it: what it gave, and where the derivatives by that go.
struct Before<'a> {
    outputs: &'a [f32],
    gradient: &'a mut [f32],
}

impl<N: Trainable> Parts<'_, N> {
    /// What lies before network `number`, where its outputs lie if they are not its logits, and its own memory.
    fn split(&mut self, number: usize) -> (Option<Before<'_>>, &mut [f32], TrainingMemory<'_>) {
        let (batch, needs) = (self.pass.batch, N::TRAINING);
        let each = activations_of_one::<N>() * batch;
        let (earlier, rest) = self.memory.split_at_mut(number * each);
        let (activations, outputs) = rest[..each].split_at_mut(needs.activations * batch);
        let (positions, statistics) = (needs.positions * batch, needs.statistics);
        let memory = TrainingMemory {
            activations,
            positions: &mut self.positions[number * positions..(number + 1) * positions],
            statistics: &mut self.statistics[number * statistics..(number + 1) * statistics],
            partial: self.partial,
        };
        (before::<N>(earlier, number, batch), outputs, memory)
    }

    /// What lies before network `number`, which may be the one behind the last.
    fn before(&mut self, number: usize) -> Option<Before<'_>> {
        before::<N>(self.memory, number, self.pass.batch)
    }
}

/// What lies before network `number` in the memory of the networks.
fn before<N: Trainable>(memory: &mut [f32], number: usize, batch: usize) -> Option<Before<'_>> {
    let (number, each) = (number.checked_sub(1)?, activations_of_one::<N>() * batch);
    let (activations, outputs) = memory[number * each..][..each].split_at_mut(N::TRAINING.activations * batch);
    let ranges = [scaled(&N::LOGITS, batch), scaled(&N::LOGITS_GRADIENT, batch)];
    let [logits, gradient] = disjoint(activations, ranges);
    Some(Before { outputs: if N::Head::IDENTITY { logits } else { outputs }, gradient })
}
