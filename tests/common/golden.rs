//! The files of `tests/golden`: numbers that others computed.

use super::assert_close;
use safetensors::{Dtype, SafeTensors};
use std::fs;
use std::path::PathBuf;

/// Keras computes these numbers in double precision and stores them in single precision; kernels here compute in single
/// precision. The largest sums have some hundred terms, so that a result is off by some roundings of 6e-8 of the largest
/// values: 1e-5 leaves room for another order of sums and no room for another formula.
pub const TOLERANCE: f32 = 1e-5;

/// One file.
pub struct Golden {
    name: String,
    bytes: Vec<u8>,
}

fn folder(source: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", source].iter().collect()
}

/// The names of all of Keras's files that begin like this, sorted.
pub fn names(beginning: &str) -> Vec<String> {
    names_in("keras", beginning)
}

/// The names of all files of a folder that begin like this, sorted.
pub fn names_in(source: &str, beginning: &str) -> Vec<String> {
    let files = fs::read_dir(folder(source)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = files.filter_map(|name| name.strip_suffix(".safetensors").map(str::to_owned));
    let mut names: Vec<String> = names.filter(|name| name.starts_with(beginning)).collect();
    names.sort();
    names
}

impl Golden {
    /// One of Keras's files.
    pub fn read(name: &str) -> Self {
        Self::read_from("keras", name)
    }

    /// A file of a folder.
    pub fn read_from(source: &str, name: &str) -> Self {
        let path = folder(source).join(name).with_extension("safetensors");
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name: name.to_owned(), bytes }
    }

    pub fn floats(&self, tensor: &str) -> Vec<f32> {
        self.words(tensor, Dtype::F32).into_iter().map(f32::from_le_bytes).collect()
    }

    pub fn integers(&self, tensor: &str) -> Vec<i32> {
        self.words(tensor, Dtype::I32).into_iter().map(i32::from_le_bytes).collect()
    }

    pub fn bytes(&self, tensor: &str) -> Vec<i8> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(tensor).unwrap_or_else(|error| panic!("{}, {tensor}: {error}", self.name));
        assert_eq!(view.dtype(), Dtype::I8, "{}, {tensor}", self.name);
        view.data().iter().map(|byte| byte.cast_signed()).collect()
    }

    /// The metadata key `config`.
    pub fn config(&self) -> serde_json::Value {
        let (_, metadata) = SafeTensors::read_metadata(&self.bytes).unwrap();
        serde_json::from_str(&metadata.metadata().as_ref().unwrap()["config"]).unwrap()
    }

    fn words(&self, tensor: &str, dtype: Dtype) -> Vec<[u8; 4]> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(tensor).unwrap_or_else(|error| panic!("{}, {tensor}: {error}", self.name));
        assert_eq!(view.dtype(), dtype, "{}, {tensor}", self.name);
        view.data().chunks_exact(4).map(|word| word.try_into().unwrap()).collect()
    }

    pub fn shape(&self, tensor: &str) -> Vec<usize> {
        SafeTensors::deserialize(&self.bytes).unwrap().tensor(tensor).unwrap().shape().to_vec()
    }

    pub fn has(&self, tensor: &str) -> bool {
        SafeTensors::deserialize(&self.bytes).unwrap().tensor(tensor).is_ok()
    }

    /// Checks numbers against a tensor of the file.
    #[track_caller]
    pub fn check(&self, tensor: &str, found: &[f32]) {
        assert_close(&format!("{}, {tensor}", self.name), found, &self.floats(tensor), TOLERANCE);
    }
}
