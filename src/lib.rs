//! Neural networks declared in Rust source. If the shapes do not fit, it does not compile. If it compiles, the same type
//! trains on the desktop and runs on a microcontroller without a heap.

#![cfg_attr(not(feature = "std"), no_std)]

pub use nn_core::class::{Class, OutOfRange};
pub use nn_core::{head, initializer, layer, loss, metric, network, optimizer, shape, team, tensor, workspace};

pub mod prelude;

/// Declares a network: a struct of its weights whose shapes the compiler checks.
#[macro_export]
macro_rules! network {
    ($($declaration:tt)*) => {
        $crate::__private::network! { [$crate] $($declaration)* }
    };
}

/// What the code that `network!` writes may name.
#[doc(hidden)]
pub mod __private {
    pub use core::fmt::{Debug, Formatter, Result as FmtResult};
    pub use core::ops::Range;
    pub use core::option::Option;
    pub use nn_core::assembly::{LayerSpan, SavedPlan, SpanList, assert_layout, layer_info, total_macs};
    pub use nn_core::head;
    pub use nn_core::initializer::{Initializer, Initializers};
    pub use nn_core::kernel::Isa;
    pub use nn_core::layer::{self, Backward, InPlace, Layer, Needs, Pass, Saved};
    pub use nn_core::network::{LayerInfo, Network, Span, Trainable, TrainingMemory, TrainingNeeds, disjoint, scaled};
    pub use nn_core::plain::Plain;
    pub use nn_core::random::Random;
    pub use nn_core::shape::{Padding, Shape, Window, rule};
    pub use nn_core::workspace::{Buffer, Plan};
    pub use nn_macros::network;
}
