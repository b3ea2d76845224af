//! MLPerf Tiny's ResNet-8 on coloured images of 32x32 pixels: three residual blocks of 16, 32 and 64 channels, two of which
//! halve the image. 77,946 of its weights are trained.
//!
//! Photographs are not in the repository. The images here are drawn by the program: ten shapes in any colour, place and
//! size, on a background that changes from one side to the other, in noise.

mod common;

use clap::Parser;
use common::{Arguments, finish};
use std::process::ExitCode;
use typednet::prelude::*;
use typednet::random::Random;

const SIDE: usize = 32;
const SHAPES: usize = 10;

network! {
    /// Shapes in coloured images.
    pub struct Shapes: [SIDE, SIDE, 3] -> [SHAPES] {
        Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
        first: residual {
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(16, kernel = 3, padding = same, bias = false), BatchNorm,
        },
        Relu,
        second: residual(shortcut = Conv2d(32, kernel = 1, stride = 2)) {
            Conv2d(32, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(32, kernel = 3, padding = same, bias = false), BatchNorm,
        } -> [16, 16, 32],
        Relu,
        third: residual(shortcut = Conv2d(64, kernel = 1, stride = 2)) {
            Conv2d(64, kernel = 3, stride = 2, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 3, padding = same, bias = false), BatchNorm,
        } -> [8, 8, 64],
        Relu,
        GlobalAvgPool2d,
        Dense(SHAPES, activation = softmax),
    }
}

type Image = [[[f32; 3]; SIDE]; SIDE];

fn main() -> typednet::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (train, test) = (drawn(4_000, 0)?, drawn(1_000, 1)?);
    let epochs = arguments.epochs.unwrap_or(5);
    let batch_size = arguments.batch_size.unwrap_or(50);
    let steps = (epochs * train.len().div_ceil(batch_size.max(1))) as u64;
    println!("{}", Shapes::summary());

    let mut net = Shapes::boxed(arguments.seed);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .schedule(CosineDecay::new(5e-3, steps))
        .epochs(epochs)
        .batch_size(batch_size)
        .threads(arguments.threads)
        .verbose(1);
    trainer.fit(&mut net, &train)?;
    let score = trainer.evaluate(&net, &test)?;
    Ok(finish(&score, target(epochs)))
}

/// The accuracy that must be reached.
fn target(epochs: usize) -> f64 {
    match epochs {
        0 => 0.0,
        1..5 => 0.4,
        _ => 0.95,
    }
}

/// `count` images, of each shape in turn. Another `seed` gives others.
fn drawn(count: usize, seed: u64) -> typednet::Result<Dataset<Image, Class<SHAPES>>> {
    let shapes = (0..count).map(|image| image % SHAPES);
    let images: Vec<Image> =
        shapes.clone().enumerate().map(|(image, shape)| draw(shape, &mut Random::new(seed, image as u64))).collect();
    Dataset::new(images, shapes.collect::<Vec<_>>())
}

/// One image of a shape, in colours from -1 to 1.
fn draw(shape: usize, random: &mut Random) -> Image {
    let mut between = |low: f32, high: f32| low + (high - low) * random.uniform();
    let size = between(6.0, 11.0);
    let (row, column) = (between(10.0, 21.0), between(10.0, 21.0));
    let left: [f32; 3] = core::array::from_fn(|_| between(-1.0, 1.0));
    let right: [f32; 3] = core::array::from_fn(|_| between(-1.0, 1.0));
    let colour: [f32; 3] =
        core::array::from_fn(|channel| if left[channel] + right[channel] > 0.0 { -0.8 } else { 0.8 });
    let mut image = [[[0.0; 3]; SIDE]; SIDE];
    for (y, pixels) in image.iter_mut().enumerate() {
        for (x, pixel) in pixels.iter_mut().enumerate() {
            let inside = covers(shape, (y as f32 - row) / size, (x as f32 - column) / size);
            let across = x as f32 / SIDE as f32;
            for (channel, value) in pixel.iter_mut().enumerate() {
                let background = left[channel] + (right[channel] - left[channel]) * across;
                *value = if inside { colour[channel] } else { background } + between(-0.3, 0.3);
            }
        }
    }
    image
}

/// Whether a shape of size 1 around the middle covers a point.
fn covers(shape: usize, y: f32, x: f32) -> bool {
    let (distance, largest) = (y.hypot(x), y.abs().max(x.abs()));
    match shape {
        0 => distance < 1.0,
        1 => largest < 0.9,
        2 => y.abs() + x.abs() < 1.2,
        3 => (0.6..1.0).contains(&distance),
        4 => largest < 1.0 && y.abs().min(x.abs()) < 0.25,
        5 => largest < 1.0 && (y.abs() - x.abs()).abs() < 0.3,
        6 => y.abs() < 0.9 && x.abs() < (y + 0.9) / 1.8,
        7 => largest < 1.0 && y.abs() > 0.4,
        8 => largest < 1.0 && x.abs() > 0.4,
        _ => distance < 1.0 && y < 0.0,
    }
}
