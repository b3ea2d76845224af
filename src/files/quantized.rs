//! An int8 network in a file: what was prepared, as it lies in memory, each tensor under the name of its operation.

use crate::error::{Difference, Error, Result, WeightsProblem};
use crate::files::tensors::{self, Entry, StoredTensor, TensorFile};
use crate::files::weights::{BETWEEN, FORMAT, NETWORK, SIGNATURE, different_layer, signature};
use nn_core::quant::{self, Kind, Quantizable, Quantized, RoundingMode, Supported, TensorOf};
use std::collections::BTreeMap;
use std::path::Path;

/// The key of how products are rounded.
const ROUNDING: &str = "rounding";

/// Writes an int8 network. The file is whole or not there: it is written under another name, synced and renamed.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be written.
pub fn save_quantized<N, R>(net: &Quantized<N, R>, path: impl AsRef<Path>) -> Result<()>
where
    N: Quantizable<Layers: Supported>,
    R: RoundingMode,
{
    let tensors = quant::tensors::<Quantized<N, R>>();
    let entry = |tensor: &TensorOf<_>| Entry {
        name: tensor.name().to_owned(),
        kind: tensor.tensor().kind.name(),
        shape: tensor.tensor().shape,
        bytes: tensor.len(),
    };
    let metadata = BTreeMap::from([
        (FORMAT.to_owned(), "typednet".to_owned()),
        (NETWORK.to_owned(), N::NAME.to_owned()),
        (SIGNATURE.to_owned(), signature::<N>().join(BETWEEN)),
        (ROUNDING.to_owned(), R::ROUNDING.name().to_owned()),
    ]);
    tensors::write(path.as_ref(), &tensors.iter().map(entry).collect::<Vec<_>>(), &metadata, |file| {
        tensors.iter().try_for_each(|tensor| {
            let mut bytes = tensor.bytes(net);
            little_endian(tensor.tensor().kind, &mut bytes);
            file.write_all(&bytes)
        })
    })
}

/// An int8 network on the heap, as it was saved. It is never built on the stack.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be read, [`Error::Weights`] if it is damaged, is not an int8 network, rounds in
/// another way or has a weight of -128, and [`Error::OtherNetwork`] if it does not fit.
pub fn load_quantized<N, R>(path: impl AsRef<Path>) -> Result<Box<Quantized<N, R>>>
where
    N: Quantizable<Layers: Supported>,
    R: RoundingMode,
{
    let file = tensors::read(path.as_ref())?;
    let problem = |problem| Error::Weights { path: path.as_ref().into(), problem };
    if let Some(found) = file.metadata(ROUNDING).filter(|found| *found != R::ROUNDING.name()) {
        return Err(problem(WeightsProblem::Rounding { found: found.to_owned(), expected: R::ROUNDING.name() }));
    }
    let tensors = quant::tensors::<Quantized<N, R>>();
    if let Some(difference) = difference::<N, _>(&file, &tensors) {
        return Err(Error::OtherNetwork {
            path: path.as_ref().into(),
            network: N::NAME,
            saved: file.metadata(NETWORK).map(str::to_owned),
            difference: Box::new(difference),
        });
    }
    let mut net = quant::empty::<Quantized<N, R>>();
    for tensor in &tensors {
        let Some(found) = file.find(tensor.name()) else { continue };
        check(tensor, found, file.bytes(found)).map_err(problem)?;
        let bytes = tensor.bytes_mut(&mut net);
        bytes.copy_from_slice(file.bytes(found));
        little_endian(tensor.tensor().kind, bytes);
    }
    quant::settle(&mut *net);
    Ok(net)
}

fn difference<N: Quantizable, F: quant::Form>(file: &TensorFile, tensors: &[TensorOf<F>]) -> Option<Difference> {
    for wanted in tensors {
        let (tensor, expected) = (wanted.name().to_owned(), wanted.tensor().shape.sizes().to_vec());
        match file.find(wanted.name()) {
            None => return Some(Difference::Missing { tensor, expected }),
            Some(found) if found.sizes != expected => {
                return Some(Difference::Shape { tensor, found: found.sizes.clone(), expected });
            }
            Some(_) => {}
        }
    }
    let surplus = file.tensors().iter().find(|tensor| tensors.iter().all(|wanted| wanted.name() != tensor.name));
    match surplus {
        Some(tensor) => Some(Difference::Surplus { tensor: tensor.name.clone(), found: tensor.sizes.clone() }),
        None => different_layer::<N>(file.metadata(SIGNATURE)?),
    }
}

/// Checks the kind of a tensor and its numbers.
fn check<F: quant::Form>(wanted: &TensorOf<F>, found: &StoredTensor, bytes: &[u8]) -> Result<(), WeightsProblem> {
    let (tensor, kind) = (found.name.clone(), wanted.tensor().kind);
    if found.kind.to_string() != kind.name() || bytes.len() != wanted.len() {
        return Err(WeightsProblem::Type { tensor, found: found.kind.to_string(), expected: kind.name() });
    }
    if !kind.allows(bytes) {
        return Err(WeightsProblem::Numbers { tensor });
    }
    let is_lowest = |byte: &u8| byte.cast_signed() == i8::MIN;
    if let Some(place) = bytes.iter().position(is_lowest).filter(|_| kind == Kind::Weight) {
        return Err(WeightsProblem::Weight { tensor, place, found: i8::MIN, expected: -i8::MAX..=i8::MAX });
    }
    Ok(())
}

/// Between the order of bytes in a file and that of the processor.
fn little_endian(kind: Kind, bytes: &mut [u8]) {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(kind.size()).for_each(<[u8]>::reverse);
    }
}
