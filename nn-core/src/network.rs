//! What a declared network is: something that infers, and something that trains.

use crate::cost::Costs;
use crate::head::Head;
use crate::kernel::{Isa, Job, dispatch};
use crate::layer::Pass;
use crate::plain::{self, Plain};
use crate::shape::Shape;
use crate::summary::Summary;
use crate::tensor::Tensor;
use crate::workspace::Workspace;
use core::ops::Range;

pub use crate::layer::WeightInfo;

/// The facts of a layer, as `summary()` shows them.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// Its name: the one given to it, or the kind and a number.
    pub name: &'static str,
    /// Its kind, such as `Dense`.
    pub kind: &'static str,
    /// The shape of one sample that it takes.
    pub input: Shape,
    /// The shape of one sample that it gives.
    pub output: Shape,
    /// The number of its weights, those that are not trained by gradients included.
    pub parameters: usize,
    /// The multiply-accumulate operations for one sample.
    pub macs: usize,
    /// Its tensors of weights, in the order in which they lie in memory, before those of its children.
    pub weights: &'static [WeightInfo],
    /// The layers inside a block.
    pub children: &'static [LayerInfo],
    /// For `repeat`, how often the children follow each other, each time with weights of their own: those of the first
    /// are named `0`, those of the second `1`, and so on.
    pub repeated: Option<usize>,
    /// Whether the weights stay as they are in training.
    pub frozen: bool,
}

/// A network: a declared one, or a combination of networks.
///
/// `network!` implements this trait; the methods are what users call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a network",
    label = "not a network",
    note = "networks are declared with `network! {{ struct Name: [inputs] -> [outputs] {{ .. }} }}`"
)]
pub trait Network: Sized + Send + Sync + 'static {
    /// One sample that goes in, such as `[[[f32; 1]; 28]; 28]`.
    type Input: Tensor;
    /// What comes out for one sample, such as `[f32; 10]`.
    type Output: Tensor;
    /// The floats of a [`Workspace`].
    #[doc(hidden)]
    type Memory: Plain + core::fmt::Debug + Send + Sync;

    /// The name under which the network was declared.
    const NAME: &'static str;
    /// The number of weights.
    const PARAMETERS: usize;
    /// The multiply-accumulate operations of one inference.
    const MACS: usize;
    /// The bytes of the weights.
    const WEIGHT_BYTES: usize = Self::PARAMETERS * size_of::<f32>();
    /// The bytes that an inference needs besides weights and input.
    const WORKSPACE_BYTES: usize = size_of::<Self::Memory>();
    /// The bytes that no plan of the workspace could do without: the largest sum of buffers that are needed at once.
    /// [`Network::WORKSPACE_BYTES`] is rarely more.
    const WORKSPACE_LOWER_BOUND: usize = Self::WORKSPACE_BYTES;
    /// The layers, in order.
    const LAYERS: &'static [LayerInfo];
    /// What the network takes of a chip, and each of its layers.
    const COSTS: Costs =
        Costs { weight_bytes: Self::WEIGHT_BYTES, workspace_bytes: Self::WORKSPACE_BYTES, layers: &[] };
    /// The same for [`Quantized<Self>`](crate::quant::Quantized), if each of the layers has an int8 form.
    const INT8_COSTS: Option<Costs> = None;
    /// Where the output lies in the memory of a workspace.
    #[doc(hidden)]
    const OUTPUT: Range<usize>;

    /// All weights as one flat slice, layer by layer, as [`Network::LAYERS`] lists their tensors.
    fn weights(&self) -> &[f32];

    /// All weights as one flat mutable slice.
    fn weights_mut(&mut self) -> &mut [f32];

    /// Gives every weight its initial value, in place. The same seed gives the same bits everywhere.
    fn initialize(&mut self, seed: u64);

    /// One inference on an instruction set, in the memory of a workspace.
    #[doc(hidden)]
    fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]);

    /// What the network says of one sample. Allocates nothing; all that it writes is the workspace.
    #[inline]
    fn infer<'w>(&self, input: &Self::Input, workspace: &'w mut Workspace<Self>) -> &'w Self::Output {
        dispatch(Infer { network: self, input, workspace: &mut *workspace });
        match plain::view(&workspace.memory.floats_mut()[Self::OUTPUT]) {
            Some(output) => output,
            None => unreachable!("the output has the length that the plan states"),
        }
    }

    /// What the network says of one sample, with a workspace made for the occasion: on the heap if it is larger than
    /// 4 KiB and there is a heap, else on the stack.
    fn predict(&self, input: &Self::Input) -> Self::Output {
        #[cfg(feature = "alloc")]
        if Self::WORKSPACE_BYTES > 4096 {
            return *self.infer(input, &mut Workspace::boxed());
        }
        *self.infer(input, &mut Workspace::new())
    }

    /// The tables of the layers: shapes, parameters and multiply-accumulate operations, and the bytes of flash and RAM in
    /// floats and in int8.
    fn summary() -> Summary<Self> {
        Summary::new()
    }
}

