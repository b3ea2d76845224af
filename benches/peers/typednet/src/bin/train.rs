//! Trains a network of typednet by orders: `train NETWORK BATCH`.

use typednet::network::Trainable;
use typednet::prelude::*;
use worker::{Images, Job, Training, serve, threads};
use worker_typednet::{Digits, DsCnn, Perceptron, ResNet8, Samples, samples};

fn main() {
    let job = Job::from_arguments();
    match job.network.as_str() {
        "digits" => serve(Ours::<Digits, 28, 28, 1, 10>::new(&job)),
        "perceptron" => serve(Ours::<Perceptron, 28, 28, 1, 10>::new(&job)),
        "ds-cnn" => serve(Ours::<DsCnn, 49, 10, 1, 12>::new(&job)),
        "resnet-8" => serve(Ours::<ResNet8, 32, 32, 3, 10>::new(&job)),
        other => eprintln!("no network {other}"),
    }
}

/// A network with its trainer and its data.
struct Ours<N, const H: usize, const W: usize, const C: usize, const CLASSES: usize> {
    net: Box<N>,
    trainer: Trainer<'static, Adam, SparseCategoricalCrossentropy, ((), Accuracy)>,
    all: Samples<H, W, C, CLASSES>,
    /// The first samples, as many as were asked for last.
    some: Samples<H, W, C, CLASSES>,
    test: Samples<H, W, C, CLASSES>,
}

impl<N, const H: usize, const W: usize, const C: usize, const CLASSES: usize> Ours<N, H, W, C, CLASSES>
where
    N: Trainable<Input = [[[f32; C]; W]; H], Output = [f32; CLASSES]> + Plain,
{
    fn new(job: &Job) -> Self {
        let path = worker::installed().join("models").join(format!("{}.safetensors", job.network));
        let all = samples(&Images::of(&job.network, "train"));
        Self {
            net: N::load(path).expect("the weights to begin with"),
            trainer: Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
                .metric(Accuracy)
                .batch_size(job.batch)
                .threads(threads())
                .verbose(0),
            some: all.clone(),
            all,
            test: samples(&Images::of(&job.network, "test")),
        }
    }
}

impl<N, const H: usize, const W: usize, const C: usize, const CLASSES: usize> Training for Ours<N, H, W, C, CLASSES>
where
    N: Trainable<Input = [[[f32; C]; W]; H], Output = [f32; CLASSES], Head = typednet::head::Softmax> + Plain,
{
    fn train(&mut self, images: usize) -> f64 {
        if self.some.len() != images.min(self.all.len()) {
            self.some = self.all.clone().take(images);
        }
        self.trainer.fit(&mut *self.net, &self.some).expect("a training").last("loss")
    }

    fn test(&mut self) -> f64 {
        self.trainer.evaluate(&*self.net, &self.test).expect("an evaluation").metric("accuracy")
    }
}
