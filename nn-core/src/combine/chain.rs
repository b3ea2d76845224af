//! One network after the other.

use super::joined::FlowsInto;
use super::memory::{OneAfterTheOther, Piece, Supply, needs_of_both};
use super::parts::{self, Parts, Spans, apply_head, head_backward, pass_of, seed_of};
use crate::assembly::SpanPart;
use crate::cost::{Cost, Costs};
use crate::half::{Both, Halvable};
use crate::head::Head;
use crate::kernel::Isa;
use crate::layer::Pass;
use crate::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds, disjoint, scaled};
use crate::plain::Plain;
use crate::quant::{Combination, Quantizable, without_form};
use crate::shape::Message;
use core::fmt;
use core::ops::Range;

/// `second(first(input))`: the output of the first network, after its last activation, is the input of the second.
///
/// The output must [flow into](FlowsInto) the input. The memory of an inference is that of the larger of the two, with
/// room for what flows between them. In training both keep what they need, and a copy of what flows between them is kept
/// only if the first ends with softmax or sigmoid.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct Chain<A, B>
where
    A: Network<Output: FlowsInto<B::Input>>,
    B: Network,
{
    /// The network that reads the input.
    pub first: A,
    /// The network that reads the output of the first.
    pub second: B,
}

/// The derivatives of a loss by the weights of a [`Chain`].
#[derive(Debug)]
#[repr(C)]
pub struct ChainGradients<A, B> {
    /// By those of the first network.
    pub first: A,
    /// By those of the second network.
    pub second: B,
}

// SAFETY: two values that consist of floats; `repr(C)` adds no padding between types of the alignment of a float or less.
unsafe impl<A: Network<Output: FlowsInto<B::Input>> + Plain, B: Network + Plain> Plain for Chain<A, B> {}

// SAFETY: as for `Chain`.
unsafe impl<A: Plain, B: Plain> Plain for ChainGradients<A, B> {}

impl<A: Network<Output: FlowsInto<B::Input>>, B: Network> fmt::Debug for Chain<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAME_TEXT.as_str())
    }
}

impl<A: Network<Output: FlowsInto<B::Input>>, B: Network> Chain<A, B> {
    const NAME_TEXT: Message = parts::name_of_two("Chain", A::NAME, B::NAME);
}

impl<A: Network<Output: FlowsInto<B::Input>> + Plain, B: Network + Plain> Network for Chain<A, B> {
    type Input = A::Input;
    type Output = B::Output;
    type Memory = OneAfterTheOther<A::Memory, A::Output, B::Memory>;

    const NAME: &'static str = Self::NAME_TEXT.as_str();
    const PARAMETERS: usize = A::PARAMETERS + B::PARAMETERS;
    const MACS: usize = A::MACS + B::MACS;
    const LAYERS: &'static [LayerInfo] = &[parts::info::<A>("first", None), parts::info::<B>("second", None)];
    const COSTS: Costs = parts::costs::<Self>(&[Cost::parts::<A>(1, 0), Cost::parts::<B>(1, size_of::<A::Output>())]);
    const OUTPUT: Range<usize> = A::Output::FLOATS + B::OUTPUT.start..A::Output::FLOATS + B::OUTPUT.end;

    fn weights(&self) -> &[f32] {
        self.floats()
    }

    fn weights_mut(&mut self) -> &mut [f32] {
        self.floats_mut()
    }

    fn initialize(&mut self, seed: u64) {
        self.first.initialize(seed_of(seed, 0));
        self.second.initialize(seed_of(seed, 1));
    }

    #[inline(always)]
    fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
        self.first.infer_on(isa, input, &mut memory[..A::Memory::FLOATS]);
        memory.copy_within(A::OUTPUT, 0);
        let (between, memory) = memory.split_at_mut(A::Output::FLOATS);
        self.second.infer_on(isa, between, &mut memory[..B::Memory::FLOATS]);
    }
}

/// The memory of a training pass: that of the first network, what flows between them, that of the second.
struct Pieces<'a> {
    first: Piece<'a>,
    between: &'a mut [f32],
    second: Piece<'a>,
    partial: &'a mut [f32],
}

impl<A: Trainable<Output: FlowsInto<B::Input>> + Plain, B: Trainable + Plain> Chain<A, B> {
    /// The floats of each sample that flow between the networks and are not logits as they are.
    const BETWEEN: usize = if A::Head::IDENTITY { 0 } else { A::Output::FLOATS };
    /// Where the activations of the second network begin.
    const SECOND: usize = A::TRAINING.activations + Self::BETWEEN;

