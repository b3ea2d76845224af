//! typednet

#[cfg(feature = "std")]
pub mod data;
#[cfg(feature = "std")]
pub mod error;
#[cfg(feature = "std")]
pub mod files;
#[cfg(feature = "std")]
mod history;
#[cfg(feature = "std")]
mod progress;
#[cfg(feature = "std")]
pub mod threads;
#[cfg(feature = "std")]
pub mod trainer;

#[cfg(feature = "std")]
pub use data::{dataset::Dataset, sources as datasets};
#[cfg(feature = "std")]
pub use error::{Error, Result};
#[cfg(feature = "std")]
pub use history::{History, Score};
#[cfg(feature = "std")]
pub use trainer::{
    CheckpointProblem, EarlyStopping, Epoch, ReduceLrOnPlateau, Trainer, TrainingProblem, input_gradient, predict_batch,
};
