//! From a network of floats to half floats, and back.

use super::network::{Half, Halvable};
use crate::kernel::dispatch;
use crate::kernel::f16::{Widen, from_f32, to_f32};
use crate::network::LayerInfo;
use crate::plain::{Plain, boxed_zeroed};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

/// A weight is too large for a half float, infinite or not a number.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "`{tensor}` holds {value}, and half floats reach from -65504 to 65504; keep the weights small in training, or the \
     network in floats"
)]
pub struct TooLarge {
    /// The tensor, such as `hidden.kernel`.
    pub tensor: String,
    /// The weight.
    pub value: f32,
}

impl<N: Halvable> Half<N> {
    /// The network with each weight rounded to the nearest half float, and of two that are as near to the one whose last bit
    /// is zero. It is never built on the stack.
    ///
    /// Weights of less than 2^-25 in size become zero. That is of no matter for kernels and biases, nor for a variance, to
    /// which the normalization adds its epsilon.
    ///
    /// # Errors
    ///
    /// [`TooLarge`] for the first weight that is 65,520 or more in size, infinite or not a number.
    pub fn round(net: &N) -> Result<Box<Self>, TooLarge> {
        let mut half = Self::zeroed();
        for (index, (half, &value)) in half.weights_mut().iter_mut().zip(net.weights()).enumerate() {
            *half = from_f32(value);
            if !to_f32(*half).is_finite() {
                let tensor = tensor_at(N::LAYERS, "", &mut { index }).unwrap_or_default();
                return Err(TooLarge { tensor, value });
            }
        }
        Ok(half)
    }

    /// The network of floats whose weights are these, on the heap: for training, and for whatever else needs floats.
    pub fn widen(&self) -> Box<N>
    where
        N: Plain,
    {
        let mut net = boxed_zeroed::<N>();
        dispatch(Widen { from: self.weights(), to: net.floats_mut() });
        net
    }

    /// A network on the heap whose every weight is zero. It is never built on the stack.
    pub fn zeroed() -> Box<Self> {
        let mut network = Box::<Self>::new_uninit();
        // SAFETY: the bytes written lie within the allocation, and all bits zero is a valid value of half floats.
        unsafe {
            network.as_mut_ptr().write_bytes(0, 1);
            network.assume_init()
        }
    }
}

/// The name of the tensor that has a weight of this number; what the layers before it have is taken off the number.
fn tensor_at(layers: &[LayerInfo], prefix: &str, index: &mut usize) -> Option<String> {
    for layer in layers {
        for weight in layer.weights {
            if *index < weight.shape.len() {
                return Some(format!("{prefix}{}.{}", layer.name, weight.name));
            }
            *index -= weight.shape.len();
        }
        for number in 0..layer.repeated.unwrap_or(1) {
            let inside = match layer.repeated {
                Some(_) => format!("{prefix}{}.{number}.", layer.name),
                None => format!("{prefix}{}.", layer.name),
            };
            if let Some(name) = tensor_at(layer.children, &inside, index) {
                return Some(name);
            }
        }
    }
    None
}
