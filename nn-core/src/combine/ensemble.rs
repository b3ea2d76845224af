//! The mean of several networks of the same type.

use super::averaged::Averaged;
use super::memory::{Behind, Piece, Supply, larger};
use super::parts::{self, Parts, Spans, each_sample, pass_of, seed_of};
use crate::assembly::SpanPart;
use crate::cost::{Cost, Costs};
use crate::half::Halvable;
use crate::join;
use crate::kernel::Isa;
use crate::layer::Pass;
use crate::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds, disjoint, scaled};
use crate::plain::Plain;
use crate::quant::{Combination, Quantizable, without_form};
use crate::shape::Message;
use crate::team::Chunks;
use crate::tensor::Tensor;
use core::fmt;
use core::ops::Range;

/// The mean of the outputs, after their last activation, of `COUNT` networks that begin with different weights.
///
/// A loss sees the mean, so the members are trained together; to train them apart, train each of
/// [`members`](Self::members). The head is that of the members, and the logits are those of the mean, so that the same
/// losses fit. `COUNT` must be at least 1: an ensemble of no networks does not compile.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct Ensemble<N: Network, const COUNT: usize> {
    /// The networks.
    pub members: [N; COUNT],
}

// SAFETY: an array of values that consist of floats.
unsafe impl<N: Network + Plain, const COUNT: usize> Plain for Ensemble<N, COUNT> {}

impl<N: Network, const COUNT: usize> fmt::Debug for Ensemble<N, COUNT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAME_TEXT.as_str())
    }
}

impl<N: Network, const COUNT: usize> Ensemble<N, COUNT> {
    const NAME_TEXT: Message = Message::new("Ensemble<").text(N::NAME).text(", ").number(COUNT).text(">");
    /// What each member counts.
    const SHARE: f32 = 1.0 / COUNT as f32;
    const NOT_EMPTY: () = assert!(COUNT > 0, "an ensemble needs at least one network");
}

impl<N: Network + Plain, const COUNT: usize> Network for Ensemble<N, COUNT> {
    type Input = N::Input;
    type Output = N::Output;
    type Memory = Behind<N::Output, N::Memory>;

    const NAME: &'static str = Self::NAME_TEXT.as_str();
    const PARAMETERS: usize = COUNT * N::PARAMETERS;
    const MACS: usize = COUNT * N::MACS;
    const LAYERS: &'static [LayerInfo] = &[parts::info::<N>("members", Some(COUNT))];
    const COSTS: Costs = parts::costs::<Self>(&[Cost::parts::<N>(COUNT, size_of::<N::Output>())]);
    const OUTPUT: Range<usize> = 0..N::Output::FLOATS;

    fn weights(&self) -> &[f32] {
        self.floats()
    }

    fn weights_mut(&mut self) -> &mut [f32] {
        self.floats_mut()
    }

    fn initialize(&mut self, seed: u64) {
        for (number, member) in (0..).zip(&mut self.members) {
            member.initialize(seed_of(seed, number));
        }
    }

    #[inline(always)]
    fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        let () = Self::NOT_EMPTY;
        let (sums, memory) = memory.split_at_mut(N::Output::FLOATS);
        sums.fill(0.0);
        for member in &self.members {
            member.infer_on(isa, input, memory);
            sums.iter_mut().zip(&memory[N::OUTPUT]).for_each(|(sum, output)| *sum += Self::SHARE * output);
        }
    }
}

/// The memory of a training pass, before that of the members: the logits of the mean, once for the loss to write to and
/// once to keep, and the derivatives by them.
struct Pieces<'a> {
    kept: &'a mut [f32],
    logits: &'a mut [f32],
    slopes: &'a mut [f32],
    members: Supply<'a>,
    partial: &'a mut [f32],
}

impl<N: Trainable<Head: Averaged> + Plain, const COUNT: usize> Ensemble<N, COUNT> {
    const OUTPUTS: usize = N::Output::FLOATS;
    /// The first member's activations. When its backward pass is done, the other members' derivatives by the input take
    /// their place.
    const FIRST_ACTIVATIONS: usize = larger(N::TRAINING.activations, N::Input::FLOATS);

    fn pieces<'a>(memory: &'a mut TrainingMemory<'_>, batch: usize) -> Pieces<'a> {
        let () = Self::NOT_EMPTY;
        let (mut members, partial) = Supply::new(memory, batch);
        let [kept, logits, slopes] = [(); 3].map(|()| members.floats(Self::OUTPUTS));
        Pieces { kept, logits, slopes, members, partial }
    }

    /// A member's memory.
    fn piece<'a>(members: &mut Supply<'a>, number: usize) -> Piece<'a> {
        members.piece(N::TRAINING, if number == 0 { Self::FIRST_ACTIVATIONS } else { 0 })
    }

    /// Writes the derivatives by a member's logits, from those by the logits of the mean.
    fn backward_to_member(pass: Pass<'_>, activations: &mut [f32], kept: &[f32], slopes: &[f32]) {
        let ranges = [scaled(&N::LOGITS, pass.batch), scaled(&N::LOGITS_GRADIENT, pass.batch)];
        let [logits, gradient] = disjoint(activations, ranges);
        gradient.copy_from_slice(logits);
        each_sample(pass, gradient, Self::OUTPUTS, |sample, member| {
            let begin = sample * Self::OUTPUTS;
            let (mean, slopes) = (&kept[begin..][..Self::OUTPUTS], &slopes[begin..][..Self::OUTPUTS]);
            N::Head::backward_to_member(member, Self::SHARE, mean, slopes, N::Output::SHAPE.last());
        });
    }
}

