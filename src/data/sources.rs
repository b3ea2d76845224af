//! Well-known data sets: to train with, and to test with.

use crate::data::dataset::Dataset;
use crate::data::places::Places;
use crate::data::{digits as digits_file, idx};
use crate::error::{Error, Result};
use nn_core::class::Class;
use std::path::{Path, PathBuf};

/// A grey image of MNIST or Fashion-MNIST: 28 rows of 28 pixels of one channel, from 0 (black) to 1.
pub type Image = [[[f32; 1]; 28]; 28];

/// A small grey image of [`digits`]: 8 rows of 8 pixels of one channel, from 0 (white) to 1.
pub type SmallImage = [[[f32; 1]; 8]; 8];

/// Samples of ten classes to train with, and others to test with.
pub type TrainAndTest<I> = (Dataset<I, Class<10>>, Dataset<I, Class<10>>);

/// Four files of the IDX format, and where they can be had.
#[derive(Debug)]
pub(super) struct Source {
    /// The name for people.
    pub(super) name: &'static str,
    /// The name of its folder.
    pub(super) folder: &'static str,
    /// Whether the folder that the user names may itself be the one with the files.
    pub(super) alone: bool,
    /// Where the packed files can be fetched.
    #[cfg_attr(not(feature = "download"), expect(dead_code, reason = "only a download needs an address"))]
    pub(super) address: &'static str,
    /// Images and labels to train with, images and labels to test with.
    pub(super) files: [SourceFile; 4],
}

/// A file of a data set.
#[derive(Debug)]
pub(super) struct SourceFile {
    /// Its name; packed, `.gz` follows.
    pub(super) name: &'static str,
    /// MD5 sums, of which the file has one, packed or unpacked.
    #[cfg_attr(not(feature = "download"), expect(dead_code, reason = "only a download is checked"))]
    pub(super) sums: &'static [&'static str],
}

const NAMES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

const fn files(sums: [&'static [&'static str]; 4]) -> [SourceFile; 4] {
    [
        SourceFile { name: NAMES[0], sums: sums[0] },
        SourceFile { name: NAMES[1], sums: sums[1] },
        SourceFile { name: NAMES[2], sums: sums[2] },
        SourceFile { name: NAMES[3], sums: sums[3] },
    ]
}

/// The original files were packed again in places, so their sums are known packed and unpacked.
static MNIST: Source = Source {
    name: "MNIST",
    folder: "mnist",
    alone: true,
    address: "https://storage.googleapis.com/cvdf-datasets/mnist",
    files: files([
        &["f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"],
        &["d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"],
        &["9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"],
        &["ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"],
    ]),
};

/// The sums are those of <https://github.com/zalandoresearch/fashion-mnist>. The address has no `https`.
static FASHION_MNIST: Source = Source {
    name: "Fashion-MNIST",
    folder: "fashion-mnist",
    alone: false,
    address: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    files: files([
        &["8d4fb7e6c68d591d4c3dfef9ec88bf0d"],
        &["25c81989df183df01b3e8a0aad5dffbe"],
        &["bef4ecab320f06d8554ea6380940ec79"],
        &["bb300cfdad3c16e7a12a480ee83cd310"],
    ]),
};

/// MNIST: handwritten digits, 60,000 to train with and 10,000 to test with.
///
/// Its four files, packed or not, are looked for in this order:
///
/// 1. in the folder that the environment variable `TYPEDNET_DATA` names, and before that in its folder `mnist`;
/// 2. in `examples/data/mnist` of the source of typednet and of the current folder;
/// 3. in `typednet/mnist` of the user's cache (`XDG_CACHE_HOME`, or `~/.cache`; on Windows `LOCALAPPDATA`);
/// 4. with the feature `download`, they are fetched into the cache, from the folder `mnist` of the address that
///    `TYPEDNET_MIRROR` names or else from a public mirror, and their sums are checked.
///
/// Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", CC BY-SA 3.0.
///
/// # Errors
///
/// [`Error::Missing`] with the folders that were searched, [`Error::Data`] or [`Error::File`] if a file is damaged, and
/// [`Error::Download`].
pub fn mnist() -> Result<TrainAndTest<Image>> {
    MNIST.load(&Places::here())
}

