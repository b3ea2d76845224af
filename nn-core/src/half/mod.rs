//! Networks whose weights are stored as half floats: half the bytes in memory and in files, and faster where memory is what
//! an inference waits for.
//!
//! Only weights are stored so. They become floats as they are read, and all that is computed is floats: a [`Half`] network
//! gives what the network of floats would give with the same rounded weights, bit for bit. [`Half::widen`] is that
//! network.

mod array;
mod network;
mod pass;
#[cfg(feature = "alloc")]
mod rounding;

pub(crate) use pass::widen;

pub use array::{Both, HalfArray};
pub use network::{Half, HalfMemory, Halvable, Repeated};
pub use pass::{Networks, Stored, finished, layer, most, networks, pooled, widened, widened_of_network};
#[cfg(feature = "alloc")]
pub use rounding::TooLarge;

pub use crate::kernel::f16::{MAX, from_f32, to_f32};
