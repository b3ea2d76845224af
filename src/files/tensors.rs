//! Named tensors in a safetensors file: eight bytes with the length of the header, the header in JSON, the values.

use crate::error::{Error, Result, WeightsProblem};
use crate::files::atomic;
use core::ops::Range;
use nn_core::half;
use nn_core::shape::Shape;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The length of the header is a multiple of this, so that the values are aligned.
const ALIGNMENT: usize = 8;
/// The bytes before the header.
const LENGTH: usize = size_of::<u64>();

/// A tensor to be written.
#[derive(Clone, Debug)]
pub struct NamedTensor<'a> {
    /// Its name, different from all others of the file.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// Its values, the last axis running fastest.
    pub values: &'a [f32],
}

/// A tensor of a file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTensor {
    /// Its name.
    pub name: String,
    /// Its sizes, outermost first.
    pub sizes: Vec<usize>,
    /// What it holds, as the file names it.
    pub(crate) kind: Dtype,
    /// Where its values are in the bytes of the file.
    bytes: Range<usize>,
}

impl StoredTensor {
    /// The number of values.
    pub fn len(&self) -> usize {
        self.bytes.len() * 8 / self.kind.bitsize().max(1)
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// A file that was read. One of [`read_tensors`] holds nothing but tensors of floats, of 32 or of 16 bits.
#[derive(Debug)]
pub struct TensorFile {
    path: PathBuf,
    bytes: Vec<u8>,
    tensors: Vec<StoredTensor>,
    metadata: BTreeMap<String, String>,
}

/// Writes tensors, in this order, and texts that describe them. The same tensors and texts give the same bytes.
///
/// After an error the file is what it was before, and no temporary file is left.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be written, and [`Error::Weights`] if a tensor has not as many values as its shape
/// or the name of another one.
pub fn write_tensors(
    path: impl AsRef<Path>,
    tensors: &[NamedTensor<'_>],
    metadata: &BTreeMap<String, String>,
) -> Result<()> {
    let path = path.as_ref();
    let entry = |NamedTensor { name, shape, values }: &NamedTensor<'_>| match shape.len() == values.len() {
        true => Ok(Entry { name: name.clone(), kind: "F32", shape: *shape, bytes: size_of_val(*values) }),
        false => Err(wrong_values(path, name, shape, values.len())),
    };
    let entries = tensors.iter().map(entry).collect::<Result<Vec<_>>>()?;
    write(path, &entries, metadata, |file| tensors.iter().try_for_each(|tensor| write_values(file, tensor.values)))
}

/// What the header says of a tensor.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) shape: Shape,
    pub(crate) bytes: usize,
}

/// Writes a file of tensors whose values, one tensor behind the other, `values` writes.
pub(crate) fn write(
    path: &Path,
    entries: &[Entry],
    metadata: &BTreeMap<String, String>,
    values: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let header =
        header(entries, metadata).map_err(|Entry { name, shape, .. }| wrong_values(path, name, shape, shape.len()))?;
    atomic::write(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        values(file)
    })
}

fn wrong_values(path: &Path, name: &str, shape: &Shape, values: usize) -> Error {
    let problem = WeightsProblem::Values { tensor: name.to_owned(), shape: shape.sizes().to_vec(), values };
    Error::Weights { path: path.into(), problem }
}

/// Reads a file of tensors.
///
/// # Errors
///
/// [`Error::File`] if it cannot be read, and [`Error::Weights`] if it is not a whole safetensors file of floats of 32 or 16
/// bits.
pub fn read_tensors(path: impl AsRef<Path>) -> Result<TensorFile> {
    let file = read(path.as_ref())?;
    match file.tensors.iter().find(|tensor| !matches!(tensor.kind, Dtype::F32 | Dtype::F16)) {
        None => Ok(file),
        Some(StoredTensor { name, kind, .. }) => {
            let problem = WeightsProblem::Type { tensor: name.clone(), found: kind.to_string(), expected: "F32" };
            Err(Error::Weights { path: file.path, problem })
        }
    }
}

/// Reads a file of tensors of any kind.
pub(crate) fn read(path: &Path) -> Result<TensorFile> {
    let bytes = fs::read(path).map_err(|source| Error::File { action: "read", path: path.into(), source })?;
    let (tensors, metadata) = parse(&bytes).map_err(|problem| Error::Weights { path: path.into(), problem })?;
    Ok(TensorFile { path: path.into(), bytes, tensors, metadata })
}

impl TensorFile {
    /// Where the file was.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// The tensors, in the order in which their values lie in the file.
    pub fn tensors(&self) -> &[StoredTensor] {
        &self.tensors
    }

    /// The tensor of a name.
    pub fn find(&self, name: &str) -> Option<&StoredTensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Takes the tensors whose names begin with `prefix` out of the list; [`copy`](Self::copy) still knows their values.
    pub fn take(&mut self, prefix: &str) -> Vec<StoredTensor> {
        self.tensors.extract_if(.., |tensor| tensor.name.starts_with(prefix)).collect()
    }

    /// The little-endian bytes of a tensor of this file.
    pub(crate) fn bytes(&self, tensor: &StoredTensor) -> &[u8] {
        self.bytes.get(tensor.bytes.clone()).unwrap_or(&[])
    }

    /// Copies the values of a tensor of this file, as many as there are and fit. Half floats become floats.
    pub fn copy(&self, tensor: &StoredTensor, into: &mut [f32]) {
        let bytes = self.bytes(tensor);
        if tensor.kind == Dtype::F16 {
            for (value, bytes) in into.iter_mut().zip(bytes.as_chunks().0) {
                *value = half::to_f32(u16::from_le_bytes(*bytes));
            }
            return;
        }
        for (value, bytes) in into.iter_mut().zip(bytes.as_chunks().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
}

/// The header, filled up with spaces. Its keys are in the same order every time.
///
/// # Errors
///
/// The first tensor that has the name of another.
fn header<'e>(entries: &'e [Entry], metadata: &BTreeMap<String, String>) -> Result<Vec<u8>, &'e Entry> {
    let mut header = Map::new();
    header.insert("__metadata__".into(), json!(metadata));
    let mut begin = 0;
    for entry in entries {
        let end = begin + entry.bytes;
        let described = json!({ "dtype": entry.kind, "shape": entry.shape.sizes(), "data_offsets": [begin, end] });
        if header.insert(entry.name.clone(), described).is_some() {
            return Err(entry);
        }
        begin = end;
    }
    let mut bytes = Value::Object(header).to_string().into_bytes();
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), b' ');
    Ok(bytes)
}

/// Writes values by the thousand, so that no second copy of all weights is needed.
fn write_values(file: &mut dyn Write, values: &[f32]) -> io::Result<()> {
    let mut bytes = Vec::new();
    for values in values.chunks(1024) {
        bytes.clear();
        values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        file.write_all(&bytes)?;
    }
    Ok(())
}

type Contents = (Vec<StoredTensor>, BTreeMap<String, String>);

fn parse(bytes: &[u8]) -> Result<Contents, WeightsProblem> {
    let (length, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| WeightsProblem::Format(error.to_string()))?;
    let begin = LENGTH + length;
    let mut tensors = Vec::new();
    for name in header.offset_keys() {
        let Some(info) = header.info(&name) else { continue };
        let bytes = begin + info.data_offsets.0..begin + info.data_offsets.1;
        tensors.push(StoredTensor { name, sizes: info.shape.clone(), kind: info.dtype, bytes });
    }
    let texts = header.metadata().iter().flatten().map(|(key, text)| (key.clone(), text.clone()));
    Ok((tensors, texts.collect()))
}