/// MNIST from a folder, or from its folder `mnist`.
///
/// # Errors
///
/// As for [`mnist`].
pub fn mnist_from(folder: impl AsRef<Path>) -> Result<TrainAndTest<Image>> {
    MNIST.load_from(folder.as_ref())
}

/// Fashion-MNIST: pictures of clothes in ten classes, 60,000 to train with and 10,000 to test with.
///
/// It is looked for as [`mnist`] is, in folders of the name `fashion-mnist` only; no copy comes with the source.
///
/// H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
/// <https://arxiv.org/abs/1708.07747>, MIT licence.
///
/// # Errors
///
/// As for [`mnist`].
pub fn fashion_mnist() -> Result<TrainAndTest<Image>> {
    FASHION_MNIST.load(&Places::here())
}

/// Fashion-MNIST from a folder, or from its folder `fashion-mnist`.
///
/// # Errors
///
/// As for [`mnist`].
pub fn fashion_mnist_from(folder: impl AsRef<Path>) -> Result<TrainAndTest<Image>> {
    FASHION_MNIST.load_from(folder.as_ref())
}

/// Small handwritten digits, compiled in: 8 rows of 8 pixels, whole numbers from 0 to 16 that become 0 to 1. The first
/// 1,437 are to train with, the last 360 to test with.
///
/// E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, CC BY 4.0.
///
/// # Errors
///
/// None, unless the program was damaged.
///
/// ```
/// let (train, test) = typednet::datasets::digits()?;
/// assert_eq!((train.len(), test.len()), (1437, 360));
/// assert_eq!(train.input(0)[0][2], [5.0 / 16.0]);
/// assert_eq!(train.labels()[0].index(), 0);
/// # Ok::<(), typednet::Error>(())
/// ```
pub fn digits() -> Result<TrainAndTest<SmallImage>> {
    Ok(digits_file::all()?.split_at(1437))
}

impl Source {
    /// Reads the data set from the first place that has it.
    pub(super) fn load(&self, places: &Places) -> Result<TrainAndTest<Image>> {
        let folders = places.folders(self.folder, self.alone);
        match folders.iter().find_map(|folder| self.files_in(folder)) {
            Some(files) => read(&files),
            None => self.fetch(places, folders),
        }
    }

    /// Reads the data set from a folder or its folder of the right name.
    fn load_from(&self, folder: &Path) -> Result<TrainAndTest<Image>> {
        let folders = vec![folder.join(self.folder), folder.to_path_buf()];
        match folders.iter().find_map(|folder| self.files_in(folder)) {
            Some(files) => read(&files),
            None => Err(self.missing(folders, "put the files there, or name another folder")),
        }
    }

    #[cfg(feature = "download")]
    fn fetch(&self, places: &Places, folders: Vec<PathBuf>) -> Result<TrainAndTest<Image>> {
        let Some(cache) = &places.cache else {
            return Err(self.missing(folders, "there is no folder to fetch it into: set XDG_CACHE_HOME or HOME"));
        };
        let files = crate::data::download::fetch(self, places.mirror.as_deref(), &cache.join(self.folder))?;
        read(&files)
    }

    #[cfg(not(feature = "download"))]
    fn fetch(&self, _: &Places, folders: Vec<PathBuf>) -> Result<TrainAndTest<Image>> {
        let remedy = "put the files there, name their folder with the environment variable TYPEDNET_DATA, or build \
                      typednet with the feature `download`";
        Err(self.missing(folders, remedy))
    }

    fn missing(&self, folders: Vec<PathBuf>, remedy: &str) -> Error {
        let names = self.files.each_ref().map(|file| file.name).join(", ");
        Error::Missing {
            name: self.name,
            files: format!("{names} (or these with .gz)"),
            folders,
            remedy: remedy.into(),
        }
    }

    /// The files, if they are all in this folder.
    fn files_in(&self, folder: &Path) -> Option<[PathBuf; 4]> {
        let paths = self.files.each_ref().map(|file| {
            let packed = folder.join(format!("{}.gz", file.name));
            if packed.is_file() { packed } else { folder.join(file.name) }
        });
        paths.iter().all(|path| path.is_file()).then_some(paths)
    }
}

