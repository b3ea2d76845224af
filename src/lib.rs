//! typednet

#[cfg(feature = "std")]
pub mod data;
#[cfg(feature = "std")]
pub mod error;
#[cfg(feature = "std")]
pub mod files;

#[cfg(feature = "std")]
pub use data::{dataset::Dataset, sources as datasets};
#[cfg(feature = "std")]
pub use error::{Error, Result};
