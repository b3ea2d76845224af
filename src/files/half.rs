//! A network with half floats for weights in a file: the tensors of the network of floats, each value in two bytes.

use crate::error::{Error, Result, WeightsProblem};
use crate::files::tensors::{self, Entry};
use crate::files::weights::{check_weights, metadata, places};
use nn_core::half::{Half, Halvable};
use nn_core::plain::Plain;
use safetensors::Dtype;
use std::path::Path;

/// Writes a network with half floats for weights. The file is whole or not there: it is written under another name, synced
/// and renamed.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be written.
pub fn save_half<N: Halvable + Plain>(net: &Half<N>, path: impl AsRef<Path>) -> Result<()> {
    let entries = places::<N>().into_iter().map(|place| Entry {
        bytes: place.shape.len() * size_of::<u16>(),
        name: place.name,
        kind: "F16",
        shape: place.shape,
    });
    tensors::write(path.as_ref(), &entries.collect::<Vec<_>>(), &metadata::<N>(&[]), |file| {
        let bytes: Vec<u8> = net.weights().iter().flat_map(|half| half.to_le_bytes()).collect();
        file.write_all(&bytes)
    })
}

/// A network on the heap with the half floats of a file. It is never built on the stack.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be read, [`Error::OtherNetwork`] if it does not fit, and [`Error::Weights`] if it is
/// damaged or does not hold half floats.
pub fn load_half<N: Halvable + Plain>(path: impl AsRef<Path>) -> Result<Box<Half<N>>> {
    let file = tensors::read(path.as_ref())?;
    check_weights::<N>(&file)?;
    if let Some(tensor) = file.tensors().iter().find(|tensor| tensor.kind != Dtype::F16) {
        let (tensor, found) = (tensor.name.clone(), tensor.kind.to_string());
        let problem = WeightsProblem::Type { tensor, found, expected: "F16" };
        return Err(Error::Weights { path: path.as_ref().into(), problem });
    }
    let mut net = Half::<N>::zeroed();
    for place in places::<N>() {
        let (Some(tensor), Some(halves)) = (file.find(&place.name), net.weights_mut().get_mut(place.range)) else {
            continue;
        };
        for (half, bytes) in halves.iter_mut().zip(file.bytes(tensor).as_chunks().0) {
            *half = u16::from_le_bytes(*bytes);
        }
    }
    Ok(net)
}
