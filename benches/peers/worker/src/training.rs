//! Orders to train: `train IMAGES` asks for an epoch of the first so many images, `test` for the accuracy.

use crate::{Images, Shuffle};
use std::io::stdin;
use std::time::Instant;

/// What to train, from the arguments of a worker.
pub struct Job {
    /// The network: the last argument but one.
    pub network: String,
    /// The samples of a step: the last argument.
    pub batch: usize,
}

impl Job {
    /// The job that the arguments name; `digits 128` if there are none.
    pub fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let (network, batch) = match &arguments[..] {
            [.., network, batch] => (network.as_str(), batch.as_str()),
            _ => ("digits", "128"),
        };
        Self { network: network.to_owned(), batch: batch.parse().expect("the samples of a step") }
    }
}

/// A network in training.
pub trait Training {
    /// Trains one epoch on the first so many images, in another order each time; gives the loss.
    fn train(&mut self, images: usize) -> f64;

    /// The share of the test images that are told right.
    fn test(&mut self) -> f64;
}

/// A network that is trained by one batch after the other.
pub trait Steps {
    /// Trains on pixels from 0 to 1, the samples of a batch one after the other, and labels; gives the mean loss.
    fn step(&mut self, pixels: Vec<f32>, labels: Vec<u8>) -> f64;

    /// The class that each sample of a batch is told to be.
    fn classes(&self, pixels: Vec<f32>) -> Vec<usize>;
}

/// Answers orders by batches of the job's images.
pub fn serve_steps(job: &Job, network: impl Steps) {
    let [images, test] = ["train", "test"].map(|part| Images::of(&job.network, part));
    serve(Batches { network, images, test, shuffle: Shuffle::new(0), size: job.batch });
}

struct Batches<S> {
    network: S,
    images: Images,
    test: Images,
    shuffle: Shuffle,
    size: usize,
}

impl<S: Steps> Training for Batches<S> {
    fn train(&mut self, images: usize) -> f64 {
        if self.shuffle.len() != images {
            self.shuffle = Shuffle::new(images);
        }
        let mut loss = 0.0;
        for rows in self.shuffle.shuffled().chunks(self.size) {
            let (pixels, labels) = self.images.batch(rows);
            loss += self.network.step(pixels, labels) * rows.len() as f64;
        }
        loss / images as f64
    }

    fn test(&mut self) -> f64 {
        let rows: Vec<usize> = (0..self.test.len()).collect();
        let right = |rows: &[usize]| {
            let (pixels, labels) = self.test.batch(rows);
            let classes = self.network.classes(pixels);
            classes.iter().zip(&labels).filter(|&(&class, &label)| class == usize::from(label)).count()
        };
        rows.chunks(500).map(right).sum::<usize>() as f64 / rows.len() as f64
    }
}

/// Answers orders until there are no more.
pub fn serve(mut training: impl Training) {
    println!(r#"{{"ready":true}}"#);
    for line in stdin().lines().map_while(Result::ok) {
        match line.strip_prefix("train ").and_then(|images| images.trim().parse().ok()) {
            Some(images) => {
                let begin = Instant::now();
                let loss = training.train(images);
                println!(r#"{{"seconds":{},"loss":{loss}}}"#, begin.elapsed().as_secs_f64());
            }
            None => println!(r#"{{"accuracy":{},"megabytes":{}}}"#, training.test(), peak_megabytes()),
        }
    }
}

/// The most memory that the process has had, in megabytes.
fn peak_megabytes() -> f64 {
    // SAFETY: `rusage` is made of numbers, for which zeros are valid.
    let mut usage: libc::rusage = unsafe { core::mem::zeroed() };
    // SAFETY: the pointer is valid for the call, which only writes the struct.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
    usage.ru_maxrss as f64 / 1024.0
}
