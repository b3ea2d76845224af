//! The weights of a network in a file, each tensor under the name of its layer.

use crate::error::{Difference, Error, Result, WeightsProblem};
use crate::files::tensors::{NamedTensor, TensorFile, read_tensors, write_tensors};
use core::ops::Range;
use nn_core::network::{LayerInfo, Network};
use nn_core::plain::{Plain, boxed_zeroed};
use nn_core::shape::Shape;
use nn_core::tensor::Tensor;
use std::collections::BTreeMap;
use std::path::Path;

/// The key of the name of the program that wrote a file.
pub(super) const FORMAT: &str = "format";
/// The key of the name of the network.
pub(super) const NETWORK: &str = "network";
/// The key of the [`signature`].
pub(super) const SIGNATURE: &str = "signature";
/// What stands between the layers of a signature.
pub(super) const BETWEEN: &str = "; ";

/// Writes the weights of a network. The file is whole or not there: see [`write_tensors`].
///
/// # Errors
///
/// [`Error::File`] if the file cannot be written.
pub fn save<N: Network>(net: &N, path: impl AsRef<Path>) -> Result<()> {
    save_with(net, path, Vec::new(), &[])
}

/// Writes the weights of a network, and more tensors and texts with them.
///
/// # Errors
///
/// Those of [`write_tensors`].
pub fn save_with<'a, N: Network>(
    net: &'a N,
    path: impl AsRef<Path>,
    more: Vec<NamedTensor<'a>>,
    texts: &[(&str, &str)],
) -> Result<()> {
    let path = path.as_ref();
    let mut tensors = Vec::new();
    for Place { name, shape, range } in places::<N>() {
        let Some(values) = net.weights().get(range) else {
            let (shape, values) = (shape.sizes().to_vec(), net.weights().len());
            let problem = WeightsProblem::Values { tensor: name, shape, values };
            return Err(Error::Weights { path: path.into(), problem });
        };
        tensors.push(NamedTensor { name, shape, values });
    }
    tensors.extend(more);
    write_tensors(path, &tensors, &metadata::<N>(texts))
}

/// What a file says of a network besides its tensors, and more texts.
pub(super) fn metadata<N: Network>(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut metadata: BTreeMap<String, String> =
        texts.iter().map(|&(key, text)| (key.to_owned(), text.to_owned())).collect();
    metadata.insert(FORMAT.into(), "typednet".into());
    metadata.insert(NETWORK.into(), N::NAME.into());
    metadata.insert(SIGNATURE.into(), signature::<N>().join(BETWEEN));
    metadata
}

/// A network on the heap with the weights of a file, floats or half floats. It is never built on the stack.
///
/// # Errors
///
/// Those of [`load_weights`].
pub fn load<N: Network + Plain>(path: impl AsRef<Path>) -> Result<Box<N>> {
    let file = read_tensors(path)?;
    check_weights::<N>(&file)?;
    let mut net = boxed_zeroed::<N>();
    assign_weights(&mut *net, &file)?;
    Ok(net)
}

/// Replaces the weights of a network by those of a file.
///
/// A file that was not written by typednet is taken too, if it has the same tensors. Half floats become floats.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be read, [`Error::Weights`] if it is damaged, and [`Error::OtherNetwork`] if it does
/// not fit. Then no weight has changed.
pub fn load_weights<N: Network>(net: &mut N, path: impl AsRef<Path>) -> Result<()> {
    assign_weights(net, &read_tensors(path)?)
}

/// Replaces the weights of a network by those of a file that was read. Tensors that are not weights must have been
/// [taken](TensorFile::take) out of it before.
///
/// # Errors
///
/// Those of [`check_weights`]. Then no weight has changed.
pub fn assign_weights<N: Network>(net: &mut N, file: &TensorFile) -> Result<()> {
    check_weights::<N>(file)?;
    for place in places::<N>() {
        let (Some(tensor), Some(weights)) = (file.find(&place.name), net.weights_mut().get_mut(place.range)) else {
            continue;
        };
        file.copy(tensor, weights);
    }
    Ok(())
}

