//! Networks with half floats for weights: what `network!` writes for each, and what a user has of it.

use super::array::HalfArray;
use crate::kernel::{Isa, Job, dispatch};
use crate::network::{LayerInfo, Network};
use crate::plain::{self, Plain};
use crate::summary::HalfSummary;
use crate::workspace::{Inference, Workspace};
use core::fmt;

/// A network whose weights can be stored as half floats: `network!` implements it beside [`Network`].
#[diagnostic::on_unimplemented(
    message = "the weights of `{Self}` cannot be stored as half floats",
    note = "those of networks that are declared with `network!` can, and of combinations of them"
)]
pub trait Halvable: Network {
    /// The weights: [`Network::PARAMETERS`] half floats.
    #[doc(hidden)]
    type Halves: HalfArray;
    /// Memory for the weights of a layer that computes with floats alone: as many as the largest of them has.
    #[doc(hidden)]
    type Widened: Plain + fmt::Debug + Send + Sync;

    /// One inference on an instruction set, with these weights, in the memory of a workspace.
    #[doc(hidden)]
    fn infer_halves<I: Isa>(halves: &[u16], isa: I, input: &[f32], memory: &mut [f32], widened: &mut [f32]);
}

/// The layers of a `repeat`, which give the shape that they take.
#[doc(hidden)]
pub trait Repeated: Halvable {
    /// One inference on an instruction set, with these weights: what the layers give takes the place of what they take.
    fn infer_halves_in_place<I: Isa>(halves: &[u16], isa: I, data: &mut [f32], memory: &mut [f32], widened: &mut [f32]);
}

/// A network whose weights are half floats: [IEEE 754's binary16](crate::kernel::f16), two bytes each. Inputs, outputs and
/// all that is computed are floats.
///
/// It is made from a trained network by [`Half::round`], each weight rounded to the nearest half float: by at most 1 part
/// in 2048 of it, or by 2^-25 if the weight is smaller than 2^-14. No sample is needed for that. It infers and is saved,
/// loaded and included like the network that it was made from.
///
/// Dense layers read half floats directly. The weights of other layers become floats in the workspace before each
/// inference of the layer, so that it is larger than that of the network of floats by the largest of these layers.
///
/// ```no_run
/// use nn_core::half::{Half, Halvable, TooLarge};
///
/// fn first_output<N: Halvable<Input = [f32; 4], Output = [f32; 2]>>(net: &N) -> Result<f32, TooLarge> {
///     let half = Half::<N>::round(net)?;
///     Ok(half.predict(&[0.1, 0.2, 0.3, 0.4])[0])
/// }
/// ```
#[repr(transparent)]
pub struct Half<N: Halvable>(N::Halves);

/// The memory of an inference with half floats.
#[derive(Debug)]
#[repr(C)]
pub struct HalfMemory<M, W> {
    memory: M,
    widened: W,
}

// SAFETY: the memory consists of floats.
unsafe impl<N: Halvable> Inference for Half<N> {
    type Memory = HalfMemory<N::Memory, N::Widened>;
}

impl<N: Halvable> Half<N> {
    /// The name under which the network was declared.
    pub const NAME: &'static str = N::NAME;
    /// The number of weights.
    pub const PARAMETERS: usize = N::PARAMETERS;
    /// The multiply-accumulate operations of one inference.
    pub const MACS: usize = N::MACS;
    /// The bytes of the weights.
    pub const WEIGHT_BYTES: usize = size_of::<Self>();
    /// The bytes that an inference needs besides weights and input.
    pub const WORKSPACE_BYTES: usize = size_of::<Workspace<Self>>();
    /// The layers, in order.
    pub const LAYERS: &'static [LayerInfo] = N::LAYERS;

    /// The table of the layers: multiply-accumulate operations, and the bytes of flash and RAM.
    pub const fn summary() -> HalfSummary<N> {
        HalfSummary::new()
    }

    /// All weights as one flat slice of half floats, layer by layer, as [`Half::LAYERS`] lists their tensors.
    pub fn weights(&self) -> &[u16] {
        self.0.halves()
    }

    /// All weights as one flat mutable slice of half floats.
    pub fn weights_mut(&mut self) -> &mut [u16] {
        self.0.halves_mut()
    }

    /// What the network says of one sample. Allocates nothing; all that it writes is the workspace.
    #[inline]
    pub fn infer<'w>(&self, input: &N::Input, workspace: &'w mut Workspace<Self>) -> &'w N::Output {
        dispatch(Infer { network: self, input, workspace: &mut *workspace });
        match plain::view(&workspace.memory.memory.floats()[N::OUTPUT]) {
            Some(output) => output,
            None => unreachable!("the output has the length that the plan states"),
        }
    }

    /// What the network says of one sample, with a workspace made for the occasion: on the heap if it is larger than
    /// 4 KiB and there is a heap, else on the stack.
    pub fn predict(&self, input: &N::Input) -> N::Output {
        #[cfg(feature = "alloc")]
        if Self::WORKSPACE_BYTES > 4096 {
            return *self.infer(input, &mut Workspace::boxed());
        }
        *self.infer(input, &mut Workspace::new())
    }
}

impl<N: Halvable> fmt::Debug for Half<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Half<{}>", N::NAME)
    }
}

/// The same half floats, bit for bit.
impl<N: Halvable> PartialEq for Half<N> {
    fn eq(&self, other: &Self) -> bool {
        self.weights() == other.weights()
    }
}

/// One inference, to be compiled for each instruction set. Input and workspace are not slices yet, so that the compiler
/// knows their lengths.
struct Infer<'a, N: Halvable> {
    network: &'a Half<N>,
    input: &'a N::Input,
    workspace: &'a mut Workspace<Half<N>>,
}

impl<N: Halvable> Job for Infer<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let HalfMemory { memory, widened } = &mut self.workspace.memory;
        N::infer_halves(self.network.weights(), isa, self.input.floats(), memory.floats_mut(), widened.floats_mut());
    }
}

#[cfg(feature = "alloc")]
impl<N: Halvable> Halvable for alloc::boxed::Box<N> {
    type Halves = N::Halves;
    type Widened = N::Widened;

    #[inline(always)]
    fn infer_halves<I: Isa>(halves: &[u16], isa: I, input: &[f32], memory: &mut [f32], widened: &mut [f32]) {
        N::infer_halves(halves, isa, input, memory, widened);
    }
}
