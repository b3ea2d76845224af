//! Whole-number arithmetic of int8 networks, the same bytes as TFLite's reference kernels.
//!
//! A tensor of bytes stands for real numbers by its [`Quantization`]. [`prepare`] makes the constants of each operation
//! from those, once; [`kernel`] computes with whole numbers only. An [`operation`] is what a layer becomes, and
//! [`Quantized`] a whole network, made by a [`Calibration`].

mod array;
#[cfg(feature = "alloc")]
mod calibration;
mod form;
mod hard_silu;
#[cfg(feature = "alloc")]
mod histogram;
pub mod kernel;
mod marks;
pub mod multiplier;
mod network;
pub mod operation;
pub mod prepare;
mod quantization;
#[cfg(feature = "alloc")]
mod report;
#[cfg(feature = "alloc")]
mod settle;
#[cfg(feature = "alloc")]
mod tensors;

#[cfg(feature = "alloc")]
mod walk;

pub use array::Int8Array;
#[cfg(feature = "alloc")]
pub use calibration::{Calibration, CalibrationError, Samples, Scheme};
pub use form::{Contents, Form, FormPart, FormTensor, Kind};
#[cfg(feature = "alloc")]
pub use histogram::Range;
pub use marks::SumsPlaces;
pub use multiplier::{Multiplier, Rounding};
pub(crate) use network::without_form;
pub use network::{
    Combination, CustomLayer, DoubleRounding, Int8Input, Int8Layers, Int8Output, Memory, Place, Quantizable, Quantized,
    Repeated, RoundingMode, SingleRounding, Supported, Visitor, cost, cost_of_repeated, costs, costs_if_supported,
    infer_network, infer_repeated, memory,
};
pub use quantization::Quantization;
#[cfg(feature = "alloc")]
pub use report::{LayerReport, Report};
#[cfg(feature = "alloc")]
pub use settle::settle;
#[cfg(feature = "alloc")]
pub use tensors::{TensorOf, tensors};
#[cfg(feature = "alloc")]
pub use walk::empty;
