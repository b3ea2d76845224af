//! Networks as int8 networks: what `network!` writes for each, and what a user has of it.

use super::array::{self, Int8Array};
use super::form::FormTensor;
use super::operation::Step;
use super::{Contents, Form, FormPart, Kind, Quantization, Rounding};
use crate::cost::{Cost, Costs};
use crate::kernel::{Isa, Job, dispatch};
use crate::network::{LayerInfo, Network};
use crate::plain::Plain;
use crate::shape::Shape;
use crate::summary::Int8Summary;
use crate::tensor::Tensor;
use crate::workspace::{Inference, Workspace};
use core::fmt;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::ops::Range;

/// A network whose layers have int8 forms: `network!` implements it beside [`Network`].
///
/// Whether they all have one is what [`Supported`] says of [`Quantizable::Layers`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be quantized",
    note = "networks that are declared with `network!` can, if each of their layers has an int8 form"
)]
pub trait Quantizable: Network {
    /// The prepared weights and constants of all operations.
    #[doc(hidden)]
    type Form: Form;
    /// What is inside: see [`Supported`].
    #[doc(hidden)]
    type Layers;
    /// The bytes of a [`Workspace`].
    #[doc(hidden)]
    type Int8Memory: Int8Array + fmt::Debug;
    /// The bytes that no plan of the workspace could do without.
    #[doc(hidden)]
    const INT8_LOWER_BOUND: usize;
    /// Where the output lies in the memory of a workspace.
    #[doc(hidden)]
    const INT8_OUTPUT: Range<usize>;
    /// What each layer takes of a chip.
    #[doc(hidden)]
    const INT8_LAYERS: &'static [Cost];
    /// Whether each layer has an int8 form: what [`Supported`] says of [`Quantizable::Layers`], as a constant.
    #[doc(hidden)]
    const IS_SUPPORTED: bool;

    /// Shows each operation to a visitor, in the order of inference.
    #[doc(hidden)]
    fn visit<V: Visitor>(&self, form: &mut Self::Form, visitor: &mut V);

    /// One inference on an instruction set, in the memory of a workspace.
    #[doc(hidden)]
    fn infer_int8<I: Isa>(form: &Self::Form, isa: I, rounding: Rounding, input: &[i8], memory: &mut [i8]);
}

/// The layers of a `repeat`, which give the shape that they take.
#[doc(hidden)]
pub trait Repeated: Quantizable {
    /// The bytes of memory for an inference besides the data.
    const BYTES: usize;

    /// One inference on an instruction set: what the layers give takes the place of what they take.
    fn infer_int8_in_place<I: Isa>(form: &Self::Form, isa: I, rounding: Rounding, data: &mut [i8], memory: &mut [i8]);
}

/// Layers that all have int8 forms: [`Int8Layers`], and pairs of what is supported.
#[diagnostic::on_unimplemented(
    message = "a network with a `{Self}` inside cannot be quantized",
    label = "has a `{Self}` inside, which has no int8 form",
    note = "declare the network without it, or run it in floats"
)]
pub trait Supported {}

/// Layers of typednet, which all have int8 forms.
#[derive(Debug)]
pub struct Int8Layers;

/// A layer of the user's own, which has no int8 form.
#[derive(Debug)]
pub struct CustomLayer;

/// A combination of networks that was not declared, which has no int8 form.
#[derive(Debug)]
pub struct Combination;

impl Supported for Int8Layers {}

#[diagnostic::do_not_recommend]
impl<A: Supported, B: Supported> Supported for (A, B) {}

/// Looks at the operations of a network one after the other.
pub trait Visitor {
    /// An operation.
    fn step<S: Step>(&mut self, place: Place<'_>, step: &S, form: &mut S::Form);

    /// Networks inside, which run one after the other.
    fn networks<N: Quantizable>(&mut self, place: Place<'_>, networks: &[N], forms: &mut [N::Form]);

    /// The value that the network gives, after its last operation.
    fn finish(&mut self, output: usize);
}

/// Where an operation stands in its network.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its name.
    pub name: &'static str,
    /// The values that it reads; 0 is the network's input.
    pub inputs: &'a [usize],
    /// The value that it gives.
    pub output: usize,
    /// How many numbers that has.
    pub len: usize,
}

/// How products with multipliers are rounded, as a type: so it is known when the network is compiled.
pub trait RoundingMode: Copy + Default + fmt::Debug + Send + Sync + 'static {
    /// The same as a value.
    const ROUNDING: Rounding;
}

/// [`Rounding::Double`], as TensorFlow Lite Micro and CMSIS-NN round unless they are built otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct DoubleRounding;

/// [`Rounding::Single`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SingleRounding;

impl RoundingMode for DoubleRounding {
    const ROUNDING: Rounding = Rounding::Double;
}

impl RoundingMode for SingleRounding {
    const ROUNDING: Rounding = Rounding::Single;
}

