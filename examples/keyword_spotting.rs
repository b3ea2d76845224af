//! MLPerf Tiny's DS-CNN, which hears twelve words: a convolution over the spectrogram of a second of sound, then four times a
//! depthwise and a pointwise convolution. 23,180 of its weights are trained.
//!
//! Recordings of words are not in the repository. The sounds here are made by the program: each word is two gliding tones
//! and the pauses between its syllables, said at another pace, pitch and loudness each time, in noise.

mod common;

use clap::Parser;
use common::{Arguments, finish};
use std::process::ExitCode;
use typednet::prelude::*;
use typednet::random::Random;

/// Frames of a second of sound, and coefficients of each.
pub(crate) const FRAMES: usize = 49;
pub(crate) const BANDS: usize = 10;
pub(crate) const WORDS: usize = 12;

network! {
    /// Words in spectrograms.
    pub struct Words: [FRAMES, BANDS, 1] -> [WORDS] {
        Conv2d(64, kernel = (10, 4), stride = 2, padding = same, bias = false), BatchNorm, Relu -> [25, 5, 64],
        separable: repeat(4) {
            DepthwiseConv2d(3, padding = same, bias = false), BatchNorm, Relu,
            Conv2d(64, kernel = 1, bias = false), BatchNorm, Relu,
        },
        GlobalAvgPool2d,
        Dense(WORDS, activation = softmax),
    }
}

pub(crate) type Spectrogram = [[[f32; 1]; BANDS]; FRAMES];

fn main() -> typednet::Result<ExitCode> {
    let arguments = Arguments::parse();
    let (train, test) = (said(6_000, 0)?, said(1_200, 1)?);
    let epochs = arguments.epochs.unwrap_or(5);
    let batch_size = arguments.batch_size.unwrap_or(50);
    let steps = (epochs * train.len().div_ceil(batch_size.max(1))) as u64;
    println!("{}", Words::summary());

    let mut net = Words::boxed(arguments.seed);
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
        1..5 => 0.5,
        _ => 0.93,
    }
}

/// Words in turn, said by `count` speakers. Another `seed` gives other speakers.
pub(crate) fn said(count: usize, seed: u64) -> typednet::Result<Dataset<Spectrogram, Class<WORDS>>> {
    let words = (0..count).map(|speaker| speaker % WORDS);
    let sounds: Vec<Spectrogram> =
        words.clone().enumerate().map(|(speaker, word)| say(word, &mut Random::new(seed, speaker as u64))).collect();
    Dataset::new(sounds, words.collect::<Vec<_>>())
}

/// One word, said by one speaker.
fn say(word: usize, speaker: &mut Random) -> Spectrogram {
    let mut between = |low: f32, high: f32| low + (high - low) * speaker.uniform();
    let (start, pace) = (between(0.0, 0.25), between(0.6, 0.75));
    let (pitch, loudness) = (between(-0.8, 0.8), between(0.6, 1.4));
    let mut sound = [[[0.0; 1]; BANDS]; FRAMES];
    for (frame, bands) in sound.iter_mut().enumerate() {
        // The part of the word that has been said, from 0 to 1.
        let part = (frame as f32 / FRAMES as f32 - start) / pace;
        let volume = if (0.0..1.0).contains(&part) { loudness * syllables(word, part) } else { 0.0 };
        let (low, high) = tones(word, part);
        for (band, [value]) in bands.iter_mut().enumerate() {
            let tone = |place: f32| (-(band as f32 - place - pitch).powi(2)).exp();
            *value = volume * (tone(low) + 0.7 * tone(high)) + between(-0.5, 0.5);
        }
    }
    sound
}

/// Where the two tones of a word stand after a part of it: three glides of the low one, and two of the high one.
fn tones(word: usize, part: f32) -> (f32, f32) {
    let low = [1.0 + 2.0 * part, 3.0 - 2.0 * part, 2.0][word % 3];
    let high = if (word / 3).is_multiple_of(2) { 5.0 + 2.5 * part } else { 7.5 - 2.5 * part };
    (low, high)
}

/// How loud a word is after a part of it: of the twelve words, the first six have two syllables, the others three.
fn syllables(word: usize, part: f32) -> f32 {
    let count = if word < 6 { 2.0 } else { 3.0 };
    (core::f32::consts::PI * count * part).sin().abs()
}
