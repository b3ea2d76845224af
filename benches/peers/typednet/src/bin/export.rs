//! Writes what every worker starts from, into `models`: the weights of each network, and inputs with the outputs that
//! typednet infers from them.

use std::fs;
use std::path::{Path, PathBuf};
use typednet::network::Trainable;
use typednet::prelude::*;
use typednet::random::Random;
use worker_typednet::{Autoencoder, Controller, Digits, DsCnn, ForWidth, Perceptron, ResNet8, WIDTHS, for_width};

type Done = std::io::Result<()>;

/// The batches that the digit classifier is measured with, as in `python/sizes.py`.
const BATCHES: [usize; 20] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

fn main() -> typednet::Result<()> {
    let folder = worker::installed().join("models");
    export::<Digits>(&folder, "digits", &BATCHES)?;
    export::<Perceptron>(&folder, "perceptron", &[1])?;
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

/// Writes a network, and inputs and outputs of batches of these sizes.
fn export<N: Network + Plain>(folder: &Path, name: &str, batches: &[usize]) -> typednet::Result<()> {
    let mut net = N::boxed(42);
    // No bias and no statistic of batch normalization shall be what it was initialized to: whoever forgets one must be
    // found out.
    let mut random = Random::new(1, 0);
    net.weights_mut().iter_mut().for_each(|weight| *weight += 0.02 * random.normal());
    fs::create_dir_all(folder).expect("a folder that can be written to");
    net.save(folder.join(format!("{name}.safetensors")))?;
    for &batch in batches {
        let workload = if batch == 1 { name.to_owned() } else { format!("{name}-{batch}") };
        samples(&*net, folder.join(workload), batch).expect("files that can be written");
    }
    Ok(())
}

/// Writes a batch of inputs, numbers from 0 to 1, and what the network says of them.
fn samples<N: Network>(net: &N, path: PathBuf, batch: usize) -> Done {
    let mut random = Random::new(2, 0);
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    for _ in 0..batch {
        let mut input = N::Input::ZERO;
        input.floats_mut().iter_mut().for_each(|float| *float = random.uniform());
        inputs.extend_from_slice(input.floats());
        outputs.extend_from_slice(net.predict(&input).floats());
    }
    write(&path.with_extension("input"), &inputs)?;
    write(&path.with_extension("output"), &outputs)
}

fn write(path: &Path, floats: &[f32]) -> Done {
    fs::write(path, floats.iter().flat_map(|float| float.to_le_bytes()).collect::<Vec<u8>>())
}