/// One inference, to be compiled for each instruction set. Input and workspace are not slices yet, so that the compiler
/// knows their lengths.
struct Infer<'a, N: Network> {
    network: &'a N,
    input: &'a N::Input,
    workspace: &'a mut Workspace<N>,
}

impl<N: Network> Job for Infer<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.network.infer_on(isa, self.input.floats(), self.workspace.memory.floats_mut());
    }
}

/// Neighbouring floats that are trained, and where their derivatives lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The range within [`Network::weights`].
    pub weights: Range<usize>,
    /// The range, of the same length, within the floats of [`Trainable::Gradients`].
    pub gradients: Range<usize>,
}

/// The memory that training needs: the first two for each sample of a batch, the third for a batch of any size, the last
/// for each of the [`crate::team::blocks`] of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainingNeeds {
    /// Floats for each sample: what layers give each other, forward and backward.
    pub activations: usize,
    /// Bytes for each sample: where maxima were found.
    pub positions: usize,
    /// Floats for the batch: the statistics of normalizing layers, and transformed kernels.
    pub statistics: usize,
    /// Floats for each block: partial sums.
    pub partial: usize,
}

impl TrainingNeeds {
    /// The floats of partial sums for a batch.
    pub const fn partial_floats(&self, batch: usize) -> usize {
        self.partial * crate::team::blocks(batch)
    }

    /// All of it in bytes, for a batch.
    pub const fn bytes(&self, batch: usize) -> usize {
        let floats = self.activations * batch + self.statistics + self.partial_floats(batch);
        floats * size_of::<f32>() + self.positions * batch
    }
}

/// Memory for the training passes of a batch, of the sizes that [`TrainingNeeds`] states or larger.
#[derive(Debug)]
pub struct TrainingMemory<'a> {
    /// `activations * batch` floats.
    pub activations: &'a mut [f32],
    /// `positions * batch` bytes.
    pub positions: &'a mut [u8],
    /// `statistics` floats.
    pub statistics: &'a mut [f32],
    /// `partial * blocks(batch)` floats.
    pub partial: &'a mut [f32],
}

impl TrainingMemory<'_> {
    /// The outputs of a forward pass before the head, and where the loss writes its derivatives by them: both for the
    /// whole batch, sample after sample.
    pub fn logits<N: Trainable>(&mut self, batch: usize) -> (&mut [N::Output], &mut [N::Output]) {
        let [logits, gradient] =
            disjoint(self.activations, [scaled(&N::LOGITS, batch), scaled(&N::LOGITS_GRADIENT, batch)]);
        (as_values(logits), as_values(gradient))
    }
}

/// A flat slice as whole values; what is left over at the end is left out.
fn as_values<T: Plain>(floats: &mut [f32]) -> &mut [T] {
    let count = floats.len() / T::FLOATS.max(1);
    // SAFETY: `count` values of `T` are `count * FLOATS` floats, which the slice has; the alignment of `f32` is enough
    // and every bit pattern is valid.
    unsafe { core::slice::from_raw_parts_mut(floats.as_mut_ptr().cast(), count) }
}

/// A network that can be trained: `network!` implements it beside [`Network`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be trained",
    note = "networks declared with `network!` can, and so can combinations of them"
)]
pub trait Trainable: Network {
    /// The derivatives of the loss by the trained weights, with the fields of the network.
    type Gradients: Plain + Send + Sync;
    /// What the last layer ends with: it is left to the loss, which knows a better form of the two together.
    type Head: Head;

    /// The trained weights and their derivatives, as few ranges as possible.
    const SPANS: &'static [Span];
    /// The memory of the passes.
    const TRAINING: TrainingNeeds;
    /// The bytes that a training step on one sample needs besides the weights: the derivatives by them, and what the
    /// passes save and give each other. Frozen layers have no derivatives, and save nothing for them. What an optimizer
    /// remembers is not in it: [`Optimizer::slots`](crate::optimizer::Optimizer::slots) floats for each trained weight.
    const TRAINING_BYTES: usize = Self::TRAINING.bytes(1) + size_of::<Self::Gradients>();
    /// Where the outputs before the head lie in the activations, in floats for each sample.
    #[doc(hidden)]
    const LOGITS: Range<usize>;
    /// Where the derivatives by them lie.
    #[doc(hidden)]
    const LOGITS_GRADIENT: Range<usize>;

