//! The IDX format of MNIST: two zero bytes, a type code, the number of sizes, the sizes, the values.
//!
//! Sizes are 32-bit numbers, the most significant byte first. Files may be packed with gzip, which is told by their first
//! bytes. The format is described at <http://yann.lecun.com/exdb/mnist/>.

use crate::data::dataset::Dataset;
use crate::data::input::Stored;
use crate::data::label::IntoLabel;
use crate::error::{DataProblem, Error, Result};
use flate2::bufread::MultiGzDecoder;
use nn_core::class::Class;
use nn_core::tensor::Tensor;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

/// The type code of unsigned bytes, the only one that is read.
const UNSIGNED_BYTES: u8 = 0x08;
/// The largest number of values that are read: a few bytes of a packed file can claim any number.
const MOST_VALUES: usize = 1 << 31;
/// The first bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The contents of an IDX file of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// The sizes, outermost first; the first is the number of samples.
    pub sizes: Vec<usize>,
    /// The values, the last size running fastest.
    pub values: Vec<u8>,
}

impl Idx {
    /// Reads a file, packed or not.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if it cannot be opened, and [`Error::Data`] if it is not an IDX file of bytes, whole and with
    /// nothing after it.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::File { action: "open", path: path.into(), source })?;
        Self::parse(BufReader::new(file)).map_err(|problem| Error::Data { path: path.into(), problem })
    }

    /// Reads what a file contains, packed or not.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with it.
    pub fn parse(mut file: impl BufRead) -> Result<Self, DataProblem> {
        if file.fill_buf().map_err(DataProblem::Packed)?.starts_with(&GZIP) {
            unpacked(MultiGzDecoder::new(file))
        } else {
            unpacked(file)
        }
    }

    /// The sizes of one sample, without last sizes of one: `[28, 28]` for images with one channel.
    fn sample(&self) -> &[usize] {
        without_ones(self.sizes.get(1..).unwrap_or(&[]))
    }
}

/// Reads images (or other inputs) and their labels from two files.
///
/// # Errors
///
/// Those of [`Idx::read`], and [`Error::Data`] if the samples have not the sizes of `I` (a single channel need not be
/// stated), if there are not as many labels as inputs, or if a label is not one of the classes.
pub fn read<I: Tensor, const CLASSES: usize>(inputs: &Path, labels: &Path) -> Result<Dataset<I, Class<CLASSES>>> {
    let problem = |path: &Path, problem| Err(Error::Data { path: path.into(), problem });
    let (images, classes) = (Idx::read(inputs)?, Idx::read(labels)?);
    let expected = without_ones(I::SHAPE.sizes());
    if images.sample() != expected || images.sizes.is_empty() {
        return problem(inputs, DataProblem::Sizes { found: images.sizes, expected: expected.to_vec() });
    }
    if classes.sizes.len() != 1 {
        return problem(labels, DataProblem::Sizes { found: classes.sizes, expected: Vec::new() });
    }
    let (rows, count) = (images.sizes[0], classes.values.len());
    if rows != count {
        return problem(labels, DataProblem::Lengths { inputs: rows, labels: count });
    }
    let mut checked = Vec::with_capacity(count);
    for (row, label) in classes.values.into_iter().enumerate() {
        match label.into_label() {
            Ok(label) => checked.push(label),
            Err(source) => return problem(labels, DataProblem::Label { row, source }),
        }
    }
    Ok(Dataset::of(Stored::Bytes { values: images.values, divisor: 255.0 }, checked))
}

fn without_ones(mut sizes: &[usize]) -> &[usize] {
    while let [rest @ .., 1] = sizes {
        sizes = rest;
    }
    sizes
}

/// Reads header and values. Memory grows with what is read, never with what the header claims.
fn unpacked(mut file: impl Read) -> Result<Idx, DataProblem> {
    let sizes = header(&mut file)?;
    let limit = MOST_VALUES;
    let count = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    let Some(count) = count.filter(|&count| count <= limit) else {
        return Err(DataProblem::TooLarge { found: sizes, limit });
    };
    let before = 4 + 4 * sizes.len();
    let values = up_to(&mut file, count)?;
    if values.len() < count {
        return Err(DataProblem::Truncated { found: before + values.len(), expected: before + count });
    }
    // Reading on also checks the sum at the end of a packed file.
    if !up_to(&mut file, 1)?.is_empty() {
        return Err(DataProblem::Surplus { expected: before + count });
    }
    Ok(Idx { sizes, values })
}

/// The sizes.
fn header(file: &mut impl Read) -> Result<Vec<usize>, DataProblem> {
    let magic = up_to(file, 4)?;
    match magic[..] {
        [0, 0, UNSIGNED_BYTES, dimensions] => {
            let dimensions = usize::from(dimensions);
            let sizes = up_to(file, 4 * dimensions)?;
            if sizes.len() < 4 * dimensions {
                return Err(DataProblem::Truncated { found: 4 + sizes.len(), expected: 4 + 4 * dimensions });
            }
            Ok(sizes.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size) as usize).collect())
        }
        [0, 0, found, _] => Err(DataProblem::Type { found }),
        [0] | [0, 0] | [0, 0, _] | [] => Err(DataProblem::Truncated { found: magic.len(), expected: 4 }),
        _ => Err(DataProblem::Magic { found: magic }),
    }
}

