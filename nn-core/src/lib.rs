//! Everything of typednet that computes: shapes, kernels, layers, losses, optimizers and the traits of a network.
//!
//! The crate needs neither `std` nor `alloc`: the same code trains on a desktop and runs in firmware. It knows nothing
//! of files, threads, progress bars or data sets; those live in `typednet`.
//!
//! Who may know whom, from the bottom up: [`kernel`] knows slices and sizes; [`layer`] knows [`kernel`] and [`shape`];
//! [`network`] knows [`layer`]. [`loss`], [`metric`] and [`optimizer`] stand beside them.

#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

pub mod assembly;
pub mod budget;
pub mod class;
pub mod combine;
pub mod cost;
pub mod half;
pub mod head;
pub mod initializer;
pub mod interop;
pub mod join;
pub mod kernel;
pub mod layer;
pub mod loss;
pub mod metric;
pub mod nested;
pub mod network;
pub mod optimizer;
pub mod plain;
pub mod quant;
pub mod random;
pub mod schedule;
pub mod shape;
pub mod stored;
pub mod summary;
pub mod team;
pub mod tensor;
pub mod workspace;