impl<N: Trainable<Head: Averaged> + Plain, const COUNT: usize> Parts for Ensemble<N, COUNT> {
    const PARTS: &'static [SpanPart] = &[SpanPart::network::<N>(COUNT)];
}

impl<N: Trainable<Head: Averaged> + Plain, const COUNT: usize> Trainable for Ensemble<N, COUNT> {
    type Gradients = [N::Gradients; COUNT];
    type Head = N::Head;

    const SPANS: &'static [Span] = Spans::<Self>::SPANS;
    const TRAINING: TrainingNeeds = TrainingNeeds {
        activations: 3 * Self::OUTPUTS + Self::FIRST_ACTIVATIONS + COUNT.saturating_sub(1) * N::TRAINING.activations,
        positions: COUNT * N::TRAINING.positions,
        statistics: COUNT * N::TRAINING.statistics,
        partial: N::TRAINING.partial,
    };
    const LOGITS: Range<usize> = Self::OUTPUTS..2 * Self::OUTPUTS;
    const LOGITS_GRADIENT: Range<usize> = 2 * Self::OUTPUTS..3 * Self::OUTPUTS;

    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
        let Pieces { kept, logits: sums, slopes: complements, mut members, partial } = Self::pieces(memory, pass.batch);
        sums.fill(0.0);
        complements.fill(0.0);
        for (number, member) in self.members.iter().enumerate() {
            let mut piece = Self::piece(&mut members, number);
            member.forward(pass_of(pass, number as u64), input, &mut piece.memory(partial));
            let logits = &piece.activations[scaled(&N::LOGITS, pass.batch)];
            let samples = (Chunks::new(sums, Self::OUTPUTS), Chunks::new(complements, Self::OUTPUTS));
            pass.team.split(samples, |sample, (sums, complements)| {
                let logits = &logits[sample * Self::OUTPUTS..][..Self::OUTPUTS];
                N::Head::add(logits, Self::SHARE, sums, complements, N::Output::SHAPE.last());
            });
        }
        each_sample(pass, sums, Self::OUTPUTS, |sample, sums| {
            N::Head::finish(sums, &complements[sample * Self::OUTPUTS..][..Self::OUTPUTS]);
        });
        kept.copy_from_slice(sums);
    }

    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut Self::Gradients>,
        mut input_gradient: Option<&mut [f32]>,
    ) {
        let Pieces { kept, slopes, mut members, partial, .. } = Self::pieces(memory, pass.batch);
        // Where the first member's activations were.
        let mut addends: &mut [f32] = &mut [];
        let mut gradients = gradients.map(|gradients| gradients.iter_mut());
        for (number, member) in self.members.iter().enumerate() {
            let by_member = gradients.as_mut().and_then(Iterator::next);
            let (mut piece, pass) = (Self::piece(&mut members, number), pass_of(pass, number as u64));
            Self::backward_to_member(pass, piece.activations, kept, slopes);
            let memory = &mut piece.memory(partial);
            match input_gradient.as_deref_mut() {
                None => member.backward_on(pass, input, memory, by_member, None),
                Some(sums) if number == 0 => member.backward_on(pass, input, memory, by_member, Some(sums)),
                Some(sums) => {
                    member.backward_on(pass, input, memory, by_member, Some(&mut *addends));
                    join::add_batch(pass, sums, addends);
                }
            }
            if number == 0 {
                addends = &mut piece.activations[..input.len()];
            }
        }
    }

    fn update_statistics(&mut self, statistics: &[f32]) {
        let len = N::TRAINING.statistics;
        for (number, member) in self.members.iter_mut().enumerate() {
            member.update_statistics(&statistics[number * len..][..len]);
        }
    }
}

impl<N: Network + Plain, const COUNT: usize> Quantizable for Ensemble<N, COUNT> {
    without_form!(Combination);
}

impl<N: Halvable + Plain, const COUNT: usize> Halvable for Ensemble<N, COUNT> {
    type Halves = [N::Halves; COUNT];
    type Widened = N::Widened;

    #[inline(always)]
    fn infer_halves<I: Isa>(halves: &[u16], isa: I, input: &[f32], memory: &mut [f32], widened: &mut [f32]) {
        let () = Self::NOT_EMPTY;
        let (sums, memory) = memory.split_at_mut(N::Output::FLOATS);
        sums.fill(0.0);
        for member in 0..COUNT {
            N::infer_halves(&halves[member * N::PARAMETERS..][..N::PARAMETERS], isa, input, memory, widened);
            sums.iter_mut().zip(&memory[N::OUTPUT]).for_each(|(sum, output)| *sum += Self::SHARE * output);
        }
    }
}
