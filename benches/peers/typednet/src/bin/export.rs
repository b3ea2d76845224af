//! Writes what every worker starts from, into `models`: the weights of each network, and inputs with the outputs that
//! typednet infers from them.
//!
//! The classifiers of digits are trained for an epoch and see images of digits, since typednet leaves zeros out: noise has
//! none. The other networks, which have no data of their own here, see noise.

use std::fs;
use std::path::Path;
use typednet::head::Softmax;
use typednet::network::Trainable;
use typednet::prelude::*;
use typednet::random::Random;
use worker::Images;
use worker_typednet::samples;
use worker_typednet::{Autoencoder, Controller, Digits, DsCnn, ForWidth, Perceptron, ResNet8, WIDTHS, for_width};

/// The batches that the digit classifier is measured with, as in `python/sizes.py`.
const BATCHES: [usize; 20] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

fn main() -> typednet::Result<()> {
    let folder = worker::installed().join("models");
    fs::create_dir_all(&folder).expect("a folder that can be written to");
    export_trained::<Digits>(&folder, "digits", &BATCHES)?;
    export_trained::<Perceptron>(&folder, "perceptron", &[1])?;
    export::<Controller>(&folder, "controller", &[1])?;
    export::<DsCnn>(&folder, "ds-cnn", &[1])?;
    export::<Autoencoder>(&folder, "autoencoder", &[1])?;
    export::<ResNet8>(&folder, "resnet-8", &[1])?;
    for &width in WIDTHS {
        for_width(width, Export { folder: &folder, name: format!("dense-{width}") });
    }
    Ok(())
}

/// Writes a network of any width, with a batch of 128.
struct Export<'a> {
    folder: &'a Path,
    name: String,
}

impl ForWidth for Export<'_> {
    fn run<N: Trainable + Plain>(self) {
        export::<N>(self.folder, &self.name, &[128]).expect("files that can be written");
    }
}

/// Writes a network, and noise and outputs in batches of these sizes.
fn export<N: Network + Plain>(folder: &Path, name: &str, batches: &[usize]) -> typednet::Result<()> {
    let mut net = N::boxed(42);
    // No bias and no statistic of batch normalization shall be what it was initialized to: whoever forgets one must be
    // found out.
    let mut random = Random::new(1, 0);
    net.weights_mut().iter_mut().for_each(|weight| *weight += 0.02 * random.normal());
    let noise = |batch| {
        let mut random = Random::new(2, 0);
        (0..batch * N::Input::ZERO.floats().len()).map(|_| random.uniform()).collect()
    };
    export_net(&*net, &folder.join(name), batches, noise)
}

/// Writes a classifier of digits after an epoch of training, and test images and outputs in batches of these sizes.
fn export_trained<N>(folder: &Path, name: &str, batches: &[usize]) -> typednet::Result<()>
where
    N: Trainable<Input = [[[f32; 1]; 28]; 28], Output = [f32; 10], Head = Softmax> + Plain,
{
    let mut net = N::boxed(42);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy).batch_size(128).verbose(0);
    trainer.fit(&mut *net, &samples(&Images::of(name, "train")))?;
    let test = Images::of(name, "test");
    let pixels = |batch| (0..batch).flat_map(|row| test.image(row)).map(|&byte| f32::from(byte) / 255.0).collect();
    export_net(&*net, &folder.join(name), batches, pixels)
}

/// Writes a network, and inputs and outputs in batches of these sizes.
fn export_net<N: Network + Plain>(
    net: &N,
    path: &Path,
    batches: &[usize],
    inputs: impl Fn(usize) -> Vec<f32>,
) -> typednet::Result<()> {
    net.save(path.with_extension("safetensors"))?;
    for &batch in batches {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let path = if batch == 1 { path.to_owned() } else { path.with_file_name(format!("{name}-{batch}")) };
        let inputs = inputs(batch);
        let mut outputs = Vec::new();
        for floats in inputs.chunks_exact(inputs.len() / batch) {
            let mut input = N::Input::ZERO;
            input.floats_mut().copy_from_slice(floats);
            outputs.extend_from_slice(net.predict(&input).floats());
        }
        write(&path.with_extension("input"), &inputs).expect("a file that can be written");
        write(&path.with_extension("output"), &outputs).expect("a file that can be written");
    }
    Ok(())
}

fn write(path: &Path, floats: &[f32]) -> std::io::Result<()> {
    fs::write(path, floats.iter().flat_map(|float| float.to_le_bytes()).collect::<Vec<u8>>())
}
