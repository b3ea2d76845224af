//! Two networks side by side.

use super::bounds::SameInput;
use super::joined::{Joined, JoinedHead};
use super::memory::{OneAfterTheOther, Piece, Supply, larger, needs_of_both};
use super::parts::{self, Parts, Spans, each_sample, pass_of, seed_of};
use crate::assembly::SpanPart;
use crate::cost::{Cost, Costs};
use crate::half::{Both, Halvable};
use crate::join;
use crate::kernel::Isa;
use crate::layer::Pass;
use crate::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds, scaled};
use crate::plain::Plain;
use crate::quant::{Combination, Quantizable, without_form};
use crate::shape::Message;
use core::fmt;
use core::ops::Range;

/// `(left(input), right(input))`: both networks read the same input, and their outputs lie one behind the other.
///
/// A pair of losses trains it, each with its own label: `(SparseCategoricalCrossentropy, MeanSquaredError)`. So does any
/// loss that takes every head, such as `MeanSquaredError` with a label of the type [`Joined`].
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct Parallel<A, B>
where
    A: Network,
    B: SameInput<A>,
{
    /// The network whose output comes first.
    pub left: A,
    /// The network whose output comes last.
    pub right: B,
}

/// The derivatives of a loss by the weights of a [`Parallel`].
#[derive(Debug)]
#[repr(C)]
pub struct ParallelGradients<A, B> {
    /// By those of the left network.
    pub left: A,
    /// By those of the right network.
    pub right: B,
}

// SAFETY: two values that consist of floats; `repr(C)` adds no padding between types of the alignment of a float or less.
unsafe impl<A: Network + Plain, B: SameInput<A> + Plain> Plain for Parallel<A, B> {}

// SAFETY: as for `Parallel`.
unsafe impl<A: Plain, B: Plain> Plain for ParallelGradients<A, B> {}

impl<A: Network, B: SameInput<A>> fmt::Debug for Parallel<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAME_TEXT.as_str())
    }
}

impl<A: Network, B: SameInput<A>> Parallel<A, B> {
    const NAME_TEXT: Message = parts::name_of_two("Parallel", A::NAME, B::NAME);
}

impl<A: Network + Plain, B: SameInput<A> + Plain> Network for Parallel<A, B> {
    type Input = A::Input;
    type Output = Joined<A::Output, B::Output>;
    type Memory = OneAfterTheOther<A::Memory, A::Output, B::Memory>;

    const NAME: &'static str = Self::NAME_TEXT.as_str();
    const PARAMETERS: usize = A::PARAMETERS + B::PARAMETERS;
    const MACS: usize = A::MACS + B::MACS;
    const LAYERS: &'static [LayerInfo] = &[parts::info::<A>("left", None), parts::info::<B>("right", None)];
    const COSTS: Costs = parts::costs::<Self>(&[Cost::parts::<A>(1, 0), Cost::parts::<B>(1, size_of::<A::Output>())]);
    const OUTPUT: Range<usize> = 0..Self::Output::FLOATS;

    fn weights(&self) -> &[f32] {
        self.floats()
    }

    fn weights_mut(&mut self) -> &mut [f32] {
        self.floats_mut()
    }

    fn initialize(&mut self, seed: u64) {
        self.left.initialize(seed_of(seed, 0));
        self.right.initialize(seed_of(seed, 1));
    }

    #[inline(always)]
    fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        self.left.infer_on(isa, input, &mut memory[..A::Memory::FLOATS]);
        memory.copy_within(A::OUTPUT, 0);
        let memory = &mut memory[A::Output::FLOATS..];
        self.right.infer_on(isa, input, &mut memory[..B::Memory::FLOATS]);
        memory.copy_within(B::OUTPUT, 0);
    }
}

/// The memory of a training pass: the logits of both networks and the derivatives by them, sample by sample, and what
/// each network needs.
struct Pieces<'a> {
    logits: &'a mut [f32],
    slopes: &'a mut [f32],
    left: Piece<'a>,
    right: Piece<'a>,
    partial: &'a mut [f32],
}

impl<A: Trainable + Plain, B: Trainable + SameInput<A> + Plain> Parallel<A, B> {
    const LEFT: usize = A::Output::FLOATS;
    const BOTH: usize = A::Output::FLOATS + B::Output::FLOATS;
    /// The left network's activations. When its backward pass is done, the right network's derivatives by the input take
    /// their place.
    const LEFT_ACTIVATIONS: usize = larger(A::TRAINING.activations, A::Input::FLOATS);

    fn pieces<'a>(memory: &'a mut TrainingMemory<'_>, batch: usize) -> Pieces<'a> {
        let (mut supply, partial) = Supply::new(memory, batch);
        let (logits, slopes) = (supply.floats(Self::BOTH), supply.floats(Self::BOTH));
        let left = supply.piece(A::TRAINING, Self::LEFT_ACTIVATIONS);
        let right = supply.piece(B::TRAINING, 0);
        Pieces { logits, slopes, left, right, partial }
    }
}

