//! Weights in files: the safetensors format, which Python reads too.
//!
//! A file is written under a temporary name and renamed, and everything in it is checked before the first weight of a
//! network changes.

pub(crate) mod atomic;
pub mod half;
pub mod quantized;
pub mod tensors;
pub mod weights;

pub use half::{load_half, save_half};
pub use quantized::{load_quantized, save_quantized};
pub use tensors::{NamedTensor, StoredTensor, TensorFile, read_tensors, write_tensors};
pub use weights::{assign_weights, check_weights, load, load_weights, save, save_with};
