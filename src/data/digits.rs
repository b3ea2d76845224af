//! The 8x8 digits, compiled in.

use crate::data::dataset::Dataset;
use crate::data::input::Stored;
use crate::data::label::IntoLabel;
use crate::data::sources::SmallImage;
use crate::error::{DataProblem, Error, Result};
use flate2::read::GzDecoder;
use nn_core::class::Class;
use std::io::Read;

/// 1,797 lines of 64 pixels and a label; `digits.LICENCE.md` says whose they are.
static PACKED: &[u8] = include_bytes!("digits.csv.gz");
/// Pixels of an image.
const PIXELS: usize = 64;
/// The brightest pixel.
const BRIGHTEST: u8 = 16;

/// All digits, in the order of the file.
pub(super) fn all() -> Result<Dataset<SmallImage, Class<10>>> {
    read(PACKED).map_err(|problem| Error::Data { path: "digits.csv.gz".into(), problem })
}

fn read(packed: &[u8]) -> Result<Dataset<SmallImage, Class<10>>, DataProblem> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).map_err(DataProblem::Packed)?;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for (row, line) in text.lines().enumerate() {
        let numbers = line.split(',').map(|found| number(row, found)).collect::<Result<Vec<u8>, _>>()?;
        match numbers[..] {
            [ref pixels @ .., label] if pixels.len() == PIXELS => {
                values.extend_from_slice(pixels);
                labels.push(label.into_label().map_err(|source| DataProblem::Label { row, source })?);
            }
            _ => return Err(DataProblem::Sizes { found: vec![numbers.len()], expected: vec![PIXELS + 1] }),
        }
    }
    Ok(Dataset::of(Stored::Bytes { values, divisor: f32::from(BRIGHTEST) }, labels))
}

fn number(row: usize, found: &str) -> Result<u8, DataProblem> {
    let problem = || DataProblem::Text { row, found: found.into(), largest: BRIGHTEST };
    found.trim().parse().ok().filter(|&number| number <= BRIGHTEST).ok_or_else(problem)
}
