//! The layers: one file each, with its weights, its settings, its forward and its backward pass side by side.
//!
//! A layer is a value that holds its weights and nothing else, so that a network is a plain block of floats. What is
//! not a weight (strides, rates, the sizes of the image) is its [`Layer::Settings`], a constant of the network.

pub mod activation;
pub mod avg_pool2d;
pub mod batch_norm;
pub mod bias;
mod blocks;
pub mod conv2d;
mod convolving;
pub mod dense;
pub mod depthwise_conv2d;
pub mod dropout;
pub mod finished;
pub mod global_avg_pool2d;
pub mod global_max_pool2d;
#[cfg(test)]
pub(crate) mod gradient_check;
pub mod max_pool2d;
pub mod max_pooled;
pub mod normalized;

mod identity;
mod missing;
mod samples;
mod settings;
mod weights;

use crate::half;
use crate::kernel::Isa;
use crate::plain::Plain;
use crate::random::Random;
use crate::shape::Shape;
use crate::team::Team;

pub use activation::{Activation, Function};
pub use avg_pool2d::AvgPool2d;
pub use batch_norm::{BatchNorm, BatchNormGradient};
pub use conv2d::Conv2d;
pub use dense::Dense;
pub use depthwise_conv2d::DepthwiseConv2d;
pub use dropout::Dropout;
pub use finished::Finished;
pub use global_avg_pool2d::GlobalAvgPool2d;
pub use global_max_pool2d::GlobalMaxPool2d;
pub use identity::{Flatten, Identity, Reshape};
pub use max_pool2d::MaxPool2d;
pub use max_pooled::MaxPooled;
#[doc(hidden)]
pub use missing::{Choose, Chosen, Missing, MissingSettings, NotLayer, Probe};
pub use normalized::Normalized;
pub use settings::Settings;

/// A tensor of weights within a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeightInfo {
    /// Its name, as in Keras: `kernel`, `bias`, `gamma`.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Whether training changes it by gradients; moving statistics are not trained.
    pub trained: bool,
}

/// What a layer needs of the memory of a pass, and what it costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Multiply-accumulate operations for one sample.
    pub macs: usize,
    /// Bytes saved from the forward to the backward pass for each sample: where a maximum was found.
    pub positions: usize,
    /// Floats saved from the forward to the backward pass for the whole batch: a batch's statistics, or a kernel transformed.
    pub statistics: usize,
    /// Floats of partial sums for each of the [`crate::team::blocks`] into which a batch is cut.
    pub partial: usize,
}

impl Needs {
    /// Nothing at all: what a layer needs that only changes a shape.
    pub const NONE: Self = Self { macs: 0, positions: 0, statistics: 0, partial: 0 };
}

/// Whether a pass trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As at inference: nothing is dropped, moving statistics are used.
    Inference,
    /// As in training: values are dropped, the batch's own statistics are used.
    Training {
        /// What dropout draws from: a number that is different in every step.
        key: u64,
    },
}

/// What every layer's part of a pass has in common.
#[derive(Clone, Copy)]
pub struct Pass<'a> {
    /// Who does the work.
    pub team: &'a dyn Team,
    /// The number of samples.
    pub batch: usize,
    /// Whether the pass trains.
    pub mode: Mode,
}

impl Pass<'_> {
    /// The same pass for a layer that works as at inference.
    pub const fn at_inference(self) -> Self {
        Self { mode: Mode::Inference, ..self }
    }
}

impl core::fmt::Debug for Pass<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pass").field("batch", &self.batch).field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// The memory that a layer's forward pass fills for its backward pass, of the sizes that its [`Needs`] state.
#[derive(Debug, Default)]
pub struct Saved<'a> {
    /// `Needs::positions` bytes for each sample.
    pub positions: &'a mut [u8],
    /// `Needs::statistics` floats.
    pub statistics: &'a mut [f32],
    /// `Needs::partial` floats for each block of the batch; its contents are lost between calls.
    pub partial: &'a mut [f32],
}