impl<A: Trainable + Plain, B: Trainable + SameInput<A> + Plain> Parts for Parallel<A, B> {
    const PARTS: &'static [SpanPart] = &[SpanPart::network::<A>(1), SpanPart::network::<B>(1)];
}

impl<A: Trainable + Plain, B: Trainable + SameInput<A> + Plain> Trainable for Parallel<A, B> {
    type Gradients = ParallelGradients<A::Gradients, B::Gradients>;
    type Head = JoinedHead<A::Head, B::Head, A::Output, B::Output>;

    const SPANS: &'static [Span] = Spans::<Self>::SPANS;
    const TRAINING: TrainingNeeds = TrainingNeeds {
        activations: 2 * Self::BOTH + Self::LEFT_ACTIVATIONS + B::TRAINING.activations,
        ..needs_of_both(A::TRAINING, B::TRAINING)
    };
    const LOGITS: Range<usize> = 0..Self::BOTH;
    const LOGITS_GRADIENT: Range<usize> = Self::BOTH..2 * Self::BOTH;

    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
        let Pieces { logits, mut left, mut right, partial, .. } = Self::pieces(memory, pass.batch);
        self.left.forward(pass_of(pass, 0), input, &mut left.memory(partial));
        self.right.forward(pass_of(pass, 1), input, &mut right.memory(partial));
        let left = &left.activations[scaled(&A::LOGITS, pass.batch)];
        let right = &right.activations[scaled(&B::LOGITS, pass.batch)];
        each_sample(pass, logits, Self::BOTH, |sample, logits| {
            let (first, last) = logits.split_at_mut(Self::LEFT);
            first.copy_from_slice(&left[sample * first.len()..][..first.len()]);
            last.copy_from_slice(&right[sample * last.len()..][..last.len()]);
        });
    }

    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut Self::Gradients>,
        input_gradient: Option<&mut [f32]>,
    ) {
        let Pieces { slopes, mut left, mut right, partial, .. } = Self::pieces(memory, pass.batch);
        let slopes = &*slopes;
        let left_slopes = &mut left.activations[scaled(&A::LOGITS_GRADIENT, pass.batch)];
        each_sample(pass, left_slopes, Self::LEFT, |sample, into| {
            into.copy_from_slice(&slopes[sample * Self::BOTH..][..Self::LEFT]);
        });
        let right_slopes = &mut right.activations[scaled(&B::LOGITS_GRADIENT, pass.batch)];
        each_sample(pass, right_slopes, B::Output::FLOATS, |sample, into| {
            into.copy_from_slice(&slopes[sample * Self::BOTH + Self::LEFT..][..B::Output::FLOATS]);
        });
        let (left_pass, right_pass) = (pass_of(pass, 0), pass_of(pass, 1));
        let (by_left, by_right) = match gradients {
            Some(gradients) => (Some(&mut gradients.left), Some(&mut gradients.right)),
            None => (None, None),
        };
        let Some(sums) = input_gradient else {
            self.left.backward_on(left_pass, input, &mut left.memory(partial), by_left, None);
            self.right.backward_on(right_pass, input, &mut right.memory(partial), by_right, None);
            return;
        };
        self.left.backward_on(left_pass, input, &mut left.memory(partial), by_left, Some(&mut *sums));
        let addends = &mut left.activations[..input.len()];
        self.right.backward_on(right_pass, input, &mut right.memory(partial), by_right, Some(&mut *addends));
        join::add_batch(pass, sums, addends);
    }

    fn update_statistics(&mut self, statistics: &[f32]) {
        let (left, right) = statistics.split_at(A::TRAINING.statistics);
        self.left.update_statistics(left);
        self.right.update_statistics(right);
    }
}

impl<A: Network + Plain, B: SameInput<A> + Plain> Quantizable for Parallel<A, B> {
    without_form!(Combination);
}

impl<A: Halvable + Plain, B: Halvable + SameInput<A> + Plain> Halvable for Parallel<A, B> {
    type Halves = Both<A::Halves, B::Halves>;
    type Widened = OneAfterTheOther<A::Widened, (), B::Widened>;

    #[inline(always)]
    fn infer_halves<I: Isa>(halves: &[u16], isa: I, input: &[f32], memory: &mut [f32], widened: &mut [f32]) {
        let (left, right) = halves.split_at(A::PARAMETERS);
        A::infer_halves(left, isa, input, &mut memory[..A::Memory::FLOATS], widened);
        memory.copy_within(A::OUTPUT, 0);
        let memory = &mut memory[A::Output::FLOATS..];
        B::infer_halves(right, isa, input, &mut memory[..B::Memory::FLOATS], widened);
        memory.copy_within(B::OUTPUT, 0);
    }
}