    fn pieces<'a>(memory: &'a mut TrainingMemory<'_>, batch: usize) -> Pieces<'a> {
        let (mut supply, partial) = Supply::new(memory, batch);
        let first = supply.piece(A::TRAINING, 0);
        let between = supply.floats(Self::BETWEEN);
        let second = supply.piece(B::TRAINING, 0);
        Pieces { first, between, second, partial }
    }
}

impl<A: Trainable<Output: FlowsInto<B::Input>> + Plain, B: Trainable + Plain> Parts for Chain<A, B> {
    const PARTS: &'static [SpanPart] = &[SpanPart::network::<A>(1), SpanPart::network::<B>(1)];
}

impl<A: Trainable<Output: FlowsInto<B::Input>> + Plain, B: Trainable + Plain> Trainable for Chain<A, B> {
    type Gradients = ChainGradients<A::Gradients, B::Gradients>;
    type Head = B::Head;

    const SPANS: &'static [Span] = Spans::<Self>::SPANS;
    const TRAINING: TrainingNeeds = TrainingNeeds {
        activations: Self::SECOND + B::TRAINING.activations,
        ..needs_of_both(A::TRAINING, B::TRAINING)
    };
    const LOGITS: Range<usize> = Self::SECOND + B::LOGITS.start..Self::SECOND + B::LOGITS.end;
    const LOGITS_GRADIENT: Range<usize> =
        Self::SECOND + B::LOGITS_GRADIENT.start..Self::SECOND + B::LOGITS_GRADIENT.end;

    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
        let Pieces { mut first, between, mut second, partial } = Self::pieces(memory, pass.batch);
        self.first.forward(pass_of(pass, 0), input, &mut first.memory(partial));
        let logits = &first.activations[scaled(&A::LOGITS, pass.batch)];
        let between = if A::Head::IDENTITY {
            logits
        } else {
            between.copy_from_slice(logits);
            apply_head::<A>(pass, between);
            between
        };
        self.second.forward(pass_of(pass, 1), between, &mut second.memory(partial));
    }

    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut Self::Gradients>,
        input_gradient: Option<&mut [f32]>,
    ) {
        let Pieces { mut first, between, mut second, partial } = Self::pieces(memory, pass.batch);
        let (by_first, by_second) = match gradients {
            Some(gradients) => (Some(&mut gradients.first), Some(&mut gradients.second)),
            None => (None, None),
        };
        // Nobody may read the derivatives by what flows between the networks.
        let read = (by_first.is_some() && A::Gradients::FLOATS > 0) || input_gradient.is_some();
        let ranges = [scaled(&A::LOGITS, pass.batch), scaled(&A::LOGITS_GRADIENT, pass.batch)];
        let [logits, slopes] = disjoint(first.activations, ranges);
        let between = if A::Head::IDENTITY { logits } else { between };
        let wanted = if read { Some(&mut *slopes) } else { None };
        let memory = &mut second.memory(partial);
        self.second.backward_on(pass_of(pass, 1), between, memory, by_second, wanted);
        if !read {
            return;
        }
        if !A::Head::IDENTITY {
            head_backward::<A>(pass, between, slopes);
        }
        let memory = &mut first.memory(partial);
        self.first.backward_on(pass_of(pass, 0), input, memory, by_first, input_gradient);
    }

    fn update_statistics(&mut self, statistics: &[f32]) {
        let (first, second) = statistics.split_at(A::TRAINING.statistics);
        self.first.update_statistics(first);
        self.second.update_statistics(second);
    }
}

impl<A: Network<Output: FlowsInto<B::Input>> + Plain, B: Network + Plain> Quantizable for Chain<A, B> {
    without_form!(Combination);
}

impl<A: Halvable<Output: FlowsInto<B::Input>> + Plain, B: Halvable + Plain> Halvable for Chain<A, B> {
    type Halves = Both<A::Halves, B::Halves>;
    type Widened = OneAfterTheOther<A::Widened, (), B::Widened>;

    #[inline(always)]
    fn infer_halves<I: Isa>(halves: &[u16], isa: I, input: &[f32], memory: &mut [f32], widened: &mut [f32]) {
        let (first, second) = halves.split_at(A::PARAMETERS);
        A::infer_halves(first, isa, input, &mut memory[..A::Memory::FLOATS], widened);
        memory.copy_within(A::OUTPUT, 0);
        let (between, memory) = memory.split_at_mut(A::Output::FLOATS);
        B::infer_halves(second, isa, between, &mut memory[..B::Memory::FLOATS], widened);
    }
}
