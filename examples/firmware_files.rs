//! Makes what `examples/firmware` compiles in: trains its networks, and writes their weights and some samples.
//!
//! `cargo run --release --example firmware_files [mlp|digits|words]` from the root of the repository. The words and the small digits are in
//! the repository as this program wrote them. The weights of the large network for digits are not, since they are 3.5 MB.

#[allow(dead_code, reason = "the example is used for its sounds")]
#[path = "keyword_spotting.rs"]
mod keyword_spotting;
#[path = "firmware/src/networks.rs"]
mod networks;

use core::error::Error;
use networks::{Digits, Mlp, Words};
use std::path::Path;
use std::{env, fs};
use typednet::prelude::*;
use typednet::quant::{CalibrationError, Quantizable, Supported};

/// The samples of each network that the firmware classifies.
const SAMPLES: usize = 4;
/// The samples that the firmware trains with.
const TRAINED: usize = 512;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("examples/firmware");
    let only = env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("mlp") {
        mlp(folder)?;
    }
    if wanted("digits") {
        digits(folder)?;
    }
    if wanted("words") {
        words(folder)?;
    }
    Ok(())
}

/// Small digits, one byte a pixel, from 0 to 16; those to train with are each followed by their class.
fn mlp(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (train, test) = datasets::digits()?;
    let flat = |data: &Dataset<datasets::SmallImage, Class<10>>| {
        Dataset::from_fn(data.len(), |row| (bytes(&data.input(row), 16.0), data.labels()[row]))
    };
    let floats = |bytes: [f32; 64]| bytes.map(|pixel| pixel / 16.0);
    let (train, test): (Dataset<[f32; 64], _>, Dataset<[f32; 64], _>) = (flat(&train), flat(&test));
    let scaled = Dataset::from_fn(train.len(), |row| (floats(train.input(row)), train.labels()[row]));
    let mut net = Mlp::boxed(1);
    trainer(20).fit(&mut net, &scaled)?;
    net.save(folder.join("weights/mlp.safetensors"))?;
    quantize(&*net, &scaled)?.save(folder.join("weights/mlp_int8.safetensors"))?;
    let images: Vec<u8> = (0..SAMPLES).flat_map(|row| test.input(row).map(|pixel| pixel as u8)).collect();
    fs::write(folder.join("samples/mlp.bin"), images)?;
    let lines = (0..TRAINED).flat_map(|row| {
        let pixels = train.input(row).map(|pixel| pixel as u8);
        pixels.into_iter().chain([train.labels()[row].index() as u8])
    });
    Ok(fs::write(folder.join("samples/training.bin"), lines.collect::<Vec<u8>>())?)
}

/// Digits of MNIST, one byte a pixel, from 0 to 255.
fn digits(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (train, test) = datasets::mnist()?;
    let (train, _) = train.split_at(6_000);
    let mut net = Digits::boxed(1);
    trainer(1).fit(&mut net, &train)?;
    net.save(folder.join("weights/digits.safetensors"))?;
    quantize(&*net, &train)?.save(folder.join("weights/digits_int8.safetensors"))?;
    let images: Vec<u8> =
        (0..SAMPLES).flat_map(|row| bytes::<784>(&test.input(row), 255.0).map(|pixel| pixel as u8)).collect();
    Ok(fs::write(folder.join("samples/digits.bin"), images)?)
}

/// Spectrograms of words, one signed byte a value, in steps of 1/32.
fn words(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut net = Words::boxed(1);
    let train = keyword_spotting::said(6_000, 0)?;
    trainer(4).fit(&mut net, &train)?;
    net.save(folder.join("weights/words.safetensors"))?;
    quantize(&*net, &train)?.save(folder.join("weights/words_int8.safetensors"))?;
    let sounds = keyword_spotting::said(SAMPLES, 1)?;
    let values: Vec<u8> =
        (0..SAMPLES).flat_map(|row| bytes::<490>(&sounds.input(row), 32.0).map(|value| value as i8 as u8)).collect();
    Ok(fs::write(folder.join("samples/words.bin"), values)?)
}

/// The network in bytes, by 300 of the samples that it was trained on.
fn quantize<N: Quantizable<Layers: Supported>, L: Copy>(
    net: &N,
    train: &Dataset<N::Input, L>,
) -> Result<Box<Quantized<N>>, CalibrationError> {
    Quantized::calibrate(net, &train.first(300))
}

fn trainer(epochs: usize) -> Trainer<'static, Adam, SparseCategoricalCrossentropy, ((), Accuracy)> {
    Trainer::new(Adam::default(), SparseCategoricalCrossentropy).metric(Accuracy).epochs(epochs).batch_size(50)
}

/// The values of a sample as whole numbers, after multiplication.
fn bytes<const LEN: usize>(sample: &impl Plain, scale: f32) -> [f32; LEN] {
    core::array::from_fn(|index| (sample.floats()[index] * scale).round())
}
