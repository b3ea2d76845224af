//! Data sets: samples in memory, and where to get some.

pub mod dataset;
mod digits;
#[cfg(feature = "download")]
mod download;
pub mod idx;
pub mod input;
pub mod label;
mod places;
pub mod sources;
