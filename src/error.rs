//! What can go wrong on the desktop: files, data sets and arguments.
//!
//! Each message says what was found, what was expected and what to do.

use crate::trainer::{CheckpointProblem, TrainingProblem};
use core::fmt;
use core::ops::RangeInclusive;
use nn_core::class::OutOfRange;
use nn_core::half::TooLarge;
use nn_core::quant::CalibrationError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// The result of everything here that can fail.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why something could not be done.
#[derive(Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    File {
        /// What was tried, such as `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file of data is not what it should be.
    #[error("`{}` cannot be used: {problem}", .path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        problem: DataProblem,
    },
    /// There are not as many inputs as labels.
    #[error("{inputs} inputs but {labels} labels: every input needs exactly one label")]
    Lengths {
        /// The number of inputs.
        inputs: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A label names no class.
    #[error("row {row}: {source}; count classes from zero, or declare more of them")]
    Label {
        /// The row of the label, counted from zero.
        row: usize,
        /// The label and the number of classes.
        source: OutOfRange,
    },
    /// A row was asked for that does not exist.
    #[error("row {row} was asked for, but the data set has {rows} rows, counted from zero")]
    Row {
        /// The row, counted from zero.
        row: usize,
        /// The number of rows.
        rows: usize,
    },
    /// A data set cannot be split as asked for.
    #[error(
        "the last {fraction} of {rows} rows cannot be split off: both parts need a row; give a fraction between 0 and 1"
    )]
    Split {
        /// The part of the rows that was asked for.
        fraction: f64,
        /// The number of rows.
        rows: usize,
    },
    /// A data set is not on this machine.
    #[error("the data set {name} was not found; looked for {files} in{}\n{remedy}", Folders(.folders))]
    Missing {
        /// The name of the data set.
        name: &'static str,
        /// The files that it consists of.
        files: String,
        /// Where they were looked for.
        folders: Vec<PathBuf>,
        /// What to do.
        remedy: String,
    },
    /// A data set could not be fetched.
    #[error("cannot fetch {address}: {problem}")]
    Download {
        /// The address.
        address: String,
        /// What was found and expected.
        problem: String,
    },
    /// A file of weights is damaged, or cannot be written as asked for.
    #[error("`{}` is no good as a file of weights: {problem}", .path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        problem: WeightsProblem,
    },
    /// A file of weights is one of another network.
    #[error("`{}` does not fit the network `{network}`: {difference}; {}", .path.display(), SavedFrom(.saved))]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// The network that was to be filled.
        network: &'static str,
        /// The network from which the file was saved, if it says so.
        saved: Option<String>,
        /// The first difference.
        #[source]
        difference: Box<Difference>,
    },
    /// A network cannot be trained or evaluated as asked for.
    #[error("cannot train: {0}")]
    Training(#[from] TrainingProblem),
    /// A network cannot be quantized.
    #[error("cannot quantize: {0}")]
    Calibration(#[from] CalibrationError),
    /// The weights of a network cannot be stored as half floats.
    #[error("cannot round to half floats: {0}")]
    TooLarge(#[from] TooLarge),
    /// Training cannot go on from a file.
    #[error("cannot resume from `{}`: {problem}", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        problem: CheckpointProblem,
    },
}

/// The message, since that is what a user sees when `main` returns an error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with a file of data.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataProblem {
    /// The file does not begin as its format does.
    #[error(
        "it begins with the bytes {found:02x?}, but an IDX file begins with 00 00 and a type code; is it the right file?"
    )]
    Magic {
        /// The first bytes.
        found: Vec<u8>,
    },
    /// The values are not bytes.
    #[error("its values have the type code {found:#04x}, but only unsigned bytes (0x08) are read")]
    Type {
        /// The type code.
        found: u8,
    },
    /// The sizes are not those expected.
    #[error("its samples have the sizes {found:?}, expected were {expected:?}")]
    Sizes {
        /// The sizes of one sample in the file.
        found: Vec<usize>,
        /// The sizes of one sample that were expected.
        expected: Vec<usize>,
    },
    /// The sizes are larger than anything that is read.
    #[error(
        "it claims the sizes {found:?}, more than the {limit} values that are read at most; it is probably damaged"
    )]
    TooLarge {
        /// The sizes that the file claims.
        found: Vec<usize>,
        /// The largest number of values.
        limit: usize,
    },
    /// The file ends too early.
    #[error("it ends after {found} of {expected} bytes; it is cut short, get it again")]
    Truncated {
        /// The bytes that are there.
        found: usize,
        /// The bytes that should be there.
        expected: usize,
    },
    /// Something follows the last value.
    #[error("more bytes follow after the {expected} that its sizes promise; it is damaged, get it again")]
    Surplus {
        /// The bytes that should be there.
        expected: usize,
    },
    /// The file cannot be read or unpacked.
    #[error("it cannot be read or unpacked ({0}); if it is damaged or cut short, get it again")]
    Packed(#[source] io::Error),
    /// There are not as many labels as inputs.
    #[error("it has {labels} labels, but there are {inputs} inputs; the two files do not belong together")]
    Lengths {
        /// The number of inputs in the other file.
        inputs: usize,
        /// The number of labels in this file.
        labels: usize,
    },
    /// A label names no class.
    #[error("row {row}: {source}")]
    Label {
        /// The row of the label, counted from zero.
        row: usize,
        /// The label and the number of classes.
        source: OutOfRange,
    },
    /// A value of a text file is no small number.
    #[error("row {row}: `{found}` is not a whole number from 0 to {largest}")]
    Text {
        /// The row, counted from zero.
        row: usize,
        /// What stands there.
        found: String,
        /// The largest number that may stand there.
        largest: u8,
    },
}

