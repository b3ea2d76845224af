//! What a first program needs: `use typednet::prelude::*;`.

pub use crate::include_weights;
pub use crate::network;
#[cfg(feature = "std")]
pub use crate::{Dataset, HalfExt, NetworkExt, QuantizedBatchExt, QuantizedExt, Trainer, datasets};
#[cfg(feature = "std")]
pub use crate::{EarlyStopping, ReduceLrOnPlateau};
pub use nn_core::class::Class;
pub use nn_core::half::Half;
pub use nn_core::loss::{
    BinaryCrossentropy, CategoricalCrossentropy, Huber, MeanAbsoluteError, MeanSquaredError,
    SparseCategoricalCrossentropy,
};
pub use nn_core::metric::{Accuracy, BinaryAccuracy, TopKCategoricalAccuracy};
pub use nn_core::network::{Network, Trainable};
pub use nn_core::optimizer::{Adam, AdamW, GradientDescent, Optimizer, RmsProp, Sgd};
pub use nn_core::plain::Plain;
pub use nn_core::quant::Quantized;
pub use nn_core::schedule::{
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay,
    Schedule,
};
pub use nn_core::workspace::Workspace;
