//! typednet

#[cfg(feature = "std")]
mod history;
#[cfg(feature = "std")]
mod progress;
#[cfg(feature = "std")]
pub mod threads;

#[cfg(feature = "std")]
pub use history::{History, Score};
