//! What the parts of a combination have in common: facts, seeds, and heads in the middle.

use crate::assembly::{SpanList, SpanPart};
use crate::cost::{Cost, Costs};
use crate::head::Head;
use crate::layer::{Mode, Pass};
use crate::nested::{self, mixed};
use crate::network::{LayerInfo, Network, Span, Trainable};
use crate::plain::Plain;
use crate::shape::Message;
use crate::team::{Chunks, block_size};
use crate::tensor::Tensor;
use core::marker::PhantomData;

/// A part as one row of the table of layers, with its own layers inside; or many parts of the same type.
pub(super) const fn info<N: Network>(name: &'static str, repeated: Option<usize>) -> LayerInfo {
    nested::info::<N>(name, N::NAME, N::Input::SHAPE, N::Output::SHAPE, repeated, false)
}

/// What a combination takes of a chip, given what its parts take.
pub(super) const fn costs<C: Network>(layers: &'static [Cost]) -> Costs {
    Costs { weight_bytes: C::WEIGHT_BYTES, workspace_bytes: C::WORKSPACE_BYTES, layers }
}

/// `Chain<Encoder, Decoder>`: a combination and the names of two parts.
pub(super) const fn name_of_two(combination: &str, first: &str, second: &str) -> Message {
    Message::new(combination).text("<").text(first).text(", ").text(second).text(">")
}

/// The seed of a part, so that parts of the same type begin with different weights.
pub(super) fn seed_of(seed: u64, part: u64) -> u64 {
    mixed(seed, 0, part)
}

/// The pass of a part, so that parts of the same type drop different values.
pub(crate) fn pass_of(pass: Pass<'_>, part: u64) -> Pass<'_> {
    match pass.mode {
        Mode::Training { key } => Pass { mode: Mode::Training { key: seed_of(key, part) }, ..pass },
        Mode::Inference => pass,
    }
}

/// Calls `work` for each sample of a batch: with its number, and its floats in `samples`.
pub(super) fn each_sample(pass: Pass<'_>, samples: &mut [f32], len: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    let block = block_size(pass.batch);
    pass.team.split(Chunks::new(samples, block * len), |number, samples| {
        for (index, sample) in samples.chunks_exact_mut(len.max(1)).enumerate() {
            work(number * block + index, sample);
        }
    });
}

/// Turns the logits of a part into its outputs.
pub(super) fn apply_head<N: Trainable>(pass: Pass<'_>, logits: &mut [f32]) {
    each_sample(pass, logits, N::Output::FLOATS, |_, logits| N::Head::apply(logits, N::Output::SHAPE.last()));
}

/// Turns the derivatives by the outputs of a part into those by its logits.
pub(super) fn head_backward<N: Trainable>(pass: Pass<'_>, outputs: &[f32], gradient: &mut [f32]) {
    let len = N::Output::FLOATS;
    each_sample(pass, gradient, len, |sample, gradient| {
        N::Head::backward(&outputs[sample * len..][..len], gradient, N::Output::SHAPE.last());
    });
}

/// A combination, whose parts lie one behind the other.
pub(super) trait Parts {
    const PARTS: &'static [SpanPart];
}

/// The most ranges of trained weights with untrained ones between them.
const MOST: usize = 4096;

/// The trained weights of the combination `C`.
pub(super) struct Spans<C>(PhantomData<C>);

impl<C: Parts> Spans<C> {
    /// As few ranges as possible: neighbours are one.
    ///
    /// A generic type cannot have a list of a length that it computes. So the shortest of some lists is taken; the
    /// others stay empty, and become no part of a program.
    pub(super) const SPANS: &'static [Span] = match Self::COUNT {
        0..=4 => Self::FEW.as_slice(),
        5..=64 => Self::MORE.as_slice(),
        _ => Self::MANY.as_slice(),
    };

    const COUNT: usize = SpanList::<MOST>::new(C::PARTS).as_slice().len();
    const FEW: SpanList<4> = Self::list();
    const MORE: SpanList<64> = Self::list();
    const MANY: SpanList<MOST> = Self::list();

    const fn list<const CAPACITY: usize>() -> SpanList<CAPACITY> {
        SpanList::new(if Self::COUNT <= CAPACITY { C::PARTS } else { &[] })
    }
}
