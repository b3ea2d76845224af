//! A network as a graph: the steps that compute it, and the memory in which their values lie.

mod memory;
mod steps;

pub(crate) use memory::{Buffer, Inference, Place, Training};
pub(crate) use steps::{Head, Part, Step, inference, training};
