//! What a network can do where there is a heap and a file system.

use crate::trainer::predict_batch;
use crate::{Result, files, quantized};
use nn_core::half::{Half, Halvable};
use nn_core::network::{Network, Trainable};
use nn_core::plain::{Plain, boxed_zeroed};
use nn_core::quant::{Int8Input, Int8Output, Quantizable, Quantized, RoundingMode, Supported};
use std::path::Path;

/// Networks on the heap and in files: in the prelude, for every declared network.
pub trait NetworkExt: Network + Plain {
    /// A network with initial weights, on the heap. It is never built on the stack, whatever its size. The same seed
    /// gives the same weights on every machine.
    fn boxed(seed: u64) -> Box<Self> {
        let mut network = boxed_zeroed::<Self>();
        network.initialize(seed);
        network
    }

    /// A copy on the heap, made in place whatever its size.
    fn boxed_clone(&self) -> Box<Self> {
        let mut network = boxed_zeroed::<Self>();
        network.weights_mut().copy_from_slice(self.weights());
        network
    }

    /// What the network says of each sample: batches go forward, shared by as many threads as there are processors if
    /// there is enough to do.
    fn predict_batch(&self, inputs: &[Self::Input]) -> Vec<Self::Output>
    where
        Self: Trainable,
    {
        predict_batch(self, inputs)
    }

    /// Writes the weights to a file in the safetensors format, under names such as `hidden.kernel`. The file is whole or
    /// not there: it is written under another name, synced and renamed.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`] if the file cannot be written; then an older file of this name is still there.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        files::save(self, path)
    }

    /// Reads a network from a file.
    ///
    /// # Errors
    ///
    /// An error that names the layer, what was found and what was expected, if the file is not one of this network.
    fn load(path: impl AsRef<Path>) -> Result<Box<Self>> {
        files::load(path)
    }

    /// Reads the weights of this network from a file.
    ///
    /// # Errors
    ///
    /// As for [`NetworkExt::load`]; then no weight has changed.
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<()> {
        files::load_weights(self, path)
    }
}

impl<N: Network + Plain> NetworkExt for N {}

/// Networks with half floats for weights in files: in the prelude.
pub trait HalfExt: Sized {
    /// Writes the weights to a file in the safetensors format, under the names that the network of floats has for them. The
    /// file is whole or not there: it is written under another name, synced and renamed. The network of floats can
    /// [load](NetworkExt::load) it too.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`] if the file cannot be written; then an older file of this name is still there.
    fn save(&self, path: impl AsRef<Path>) -> Result<()>;

    /// Reads a network from a file of half floats.
    ///
    /// # Errors
    ///
    /// An error that names the tensor, what was found and what was expected, if the file is not one of this network.
    fn load(path: impl AsRef<Path>) -> Result<Box<Self>>;
}

impl<N: Halvable + Plain> HalfExt for Half<N> {
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        files::save_half(self, path)
    }

    fn load(path: impl AsRef<Path>) -> Result<Box<Self>> {
        files::load_half(path)
    }
}

/// Int8 networks in files: in the prelude. Those with single rounding have
/// [`save_quantized`](crate::files::save_quantized) and [`load_quantized`](crate::files::load_quantized).
pub trait QuantizedExt: Sized {
    /// Writes the network to a file in the safetensors format. The file is whole or not there: it is written under
    /// another name, synced and renamed.
    ///
    /// # Errors
    ///
    /// [`crate::Error::File`] if the file cannot be written; then an older file of this name is still there.
    fn save(&self, path: impl AsRef<Path>) -> Result<()>;

    /// Reads a network from a file.
    ///
    /// # Errors
    ///
    /// An error that names the tensor, what was found and what was expected, if the file is not one of this network.
    fn load(path: impl AsRef<Path>) -> Result<Box<Self>>;
}

impl<N: Quantizable<Layers: Supported>> QuantizedExt for Quantized<N> {
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        files::save_quantized(self, path)
    }

    fn load(path: impl AsRef<Path>) -> Result<Box<Self>> {
        files::load_quantized(path)
    }
}

/// Many samples at once through int8 networks, however they round: in the prelude.
pub trait QuantizedBatchExt<N: Quantizable> {
    /// What the network says of each sample, byte for byte as [`Quantized::predict`]. Samples are shared by as many threads
    /// as there are processors if there is enough to do.
    ///
    /// ```
    /// use typednet::prelude::*;
    ///
    /// network! { struct Mlp: [4] -> [3] { Dense(8, activation = relu), Dense(3, activation = softmax) } }
    ///
    /// let samples = [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]];
    /// let net = Quantized::<Mlp>::calibrate(&*Mlp::boxed(1), &samples)?;
    /// let inputs = samples.map(|sample| net.quantize(&sample));
    /// let outputs: Vec<[i8; 3]> = net.predict_batch(&inputs);
    /// assert_eq!(outputs, inputs.map(|input| net.predict(&input)));
    /// # Ok::<(), typednet::quant::CalibrationError>(())
    /// ```
    fn predict_batch(&self, inputs: &[Int8Input<N>]) -> Vec<Int8Output<N>>;
}

impl<N: Quantizable, R: RoundingMode> QuantizedBatchExt<N> for Quantized<N, R> {
    fn predict_batch(&self, inputs: &[Int8Input<N>]) -> Vec<Int8Output<N>> {
        quantized::predict_batch(self, inputs)
    }
}
