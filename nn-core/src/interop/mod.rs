//! Types of other crates, each behind a feature of the crate's name.

#[cfg(feature = "nalgebra")]
pub mod nalgebra;