    /// A batch forward, up to the head: the results are [`TrainingMemory::logits`]. `input` holds `pass.batch` samples.
    fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>);

    /// The batch that went forward last, backward: from [`TrainingMemory::logits`]' derivatives to `gradients`, every
    /// float of which is written.
    fn backward(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: &mut Self::Gradients,
    ) {
        self.backward_on(pass, input, memory, Some(gradients), None);
    }

    /// Like [`Trainable::backward`], with the derivatives by the input too: `input_gradient` holds as many floats as
    /// `input`.
    fn backward_to_input(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: &mut Self::Gradients,
        input_gradient: &mut [f32],
    ) {
        self.backward_on(pass, input, memory, Some(gradients), Some(input_gradient));
    }

    /// Backward to the weights, to the input, or to both: a network that is frozen within another one is asked for no
    /// derivatives by its weights.
    #[doc(hidden)]
    fn backward_on(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        memory: &mut TrainingMemory<'_>,
        gradients: Option<&mut Self::Gradients>,
        input_gradient: Option<&mut [f32]>,
    );

    /// Moves what is learned without gradients (the moving statistics of normalizing layers) towards the batch that went
    /// forward last: `statistics` are those of [`TrainingMemory`].
    fn update_statistics(&mut self, statistics: &[f32]);
}

/// The pieces of one slice that lie at `ranges`, which do not overlap.
///
/// Panics if they do: ranges come from a [`crate::workspace::Plan`], which keeps them apart.
#[inline(always)]
pub fn disjoint<const COUNT: usize, T>(slice: &mut [T], ranges: [Range<usize>; COUNT]) -> [&mut [T]; COUNT] {
    match slice.get_disjoint_mut(ranges) {
        Ok(pieces) => pieces,
        Err(_) => unreachable!("the plan keeps buffers apart and within memory"),
    }
}

/// A range for each sample as the range for a batch.
#[inline(always)]
pub const fn scaled(range: &Range<usize>, batch: usize) -> Range<usize> {
    range.start * batch..range.end * batch
}

#[cfg(feature = "alloc")]
mod boxed {
    use super::*;
    use alloc::boxed::Box;

    #[diagnostic::do_not_recommend]
    impl<N: Network> Network for Box<N> {
        type Input = N::Input;
        type Output = N::Output;
        type Memory = N::Memory;

        const NAME: &'static str = N::NAME;
        const PARAMETERS: usize = N::PARAMETERS;
        const MACS: usize = N::MACS;
        const WORKSPACE_LOWER_BOUND: usize = N::WORKSPACE_LOWER_BOUND;
        const LAYERS: &'static [LayerInfo] = N::LAYERS;
        const COSTS: Costs = N::COSTS;
        const INT8_COSTS: Option<Costs> = N::INT8_COSTS;
        const OUTPUT: Range<usize> = N::OUTPUT;

        fn weights(&self) -> &[f32] {
            (**self).weights()
        }
        fn weights_mut(&mut self) -> &mut [f32] {
            (**self).weights_mut()
        }
        fn initialize(&mut self, seed: u64) {
            (**self).initialize(seed);
        }
        #[inline(always)]
        fn infer_on<I: Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
            (**self).infer_on(isa, input, memory);
        }
    }

    #[diagnostic::do_not_recommend]
    impl<N: Trainable> Trainable for Box<N> {
        type Gradients = N::Gradients;
        type Head = N::Head;

        const SPANS: &'static [Span] = N::SPANS;
        const TRAINING: TrainingNeeds = N::TRAINING;
        const LOGITS: Range<usize> = N::LOGITS;
        const LOGITS_GRADIENT: Range<usize> = N::LOGITS_GRADIENT;

        fn forward(&self, pass: Pass<'_>, input: &[f32], memory: &mut TrainingMemory<'_>) {
            (**self).forward(pass, input, memory);
        }
        fn backward_on(
            &self,
            pass: Pass<'_>,
            input: &[f32],
            memory: &mut TrainingMemory<'_>,
            gradients: Option<&mut Self::Gradients>,
            input_gradient: Option<&mut [f32]>,
        ) {
            (**self).backward_on(pass, input, memory, gradients, input_gradient);
        }
        fn update_statistics(&mut self, statistics: &[f32]) {
            (**self).update_statistics(statistics);
        }
    }
}
