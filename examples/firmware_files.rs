//! Makes what `examples/firmware` compiles in: trains its networks, and writes their weights and some samples.
//!
//! `cargo run --release --example firmware_files [mlp|digits|words|sine|speech|person|layers]..` from the root of the
//! repository. Small files are in the repository as this program wrote them. The weights of `digits`, of `person` and of
//! `layers` are not, since they are megabytes.

#[allow(dead_code, reason = "the example is used for its sounds")]
#[path = "keyword_spotting.rs"]
mod keyword_spotting;
#[path = "firmware/src/layers.rs"]
mod layers;
#[path = "firmware/src/networks.rs"]
mod networks;

use core::error::Error;
use networks::{Digits, Mlp, Person, Sine, Speech, Words};
use std::path::Path;
use std::{env, fs};
use typednet::files::save_quantized;
use typednet::prelude::*;
use typednet::quant::{Calibration, CalibrationError, Quantizable, Supported};

/// The samples of each network that the firmware classifies.
const SAMPLES: usize = 4;
/// The samples that the firmware trains with.
const TRAINED: usize = 512;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("examples/firmware");
    let only: Vec<String> = env::args().skip(1).collect();
    let wanted = |name: &str| only.is_empty() || only.iter().any(|only| only == name);
    if wanted("mlp") {
        mlp(folder)?;
    }
    if wanted("digits") {
        digits(folder)?;
    }
    if wanted("words") {
        words(folder)?;
    }
    if wanted("sine") {
        untrained(&*Sine::boxed(1), &folder.join("weights/sine_int8"))?;
    }
    if wanted("speech") {
        untrained(&*Speech::boxed(1), &folder.join("weights/speech_int8"))?;
    }
    if wanted("person") {
        person(folder)?;
    }
    if wanted("layers") {
        single_layers(&folder.join("weights/layers"))?;
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

/// The network for persons, with weights of the last layer so large that the classes differ.
fn person(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut net = Person::boxed(1);
    let image = noise::<Person>().next().expect("noise has no end");
    while net.predict(&image).iter().all(|probability| *probability < 0.7) {
        for weight in net.class.kernel.as_flattened_mut() {
            *weight *= 2.0;
        }
    }
    untrained(&*net, &folder.join("weights/person_int8"))
}

/// The networks of one layer.
fn single_layers(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    untrained(&*layers::ConvolutionPool::boxed(1), &folder.join("convolution_pool"))?;
    untrained(&*layers::Hidden::boxed(2), &folder.join("hidden"))?;
    untrained(&*layers::Words10By4::boxed(3), &folder.join("words_10_by_4"))?;
    untrained(&*layers::WordsDepthwise::boxed(4), &folder.join("words_depthwise"))?;
    untrained(&*layers::WordsPointwise::boxed(5), &folder.join("words_pointwise"))?;
    untrained(&*layers::Small::boxed(10), &folder.join("small"))?;
    untrained(&*layers::Sixteen::boxed(16), &folder.join("sixteen"))?;
    untrained(&*layers::TwoPlaces::boxed(6), &folder.join("two_places"))?;
    untrained(&*layers::OnePlace::boxed(7), &folder.join("one_place"))?;
    untrained(&*layers::ManyProducts::boxed(8), &folder.join("many_products"))?;
    untrained(&*layers::OddConvolution::boxed(9), &folder.join("odd_convolution"))?;
    untrained(&*layers::SamePool::boxed(11), &folder.join("same_pool"))?;
    untrained(&*layers::DepthwiseStride::boxed(12), &folder.join("depthwise_stride"))?;
    untrained(&*layers::DepthwiseFive::boxed(13), &folder.join("depthwise_five"))?;
    untrained(&*layers::DepthwiseDilation::boxed(14), &folder.join("depthwise_dilation"))?;
    untrained(&*layers::DepthwiseOdd::boxed(15), &folder.join("depthwise_odd"))?;
    untrained(&*layers::DepthwiseFew::boxed(17), &folder.join("depthwise_few"))?;
    untrained(&*layers::OddDense::boxed(18), &folder.join("odd_dense"))?;
    let (once, samples) = (layers::OddConvolution::boxed(9), noise::<layers::OddConvolution>().take(SAMPLES));
    let once = Calibration::new().single_rounding().quantize(&*once, &samples.collect::<Vec<_>>()[..])?;
    save_quantized(&once, folder.join("rounded_once.safetensors"))?;
    Ok(())
}

/// A network with its initial weights in bytes, by samples that look random.
fn untrained<N: Quantizable<Layers: Supported>>(net: &N, file: &Path) -> Result<(), Box<dyn Error>> {
    let samples: Vec<N::Input> = noise::<N>().take(SAMPLES).collect();
    Ok(Quantized::calibrate(net, &samples[..])?.save(file.with_extension("safetensors"))?)
}

/// Samples that look random, of numbers from -1 to 1.
fn noise<N: Network>() -> impl Iterator<Item = N::Input> {
    let mut state = 1_u32;
    core::iter::repeat_with(move || {
        let mut sample = N::Input::ZERO;
        for value in sample.floats_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = (state >> 8) as f32 / 8_388_608.0 - 1.0;
        }
        sample
    })
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