/// Checks that a file has the tensors of a network and no others, of the same shapes, and that the layers between them are
/// the same, as far as the file tells.
///
/// # Errors
///
/// [`Error::OtherNetwork`] with the first difference.
pub fn check_weights<N: Network>(file: &TensorFile) -> Result<()> {
    match difference::<N>(file) {
        None => Ok(()),
        Some(difference) => Err(Error::OtherNetwork {
            path: file.path().into(),
            network: N::NAME,
            saved: file.metadata(NETWORK).map(str::to_owned),
            difference: Box::new(difference),
        }),
    }
}

fn difference<N: Network>(file: &TensorFile) -> Option<Difference> {
    let places = places::<N>();
    for Place { name, shape, .. } in &places {
        let (tensor, expected) = (name.clone(), shape.sizes().to_vec());
        match file.find(name) {
            None => return Some(Difference::Missing { tensor, expected }),
            Some(found) if found.sizes != expected => {
                return Some(Difference::Shape { tensor, found: found.sizes.clone(), expected });
            }
            Some(_) => {}
        }
    }
    let surplus = file.tensors().iter().find(|tensor| places.iter().all(|place| place.name != tensor.name));
    match surplus {
        Some(tensor) => Some(Difference::Surplus { tensor: tensor.name.clone(), found: tensor.sizes.clone() }),
        None => different_layer::<N>(file.metadata(SIGNATURE)?),
    }
}

/// The first layer that is another in a signature.
pub(super) fn different_layer<N: Network>(found: &str) -> Option<Difference> {
    let (found, expected): (Vec<&str>, Vec<String>) = (found.split(BETWEEN).collect(), signature::<N>());
    let layer = |number: usize| (found.get(number).copied(), expected.get(number).map(String::as_str));
    let different = |number: &usize| layer(*number).0 != layer(*number).1;
    let number = (0..found.len().max(expected.len())).find(different)?;
    let [found, expected] = <[_; 2]>::from(layer(number)).map(|layer| layer.unwrap_or("nothing").to_owned());
    Some(Difference::Layer { layer: number, found, expected })
}

/// A tensor of a network, and where it lies in its weights.
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) range: Range<usize>,
}

/// All tensors of a network, in memory order.
pub(crate) fn places<N: Network>() -> Vec<Place> {
    let mut places = Vec::new();
    add_places(N::LAYERS, "", &mut places);
    places
}

fn add_places(layers: &[LayerInfo], prefix: &str, places: &mut Vec<Place>) {
    for layer in layers {
        let path = format!("{prefix}{}.", layer.name);
        for weight in layer.weights {
            let begin = places.last().map_or(0, |place| place.range.end);
            let name = format!("{path}{}", weight.name);
            places.push(Place { name, shape: weight.shape, range: begin..begin + weight.shape.len() });
        }
        match layer.repeated {
            None => add_places(layer.children, &path, places),
            Some(count) => {
                (0..count).for_each(|number| add_places(layer.children, &format!("{path}{number}."), places))
            }
        }
    }
}

/// A network's input and layers: kind and output shape, inside a block after one `>` for each block. Two networks of the
/// same tensors and signature may still differ in what neither shows, such as an activation.
pub(super) fn signature<N: Network>() -> Vec<String> {
    let mut layers = vec![format!("Input {}", N::Input::SHAPE)];
    add_layers(N::LAYERS, 0, &mut layers);
    layers
}

fn add_layers(layers: &[LayerInfo], depth: usize, lines: &mut Vec<String>) {
    for layer in layers {
        let times = layer.repeated.map(|count| format!(" x {count}")).unwrap_or_default();
        lines.push(format!("{}{} {}{times}", ">".repeat(depth), layer.kind, layer.output));
        add_layers(layer.children, depth + 1, lines);
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