/// The next `count` bytes, or as many as there are.
fn up_to(file: &mut impl Read, count: usize) -> Result<Vec<u8>, DataProblem> {
    let mut bytes = Vec::new();
    match file.take(count as u64).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::OutOfMemory => {
            Err(DataProblem::TooLarge { found: vec![count], limit: bytes.len() })
        }
        Err(error) => Err(DataProblem::Packed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;
    use std::path::PathBuf;

    fn idx(code: u8, sizes: &[u32], values: &[u8]) -> Vec<u8> {
        let mut file = vec![0, 0, code, sizes.len() as u8];
        sizes.iter().for_each(|size| file.extend(size.to_be_bytes()));
        file.extend(values);
        file
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn parse(bytes: &[u8]) -> Result<Idx, DataProblem> {
        Idx::parse(bytes)
    }

    fn good() -> Vec<u8> {
        idx(8, &[2, 3, 2], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    }

    #[test]
    fn files_are_read_packed_and_unpacked() {
        let expected = Idx { sizes: vec![2, 3, 2], values: (1..=12).collect() };
        assert_eq!(parse(&good()).unwrap(), expected);
        assert_eq!(parse(&packed(&good())).unwrap(), expected);
    }

    #[test]
    fn every_cut_is_an_error() {
        let (plain, packed) = (good(), packed(&good()));
        for end in 0..plain.len() {
            let found = parse(&plain[..end]);
            assert!(matches!(found, Err(DataProblem::Truncated { found, .. }) if found == end), "{end}");
        }
        for end in 0..packed.len() {
            assert!(parse(&packed[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn no_damaged_byte_is_a_panic() {
        let (plain, packed) = (good(), packed(&good()));
        for place in 0..plain.len().max(packed.len()) {
            for damage in 1..=255 {
                let damaged = |file: &[u8]| {
                    let mut file = file.to_vec();
                    if let Some(byte) = file.get_mut(place) {
                        *byte ^= damage;
                    }
                    parse(&file)
                };
                // A change within sizes or header is noticed; one within values cannot be without a sum.
                assert!(place >= 16 || damaged(&plain).is_err(), "{place} {damage}");
                if let Ok(found) = damaged(&packed) {
                    assert_eq!(found.values.len(), 12, "{place} {damage}");
                }
            }
        }
    }

    #[test]
    fn each_mistake_has_its_name() {
        assert!(matches!(parse(b"not at all"), Err(DataProblem::Magic { .. })));
        assert!(matches!(parse(&idx(0x0d, &[1], &[0; 4])), Err(DataProblem::Type { found: 0x0d })));
        assert!(matches!(parse(&[good(), vec![0]].concat()), Err(DataProblem::Surplus { expected: 28 })));
        assert!(matches!(parse(&packed(&[good(), vec![0]].concat())), Err(DataProblem::Surplus { .. })));
        assert!(matches!(parse(&[packed(&good()), vec![0]].concat()), Err(DataProblem::Packed(_))));
        assert!(matches!(parse(&idx(8, &[u32::MAX; 4], &[])), Err(DataProblem::TooLarge { .. })));
        // What is claimed here is allowed, but it is not there, and is not allocated.
        assert!(matches!(parse(&idx(8, &[1 << 30], &[1])), Err(DataProblem::Truncated { found: 9, .. })));
    }

    fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn inputs_and_labels_must_belong_together() {
        let folder = tempfile::tempdir().unwrap();
        let images = written(folder.path(), "images", &good());
        let labels = |values: &[u8]| written(folder.path(), "labels", &idx(8, &[values.len() as u32], values));
        let read = |labels: PathBuf| super::read::<[[[f32; 1]; 2]; 3], 10>(&images, &labels);
        let data = read(labels(&[0, 9])).unwrap();
        assert_eq!((data.len(), data.label(1).map(Class::index)), (2, Some(9)));
        assert_eq!(data.input(1)[2][1][0], 12.0 / 255.0);

        let message = |result: Result<Dataset<_, Class<10>>>| result.unwrap_err().to_string();
        assert!(message(read(labels(&[0]))).contains("it has 1 labels, but there are 2 inputs"));
        assert!(message(read(labels(&[3, 10]))).contains("row 1: label 10 is not one of the 10 classes"));
        assert!(message(read(images.clone())).contains("its samples have the sizes"));
        assert!(message(read(folder.path().join("none"))).starts_with("cannot open"));
        let other = super::read::<[[[f32; 1]; 3]; 2], 10>(&images, &labels(&[0, 9])).map(|_| ());
        assert!(other.unwrap_err().to_string().contains("expected were [2, 3]"));
    }
}
