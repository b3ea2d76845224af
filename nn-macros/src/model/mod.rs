//! A network as a tree of layers and blocks, as a graph of steps, and the memory in which the values lie.

mod finished;
mod int8;
mod memory;
mod normalized;
mod path;
mod pooled;
mod steps;
mod tree;
mod unrolled;

pub(crate) use finished::Finished;
pub(crate) use int8::{Int8Graph, Operation, int8};
pub(crate) use memory::{Buffer, Contribution, Inference, Len, Place, Training};
pub(crate) use normalized::Normalized;
pub(crate) use path::Path;
pub(crate) use pooled::Pooled;
pub(crate) use steps::{Graph, Head, Step, Trained, Value, Work, inference, training};
pub(crate) use tree::{Body, Branch, Join, Node, Parent, build};