/// What is wrong with a file of weights.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeightsProblem {
    /// The file is not a safetensors file, or only part of one.
    #[error("{0}; it is no safetensors file, or cut short or damaged: save it again")]
    Format(String),
    /// A tensor does not hold what the network holds: floats of 32 bits, half floats, or the numbers of an int8 network.
    #[error("the tensor `{tensor}` holds {found}, expected was {expected}: {}", Converted(.expected))]
    Type {
        /// The tensor.
        tensor: String,
        /// Its type in the file.
        found: String,
        /// Its type in the network.
        expected: &'static str,
    },
    /// A tensor of an int8 network holds numbers that it cannot have.
    #[error("the tensor `{tensor}` holds numbers that it cannot have; it is damaged: save it again")]
    Numbers {
        /// The tensor.
        tensor: String,
    },
    /// A weight of an int8 network is one that no kernel takes: weights are symmetric.
    #[error(
        "weight {place} of the tensor `{tensor}` is {found}, expected were numbers from {} to {}: quantize the network again",
        .expected.start(), .expected.end()
    )]
    Weight {
        /// The tensor.
        tensor: String,
        /// The place of the weight in it, counted from zero.
        place: usize,
        /// The weight in the file.
        found: i8,
        /// The weights that there may be.
        expected: RangeInclusive<i8>,
    },
    /// An int8 network rounds in another way.
    #[error("it was quantized for {found} rounding, and this network has {expected} rounding: quantize it for that")]
    Rounding {
        /// The rounding in the file.
        found: String,
        /// That of the network.
        expected: &'static str,
    },
    /// A tensor that was to be written has the name of another, or not as many values as its shape.
    #[error("the tensor `{tensor}` {shape:?} was given {values} values; names must differ and values fill the shape")]
    Values {
        /// The tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The number of values.
        values: usize,
    },
}

/// The first difference between a file of weights and a network.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Difference {
    /// A tensor of the network is not in the file.
    #[error("the tensor `{tensor}` {expected:?} is not in the file")]
    Missing {
        /// The tensor.
        tensor: String,
        /// Its shape in the network.
        expected: Vec<usize>,
    },
    /// A tensor of the file is not in the network.
    #[error("the tensor `{tensor}` {found:?} of the file is not in the network")]
    Surplus {
        /// The tensor.
        tensor: String,
        /// Its shape in the file.
        found: Vec<usize>,
    },
    /// A tensor has another shape in the file.
    #[error("the tensor `{tensor}` is {found:?} in the file and {expected:?} in the network")]
    Shape {
        /// The tensor.
        tensor: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// Its shape in the network.
        expected: Vec<usize>,
    },
    /// All tensors fit, but the layers between them are others.
    #[error("layer {layer} is `{found}` in the file and `{expected}` in the network")]
    Layer {
        /// The number of the layer: the input is 0, blocks and the layers in them are counted in order.
        layer: usize,
        /// The layer in the file: kind and output shape.
        found: String,
        /// The layer in the network.
        expected: String,
    },
}

/// Folders, one to a line.
struct Folders<'a>(&'a [PathBuf]);

impl fmt::Display for Folders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|folder| write!(f, "\n  {}", folder.display()))
    }
}

/// What to do about a tensor of the wrong type.
struct Converted<'a>(&'a &'static str);

impl fmt::Display for Converted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.0 {
            "F32" => "convert it to 32-bit floats",
            "F16" => "round the network with `Half::round`, and save that",
            _ => "quantize the network, and save that",
        })
    }
}

/// Where a file of weights comes from, and what to do.
struct SavedFrom<'a>(&'a Option<String>);

impl fmt::Display for SavedFrom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(network) => write!(f, "it was saved from `{network}`: load it into the network as it was then"),
            None => f.write_str("it does not say from which network it was saved"),
        }
    }
}