/// A network in bytes: weights, activations, input and output are int8, sums are 32-bit words, and no float is computed.
///
/// The scheme is TFLite's: weights are symmetric with a scale for each output channel, activations have a scale and a zero
/// point. Multipliers, bounds and biases are prepared when the network is quantized. `R` is how products with multipliers
/// are rounded.
///
/// It is made by [`Quantized::calibrate`] from a trained network and a few hundred samples. Then, and when it is loaded, its
/// weights are put in the order in which the processor reads them fastest; files have one order.
#[repr(C)]
pub struct Quantized<N: Quantizable, R = DoubleRounding> {
    pub(super) form: N::Form,
    pub(super) input: Quantization,
    pub(super) output: Quantization,
    pub(super) rounding: PhantomData<R>,
}

// SAFETY: the form by its own contract; quantizations are a float and a byte.
unsafe impl<N: Quantizable, R: RoundingMode> Form for Quantized<N, R> {
    const CONTENTS: Contents = Contents {
        tensors: &[
            scale("input_scale", offset_of!(Self, input) + offset_of!(Quantization, scale)),
            FormTensor::byte("input_zero_point", offset_of!(Self, input) + offset_of!(Quantization, zero_point)),
            scale("output_scale", offset_of!(Self, output) + offset_of!(Quantization, scale)),
            FormTensor::byte("output_zero_point", offset_of!(Self, output) + offset_of!(Quantization, zero_point)),
        ],
        parts: &[FormPart::one::<N::Form>("", offset_of!(Self, form))],
    };
}

/// A single scale.
const fn scale(name: &'static str, offset: usize) -> FormTensor {
    FormTensor { name, kind: Kind::Scale, shape: Shape::SCALAR, offset }
}

/// The bytes of an inference, from a whole word on.
#[derive(Debug)]
#[repr(C, align(4))]
pub struct Memory<M>(M);

// SAFETY: the memory consists of bytes.
unsafe impl<N: Quantizable, R: RoundingMode> Inference for Quantized<N, R> {
    type Memory = Memory<N::Int8Memory>;
}

/// The input of an int8 network.
pub type Int8Input<N> = <<N as Network>::Input as Tensor>::Int8;
/// The output of an int8 network.
pub type Int8Output<N> = <<N as Network>::Output as Tensor>::Int8;

impl<N: Quantizable, R: RoundingMode> Quantized<N, R> {
    /// The name under which the network was declared.
    pub const NAME: &'static str = N::NAME;
    /// The number of weights of the network before it was quantized.
    pub const PARAMETERS: usize = N::PARAMETERS;
    /// The multiply-accumulate operations of one inference.
    pub const MACS: usize = N::MACS;
    /// The bytes of the weights and of all that was prepared.
    pub const WEIGHT_BYTES: usize = <Self as Form>::BYTES;
    /// The bytes that an inference needs besides weights and input.
    pub const WORKSPACE_BYTES: usize = size_of::<Workspace<Self>>();
    /// The bytes that no plan of the workspace could do without.
    pub const WORKSPACE_LOWER_BOUND: usize = N::INT8_LOWER_BOUND;
    /// The layers of the declaration, in order.
    pub const LAYERS: &'static [LayerInfo] = N::LAYERS;
    /// What the network takes of a chip, and each of its layers.
    pub const COSTS: Costs = costs::<N>();

    /// The table of the layers: multiply-accumulate operations, and the bytes of flash and RAM.
    pub const fn summary() -> Int8Summary<N>
    where
        N::Layers: Supported,
    {
        Int8Summary::new()
    }

    /// What the network says of one sample. Allocates nothing; all that it writes is the workspace.
    #[inline]
    pub fn infer<'w>(&self, input: &Int8Input<N>, workspace: &'w mut Workspace<Self>) -> &'w Int8Output<N> {
        dispatch(Infer { network: self, input, memory: &mut workspace.memory.0 });
        match array::view(&workspace.memory.0.bytes()[N::INT8_OUTPUT]) {
            Some(output) => output,
            None => unreachable!("the output has the length that the plan states"),
        }
    }

    /// What the network says of one sample, with a workspace made for the occasion: on the heap if it is larger than
    /// 4 KiB and there is a heap, else on the stack.
    pub fn predict(&self, input: &Int8Input<N>) -> Int8Output<N> {
        #[cfg(feature = "alloc")]
        if Self::WORKSPACE_BYTES > 4096 {
            return *self.infer(input, &mut Workspace::boxed());
        }
        *self.infer(input, &mut Workspace::new())
    }

    /// The same from and to floats.
    pub fn predict_f32(&self, input: &N::Input) -> N::Output {
        self.dequantize(&self.predict(&self.quantize(input)))
    }

    /// An input in bytes.
    pub fn quantize(&self, input: &N::Input) -> Int8Input<N> {
        let mut bytes = Int8Input::<N>::zeros();
        for (byte, real) in bytes.bytes_mut().iter_mut().zip(input.floats()) {
            *byte = self.input.quantize(*real);
        }
        bytes
    }

    /// An output in floats.
    pub fn dequantize(&self, output: &Int8Output<N>) -> N::Output {
        let mut reals = N::Output::ZERO;
        for (real, byte) in reals.floats_mut().iter_mut().zip(output.bytes()) {
            *real = self.output.dequantize(*byte);
        }
        reals
    }

    /// What the bytes of the input stand for.
    pub const fn input_quantization(&self) -> Quantization {
        self.input
    }

    /// What the bytes of the output stand for.
    pub const fn output_quantization(&self) -> Quantization {
        self.output
    }
}

