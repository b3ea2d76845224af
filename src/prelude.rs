//! What a first program needs: `use typednet::prelude::*;`.

pub use crate::network;
pub use nn_core::class::Class;
pub use nn_core::network::{Network, Trainable};
pub use nn_core::workspace::Workspace;