fn read([train, train_labels, test, test_labels]: &[PathBuf; 4]) -> Result<TrainAndTest<Image>> {
    Ok((idx::read(train, train_labels)?, idx::read(test, test_labels)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A data set of the right format with this many images to train and to test with, not packed.
    fn write_tiny(folder: &Path, rows: [u8; 2]) {
        fs::create_dir_all(folder).unwrap();
        for (part, rows) in rows.into_iter().enumerate() {
            let mut images = vec![0, 0, 8, 3, 0, 0, 0, rows, 0, 0, 0, 28, 0, 0, 0, 28];
            images.resize(images.len() + usize::from(rows) * 28 * 28, 51);
            let mut labels = vec![0, 0, 8, 1, 0, 0, 0, rows];
            labels.extend((0..rows).map(|row| row % 10));
            fs::write(folder.join(NAMES[2 * part]), images).unwrap();
            fs::write(folder.join(NAMES[2 * part + 1]), labels).unwrap();
        }
    }

    #[test]
    fn the_copy_of_mnist_is_whole() {
        let copies = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data")];
        let (train, test) = MNIST.load(&Places { copies, ..Places::default() }).unwrap();
        assert_eq!((train.len(), test.len()), (60_000, 10_000));
        let begin: Vec<usize> = train.labels()[..8].iter().map(|label| label.index()).collect();
        assert_eq!(begin, [5, 0, 4, 1, 9, 2, 1, 3]);
        // The mean of all pixels is known well: 0.1307.
        let mut image = [0.0; 784];
        let mut sum = 0.0;
        for row in 0..train.len() {
            train.write_input(row, &mut image);
            sum += image.iter().map(|&pixel| f64::from(pixel)).sum::<f64>();
        }
        assert!((sum / (60_000.0 * 784.0) - 0.1307).abs() < 5e-5);
    }

    #[test]
    fn places_are_searched_in_order() {
        let root = tempfile::tempdir().unwrap();
        let [named, copy, cache] = ["named", "copy", "cache"].map(|name| root.path().join(name));
        let places = Places {
            named: Some(named.clone()),
            copies: vec![copy.clone()],
            cache: Some(cache.clone()),
            ..Places::default()
        };
        let train_rows = |source: &Source| source.load(&places).unwrap().0.len();
        write_tiny(&cache.join("mnist"), [1, 1]);
        assert_eq!(train_rows(&MNIST), 1);
        write_tiny(&copy.join("mnist"), [2, 1]);
        assert_eq!(train_rows(&MNIST), 2);
        write_tiny(&named, [3, 1]);
        assert_eq!(train_rows(&MNIST), 3);
        write_tiny(&named.join("mnist"), [4, 1]);
        assert_eq!(train_rows(&MNIST), 4);
        write_tiny(&named.join("fashion-mnist"), [5, 1]);
        assert_eq!(train_rows(&FASHION_MNIST), 5);
        // A folder that lacks a file is passed over.
        fs::remove_file(named.join("mnist").join(NAMES[3])).unwrap();
        assert_eq!(train_rows(&MNIST), 3);
        assert_eq!(mnist_from(&named).unwrap().0.len(), 3);
    }

    #[test]
    fn what_is_missing_is_told_with_the_places() {
        let root = tempfile::tempdir().unwrap();
        let message = mnist_from(root.path()).unwrap_err().to_string();
        assert!(message.contains("MNIST was not found") && message.contains(NAMES[2]), "{message}");
        assert!(message.contains(&root.path().join("mnist").display().to_string()), "{message}");
        let places = Places { named: Some(root.path().into()), ..Places::default() };
        // Files that lie in the named folder itself could be those of MNIST.
        write_tiny(root.path(), [1, 1]);
        let error = FASHION_MNIST.load(&places).unwrap_err();
        assert!(matches!(&error, Error::Missing { folders, .. } if folders.len() == 1), "{error}");
    }

    #[test]
    fn digits_are_those_of_the_repository() {
        let (train, test) = digits().unwrap();
        assert_eq!((train.len(), test.len()), (1437, 360));
        let mut counts = [0; 10];
        train.labels().iter().chain(test.labels()).for_each(|label| counts[label.index()] += 1);
        // As scikit-learn counts them.
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        let brightest = train.iter().flat_map(|(image, _)| image.as_flattened().as_flattened().to_vec());
        assert_eq!(brightest.fold(0.0, f32::max), 1.0);
    }
}
