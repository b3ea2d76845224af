//! Neural networks declared in Rust source. If the shapes do not fit, it does not compile. If it compiles, the same type
//! trains on the desktop and runs on a microcontroller without a heap.

#![cfg_attr(not(feature = "std"), no_std)]

pub mod combine;
pub mod custom;
#[cfg(feature = "std")]
pub mod data;
#[cfg(feature = "std")]
pub mod error;
#[cfg(feature = "std")]
mod extension;
#[cfg(feature = "std")]
pub mod files;
#[cfg(feature = "std")]
mod gradient_check;
#[cfg(feature = "std")]
mod history;
pub mod prelude;
#[cfg(feature = "std")]
mod progress;
#[cfg(feature = "std")]
mod quantized;
#[cfg(feature = "std")]
mod share;
#[cfg(feature = "std")]
pub mod threads;
#[cfg(feature = "std")]
pub mod trainer;

#[cfg(feature = "std")]
pub use data::{dataset::Dataset, sources as datasets};
#[cfg(feature = "std")]
pub use error::{Error, Result};
#[cfg(feature = "std")]
pub use extension::{HalfExt, NetworkExt, QuantizedBatchExt, QuantizedExt};
#[cfg(feature = "std")]
pub use gradient_check::{GradientReport, TensorReport, check_gradients};
#[cfg(feature = "std")]
pub use history::{History, Score};
pub use nn_core::class::{Class, OutOfRange};
pub use nn_core::{
    class, cost, half, head, initializer, interop, kernel, layer, loss, metric, network, optimizer, plain, quant,
    random, schedule, shape, stored, summary, team, tensor, weights, workspace,
};
#[cfg(feature = "std")]
pub use trainer::{
    CheckpointProblem, EarlyStopping, Epoch, ReduceLrOnPlateau, Trainer, TrainingProblem, input_gradient, predict_batch,
};

/// Declares a network: a struct of its weights whose shapes the compiler checks.
#[macro_export]
macro_rules! network {
    ($($declaration:tt)*) => {
        $crate::__private::network! { [$crate] $($declaration)* }
    };
}

/// A constant expression: the network whose weights are in a file, laid out by the compiler.
///
/// `include_weights!(Digits, "digits.safetensors")` is of type `Digits`, and a `static` of it lies in flash, takes no RAM,
/// and is not copied when the program starts. The path is relative to the folder of the crate's `Cargo.toml`. The file
/// is one that [`save`](NetworkExt::save) wrote, or any safetensors file of 32-bit floats with the same names; order and
/// alignment do not matter. Names, shapes and layers are compared with the declaration by the compiler, and the
/// program is built anew when the file changes.
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     struct Digits: [64] -> [10] {
///         hidden: Dense(32, activation = relu),
///         digit:  Dense(10, activation = softmax),
///     }
/// }
///
/// static NET: Digits = include_weights!(Digits, "examples/firmware/weights/mlp.safetensors");
///
/// let mut workspace = Workspace::new();
/// let probabilities = NET.infer(&[0.0; 64], &mut workspace);
/// assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// ```
#[macro_export]
macro_rules! include_weights {
    ($($arguments:tt)*) => {
        $crate::__private::include_weights! { [$crate] $($arguments)* }
    };
}

/// What the code that `network!` writes may name.
#[doc(hidden)]
pub mod __private {
    pub use core::default::Default;
    pub use core::fmt::{Debug, Formatter, Result as FmtResult};
    pub use core::include_bytes;
    pub use core::mem::offset_of;
    pub use core::ops::Range;
    pub use core::option::Option;
    pub use core::slice::{from_mut, from_ref};
    pub use nn_core::assembly::{
        SavedPlan, SpanList, SpanPart, assert_layout, block_info, check_weights, floats_of, input_shape,
        is_network_trained, is_trained, layer_info, output_shape, split, total_macs,
    };
    pub use nn_core::budget;
    pub use nn_core::cost::{Cost, Costs};
    pub use nn_core::half;
    pub use nn_core::head;
    pub use nn_core::initializer::{Initializer, Initializers};
    pub use nn_core::kernel::Isa;
    pub use nn_core::layer::{self, Backward, InPlace, Layer, Needs, Pass, Saved};
    pub use nn_core::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds};
    pub use nn_core::plain::Plain;
    pub use nn_core::quant;
    pub use nn_core::random::Random;
    pub use nn_core::shape::{Padding, Shape, Window, rule};
    pub use nn_core::stored;
    pub use nn_core::workspace::{Buffer, Plan};
    pub use nn_core::{join, nested};
    pub use nn_macros::{include_weights, network};
}

/// The programs of the README are tests too, and so are those of the pages on the language and on layers.
#[cfg(all(doctest, feature = "std"))]
mod documents {
    #[doc = include_str!("../README.md")]
    struct Readme;

    #[doc = include_str!("../docs/language.md")]
    struct Language;

    #[doc = include_str!("../docs/firmware.md")]
    struct Firmware;

    #[doc = include_str!("../docs/adding-a-layer.md")]
    struct AddingALayer;
}
