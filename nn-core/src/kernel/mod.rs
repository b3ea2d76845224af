//! The arithmetic, on slices and sizes. Nothing here knows what a layer or a network is.
//!
//! A kernel is a struct that names its slices and sizes, with one generic body, [`Job::run`]. The body is compiled once
//! for each instruction set: called as `job.run(isa)` it is inlined where it stands, with whatever sizes are constant
//! there; called as `isa.run(job)` it is one function out of line; and [`dispatch`] takes the best instruction set of
//! the processor.

pub mod activation;
pub mod ahead;
pub mod bytes;
pub mod conv2d;
pub mod depthwise;
pub mod elementwise;
pub mod f16;
pub mod finish;
mod geometry;
mod isa;
mod lanes;
pub mod math;
pub mod matrix;
mod nonzero;
pub mod normalization;
mod place;
pub mod pool;
mod singles;
pub mod softmax;
mod stretch;
pub mod vector;
pub mod weight;

pub use geometry::Geometry;
#[cfg(target_arch = "x86_64")]
pub use isa::{Avx2, Avx512, Vnni};
pub use isa::{ByteJob, Cell, Halves, Isa, Job, Level, Portable, Products, dispatch, level};
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
pub use isa::{DotProducts, Neon};
pub(crate) use lanes::MOST_LANES;
