//! Layers of one's own: everything that is needed to write one, to be imported at once.
//!
//! `custom` puts a type of yours into a network, wherever a layer can stand: `name: custom my::Layer<8>(arguments)`. Three
//! things make a type a layer.
//!
//! 1. **Its weights**: a struct declared with [`weights!`](crate::weights). Its fields are arrays of floats, and its sizes
//!    const parameters. A layer without weights is declared as `weights! { pub struct Turn; }`.
//! 2. **What the compiler asks**: two inherent functions, which are given the shape that arrives and the arguments that
//!    were written. `const fn output_shape(Shape, ..) -> Shape` says what comes out, [`Shape::UNKNOWN`] if the input does not
//!    fit: then the layer is an error. `const fn settings(Shape, ..) -> Settings` keeps what the passes have to know.
//!    [`Settings`] suits most layers; any other type will do that is `Copy` and has `const fn needs(&self) -> Needs`.
//! 3. **What it computes**: [`Layer`], of which four items are needed and the others have defaults.
//!
//! | Item of `Layer` | What it is | Default |
//! |---|---|---|
//! | `Settings` | what `settings` gives | |
//! | `Gradient` | the derivatives by the trained weights: `Self` if all are trained, `()` if there are none, else a struct of those that are, which come first in the layer | |
//! | `infer` | one sample | |
//! | `backward` | the derivatives of a batch | |
//! | `infer_half` | one sample, with 16-bit floats for weights | `infer`, with the weights made floats before |
//! | `forward` | a batch in training | `infer` for each sample |
//! | `initialize` | the first weights | zeros |
//! | `WEIGHTS` | the tensors in files and summaries | the fields, all trained |
//! | `update_statistics` | what is learned without gradients | nothing |
//!
//! Such a layer is one like any other: its shapes are checked, it is in the summary and in files, it trains or is
//! `#[frozen]`, and it runs without heap. `unsafe` is not needed.
//!
//! # An example
//!
//! A layer that multiplies each channel by a learned factor, whole:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use typednet::custom::*;
//! use typednet::prelude::*;
//!
//! weights! {
//!     /// `output = factor * input`, channel by channel (the last axis).
//!     pub struct Scale<const C: usize> {
//!         /// What each channel is multiplied by.
//!         pub factor: [f32; C],
//!     }
//! }
//!
//! impl<const C: usize> Scale<C> {
//!     pub const fn output_shape(input: Shape, _first: f32) -> Shape {
//!         if input.last() == C { input } else { Shape::UNKNOWN }
//!     }
//!
//!     pub const fn settings(input: Shape, first: f32) -> Settings<f32> {
//!         Settings::new(input, input, first)
//!     }
//! }
//!
//! impl<const C: usize> Layer for Scale<C> {
//!     type Settings = Settings<f32>;
//!     type Gradient = Self;
//!
//!     fn initialize(&mut self, settings: &Settings<f32>, _random: &mut Random) {
//!         self.factor.fill(settings.arguments);
//!     }
//!
//!     #[inline(always)]
//!     fn infer<I: Isa>(&self, _isa: I, _settings: &Settings<f32>, input: &[f32], output: &mut [f32]) {
//!         for (output, input) in output.chunks_exact_mut(C).zip(input.chunks_exact(C)) {
//!             for channel in 0..C {
//!                 output[channel] = self.factor[channel] * input[channel];
//!             }
//!         }
//!     }
//!
//!     fn backward(&self, _: &Settings<f32>, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
//!         let Backward { input, output_gradient, input_gradient, saved } = backward;
//!         if let Some(gradient) = gradient {
//!             pass.sum_samples(saved.partial, &mut gradient.factor, |number, sums| {
//!                 let (input, slopes) = (pass.sample(input, number), pass.sample(output_gradient, number));
//!                 for (index, (input, slope)) in input.iter().zip(slopes).enumerate() {
//!                     sums[index % C] += input * slope;
//!                 }
//!             });
//!         }
//!         if let Some(input_gradient) = input_gradient {
//!             pass.each_sample(input_gradient, |number, input_gradient| {
//!                 let slopes = pass.sample(output_gradient, number);
//!                 for (index, (gradient, slope)) in input_gradient.iter_mut().zip(slopes).enumerate() {
//!                     *gradient = self.factor[index % C] * slope;
//!                 }
//!             });
//!         }
//!     }
//! }
//!
//! network! {
//!     struct Scaled: [4, 4, 2] -> [3] {
//!         Conv2d(8, kernel = 3, activation = tanh),
//!         scale: custom Scale<8>(0.5),
//!         GlobalAvgPool2d,
//!         Dense(3, activation = softmax),
//!     }
//! }
//!
//! let net = Scaled::boxed(1);
//! assert_eq!(net.scale.factor, [0.5; 8]);
//! # #[cfg(feature = "std")] {
//! // Are the derivatives right?
//! let report = typednet::check_gradients(&*net, &[[[[0.5, -0.25]; 4]; 4], [[[0.0, 1.0]; 4]; 4]]);
//! assert!(report.is_right(), "{report}");
//! # }
//! ```
//!
//! # What to keep in mind
//!
//! - Slices hold samples one behind the other, channels last, and have exactly the sizes that the shapes state.
//!   [`Pass::sample`] finds one, [`Pass::each_sample`] writes each, and [`Pass::sum_samples`] adds up what each gives.
//! - `backward` writes every float of `gradient` and of `input_gradient`; it does not add to them. Each is `None` if nobody
//!   reads it: a frozen layer is asked for no `gradient`, and works as at inference. `input` is what went forward.
//! - Results are the same bits for any number of threads. The methods of [`Pass`] see to that; whoever shares work by
//!   [`Pass::team`] directly cuts it by sizes, never by the number of threads, and gives each sum one owner and one order.
//! - [`Needs`] states what a layer costs and what its passes need: `macs` is for the summary; `partial` is memory for sums,
//!   by which [`Pass::sum_samples`] shares its work (as many floats as there are sums; without it one thread adds them);
//!   `positions` and `statistics` are kept from `forward` to `backward`. The input is kept in any case.
//!   `Settings::new(..).needing(Needs { macs: input.len(), partial: C, ..Needs::NONE })` states all of it.
//! - `infer` is compiled for each instruction set if it is `#[inline(always)]` and so is what it calls; `isa` has
//!   operations on vectors.
//! - [`check_gradients`](crate::check_gradients) compares derivatives with differences, and runs the work in another order to
//!   see that no bit changes.

pub use crate::weights;
pub use nn_core::kernel::Isa;
pub use nn_core::layer::{Backward, Layer, Mode, Needs, Pass, Saved, Settings, WeightInfo};
pub use nn_core::plain::Plain;
pub use nn_core::random::Random;
pub use nn_core::shape::Shape;
