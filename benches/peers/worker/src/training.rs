//! Orders to train: `train IMAGES` asks for an epoch of the first so many images, `test` for the accuracy.

use std::io::stdin;
use std::time::Instant;

/// What to train, from the arguments of a worker.
pub struct Job {
    /// The network: the first argument.
    pub network: String,
    /// The samples of a step: the second argument.
    pub batch: usize,
}

impl Job {
    /// The job that the arguments name.
    pub fn from_arguments() -> Self {
        let mut arguments = std::env::args().skip(1);
        let network = arguments.next().unwrap_or_else(|| "digits".to_owned());
        Self { network, batch: arguments.next().and_then(|batch| batch.parse().ok()).unwrap_or(128) }
    }
}

/// A network in training.
pub trait Training {
    /// Trains one epoch on the first so many images, in another order each time; gives the loss.
    fn train(&mut self, images: usize) -> f64;

    /// The share of the test images that are told right.
    fn test(&mut self) -> f64;
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