/// What a layer's backward pass reads and writes. Slices that the layer has no use for are empty.
#[derive(Debug, Default)]
pub struct Backward<'a> {
    /// The batch that the forward pass read.
    pub input: &'a [f32],
    /// The derivative of the loss by each output.
    pub output_gradient: &'a [f32],
    /// Where to write the derivative of the loss by each input; `None` if nobody reads it.
    pub input_gradient: Option<&'a mut [f32]>,
    /// What the forward pass saved.
    pub saved: Saved<'a>,
}

/// What every layer does. Slices hold samples one behind the other, each in the layout of its shape.
///
/// The slices that a layer is given have exactly the sizes that its settings state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    label = "not a layer",
    note = "a layer of your own is a struct declared with `typednet::weights!` that implements `typednet::layer::Layer`"
)]
pub trait Layer: Plain + Send + Sync {
    /// What is not a weight: the shapes of one sample, strides, rates, initializers.
    type Settings: Copy + Send + Sync + 'static;
    /// The derivative of the loss by the trained weights: the first [`Layer::TRAINED`] floats of the layer.
    type Gradient: Plain;

    /// The tensors of weights, in the order in which they lie in memory; by default the fields of a struct that
    /// [`weights!`](crate::weights) declared, all of them trained.
    const WEIGHTS: &'static [WeightInfo] = <Self as Plain>::TENSORS;
    /// How many floats are trained. They come first in the layer, and pair with those of the gradient.
    const TRAINED: usize = <Self::Gradient as Plain>::FLOATS;

    /// Fills the weights with their initial values; by default with zeros.
    fn initialize(&mut self, settings: &Self::Settings, random: &mut Random) {
        let _ = (settings, random);
        self.floats_mut().fill(0.0);
    }

    /// One sample, as at inference.
    fn infer<I: Isa>(&self, isa: I, settings: &Self::Settings, input: &[f32], output: &mut [f32]);

    /// The floats of memory that [`Layer::infer_half`] needs besides: by default as many as the layer has.
    const WIDENED: usize = Self::FLOATS;

    /// One sample, as at inference, by a layer whose weights are half floats: see [`Half`](crate::half::Half). By default
    /// they are written to `widened`, [`Layer::WIDENED`] floats, and [`Layer::infer`] takes them from there.
    #[inline(always)]
    fn infer_half<I: Isa>(
        weights: &[u16],
        isa: I,
        settings: &Self::Settings,
        input: &[f32],
        output: &mut [f32],
        widened: &mut [f32],
    ) {
        if let Some(layer) = half::widen::<Self, I>(isa, weights, widened) {
            layer.infer(isa, settings, input, output);
        }
    }

    /// A batch; by default each sample as at inference, which is right for layers that do the same in training and save
    /// nothing.
    fn forward(&self, settings: &Self::Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        let _ = saved;
        samples::forward(self, settings, pass, input, output);
    }

    /// The derivatives for the batch that went forward last. Writes every float of `gradient` and of
    /// `backward.input_gradient`, where they are asked for. A frozen layer is asked for no gradient, and then
    /// `backward.input` is empty, except for a user's own layer.
    fn backward(
        &self,
        settings: &Self::Settings,
        pass: Pass<'_>,
        backward: Backward<'_>,
        gradient: Option<&mut Self::Gradient>,
    );

    /// Moves what is learned without a gradient towards the statistics of the batch that went forward last.
    fn update_statistics(&mut self, settings: &Self::Settings, statistics: &[f32]) {
        let _ = (settings, statistics);
    }
}

/// A layer that changes each value where it lies.
pub trait InPlace: Layer {
    /// One sample, as at inference.
    fn infer_in_place<I: Isa>(&self, isa: I, settings: &Self::Settings, data: &mut [f32]);

    /// A batch.
    fn forward_in_place(&self, settings: &Self::Settings, pass: Pass<'_>, data: &mut [f32]);

    /// Turns the derivative by the outputs into that by the inputs. `saved` is the batch of outputs or of inputs,
    /// whichever the settings state, or empty.
    fn backward_in_place(&self, settings: &Self::Settings, pass: Pass<'_>, saved: &[f32], gradient: &mut [f32]);
}
