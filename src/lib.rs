//! typednet

#[cfg(feature = "std")]
pub mod threads;