impl<N: Quantizable, R> fmt::Debug for Quantized<N, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quantized<{}>", N::NAME)
    }
}

/// One inference, to be compiled for each instruction set. Input and memory are not slices yet, so that the compiler knows
/// their lengths.
struct Infer<'a, N: Quantizable, R> {
    network: &'a Quantized<N, R>,
    input: &'a Int8Input<N>,
    memory: &'a mut N::Int8Memory,
}

impl<N: Quantizable, R: RoundingMode> Job for Infer<'_, N, R> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        N::infer_int8(&self.network.form, isa, R::ROUNDING, self.input.bytes(), self.memory.bytes_mut());
    }
}

/// What an int8 network takes of a chip.
pub const fn costs<N: Quantizable>() -> Costs {
    let (weight_bytes, workspace_bytes) = (Quantized::<N>::WEIGHT_BYTES, Quantized::<N>::WORKSPACE_BYTES);
    Costs { weight_bytes, workspace_bytes, layers: N::INT8_LAYERS }
}

/// The same for a network of which the layers may have no int8 form.
pub const fn costs_if_supported<N: Quantizable>() -> Option<Costs> {
    if N::IS_SUPPORTED { Some(costs::<N>()) } else { None }
}

/// What a network inside another one takes of a chip, given the bytes in use while it runs.
pub const fn cost<N: Quantizable>(ram: Option<usize>) -> Cost {
    Cost::of::<()>(ram).and::<N::Form>().networks(memory::<N>(), N::INT8_LAYERS)
}

/// The same for `count` times the layers of a `repeat`.
pub const fn cost_of_repeated<N: Repeated>(count: usize, ram: Option<usize>) -> Cost {
    Cost { flash: count * N::Form::BYTES, ..Cost::of::<()>(ram) }.networks(N::BYTES, N::INT8_LAYERS)
}

/// The bytes of memory for an inference of a network inside another one.
pub const fn memory<N: Quantizable>() -> usize {
    size_of::<N::Int8Memory>()
}

/// One sample through a declared network inside another one.
#[inline(always)]
pub fn infer_network<N: Quantizable, I: Isa>(
    [form]: &[N::Form; 1],
    isa: I,
    rounding: Rounding,
    input: &[i8],
    output: &mut [i8],
    memory: &mut [i8],
) {
    N::infer_int8(form, isa, rounding, input, memory);
    output.copy_from_slice(&memory[N::INT8_OUTPUT]);
}

/// One sample through the layers of a `repeat`: what they give takes its place.
#[inline(always)]
pub fn infer_repeated<N: Repeated, I: Isa>(
    forms: &[N::Form],
    isa: I,
    rounding: Rounding,
    data: &mut [i8],
    memory: &mut [i8],
) {
    forms.iter().for_each(|form| N::infer_int8_in_place(form, isa, rounding, data, memory));
}

/// A network without an int8 form.
macro_rules! without_form {
    ($layers:ty) => {
        type Form = crate::quant::operation::Copied;
        type Layers = $layers;
        type Int8Memory = [i8; 0];
        const INT8_LOWER_BOUND: usize = 0;
        const INT8_OUTPUT: core::ops::Range<usize> = 0..0;
        const INT8_LAYERS: &'static [crate::cost::Cost] = &[];
        const IS_SUPPORTED: bool = false;

        fn visit<V: crate::quant::Visitor>(&self, _: &mut Self::Form, _: &mut V) {}

        fn infer_int8<I: crate::kernel::Isa>(_: &Self::Form, _: I, _: crate::quant::Rounding, _: &[i8], _: &mut [i8]) {}
    };
}
pub(crate) use without_form;

#[cfg(feature = "alloc")]
impl<N: Quantizable> Quantizable for alloc::boxed::Box<N> {
    type Form = N::Form;
    type Layers = N::Layers;
    type Int8Memory = N::Int8Memory;
    const INT8_LOWER_BOUND: usize = N::INT8_LOWER_BOUND;
    const INT8_OUTPUT: Range<usize> = N::INT8_OUTPUT;
    const INT8_LAYERS: &'static [Cost] = N::INT8_LAYERS;
    const IS_SUPPORTED: bool = N::IS_SUPPORTED;

    fn visit<V: Visitor>(&self, form: &mut Self::Form, visitor: &mut V) {
        (**self).visit(form, visitor);
    }

    #[inline(always)]
    fn infer_int8<I: Isa>(form: &Self::Form, isa: I, rounding: Rounding, input: &[i8], memory: &mut [i8]) {
        N::infer_int8(form, isa, rounding, input, memory);
    }
}
