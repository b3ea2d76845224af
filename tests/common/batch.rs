//! One batch forward and backward, without a trainer.

use core::marker::PhantomData;
use typednet::head::Head;
use typednet::kernel::{Isa, Job, Level};
use typednet::layer::{Mode, Pass};
use typednet::network::{Network, Trainable, TrainingMemory};
use typednet::plain::{Plain, boxed_zeroed, flatten};
use typednet::team::Sequential;
use typednet::tensor::Tensor;

/// The memory of a batch's passes. It begins as what is not a number, so that nothing passes that was not written.
pub struct Memory<N> {
    batch: usize,
    activations: Vec<f32>,
    positions: Vec<u8>,
    statistics: Vec<f32>,
    partial: Vec<f32>,
    network: PhantomData<N>,
}

impl<N: Trainable> Memory<N> {
    pub fn new(batch: usize) -> Self {
        let needs = N::TRAINING;
        Self {
            batch,
            activations: vec![f32::NAN; needs.activations * batch],
            positions: vec![u8::MAX; needs.positions * batch],
            statistics: vec![f32::NAN; needs.statistics],
            partial: vec![f32::NAN; needs.partial_floats(batch)],
            network: PhantomData,
        }
    }

    pub fn training(&mut self) -> TrainingMemory<'_> {
        TrainingMemory {
            activations: &mut self.activations,
            positions: &mut self.positions,
            statistics: &mut self.statistics,
            partial: &mut self.partial,
        }
    }

    fn pass(&self, mode: Mode) -> Pass<'static> {
        Pass { team: &Sequential, batch: self.batch, mode }
    }

    /// The logits of a batch.
    pub fn forward(&mut self, net: &N, mode: Mode, input: &[f32]) -> Vec<N::Output> {
        let (pass, batch) = (self.pass(mode), self.batch);
        net.forward(pass, input, &mut self.training());
        self.training().logits::<N>(batch).0.to_vec()
    }

    /// The derivatives of a loss by the inputs and by the trained weights, given those by the logits of the batch that
    /// went forward last.
    pub fn backward(&mut self, net: &N, mode: Mode, input: &[f32], by_logits: &[N::Output]) -> Gradients {
        let (pass, batch) = (self.pass(mode), self.batch);
        let mut memory = self.training();
        memory.logits::<N>(batch).1.copy_from_slice(by_logits);
        let mut weights = boxed_zeroed::<N::Gradients>();
        weights.floats_mut().fill(f32::NAN);
        let mut by_input = vec![f32::NAN; input.len()];
        net.backward_to_input(pass, input, &mut memory, &mut weights, &mut by_input);
        Gradients { input: by_input, weights: trained::<N>(&weights) }
    }
}

/// The derivatives by the trained weights. What else there may be is not for the optimizer.
pub fn trained<N: Trainable>(gradients: &N::Gradients) -> Vec<f32> {
    N::SPANS.iter().flat_map(|span| &gradients.floats()[span.gradients.clone()]).copied().collect()
}

/// The derivatives of a loss.
#[derive(Debug, PartialEq)]
pub struct Gradients {
    /// By each input of the batch.
    pub input: Vec<f32>,
    /// By each trained weight.
    pub weights: Vec<f32>,
}

/// What the last layer makes of logits.
pub fn outputs_of<N: Trainable>(logits: &[N::Output]) -> Vec<N::Output> {
    let mut outputs = logits.to_vec();
    typednet::head::apply::<N::Head, _>(&mut outputs);
    outputs
}

/// The outputs of a batch, and the derivatives of `sum(output * by_output)`.
pub fn both_ways<N: Trainable>(net: &N, mode: Mode, input: &[f32], by_output: &[f32]) -> (Vec<f32>, Gradients) {
    let mut memory = Memory::<N>::new(input.len() / N::Input::FLOATS);
    let logits = memory.forward(net, mode, input);
    let outputs = outputs_of::<N>(&logits);
    let mut by_logits = outputs.clone();
    for ((gradient, output), by_output) in
        by_logits.iter_mut().zip(&outputs).zip(by_output.chunks_exact(N::Output::FLOATS))
    {
        gradient.floats_mut().copy_from_slice(by_output);
        N::Head::backward(output.floats(), gradient.floats_mut(), N::Output::SHAPE.last());
    }
    let gradients = memory.backward(net, mode, input, &by_logits);
    (flatten(&outputs).to_vec(), gradients)
}

/// The outputs of samples, one inference each, on an instruction set.
pub fn infer_all<N: Network>(level: Level, net: &N, input: &[f32]) -> Vec<f32> {
    struct One<'a, N>(&'a N, &'a [f32], &'a mut [f32]);
    impl<N: Network> Job for One<'_, N> {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            self.0.infer_on(isa, self.1, self.2);
        }
    }
    let mut outputs = Vec::new();
    for sample in input.chunks_exact(N::Input::FLOATS) {
        let mut memory = vec![f32::NAN; N::Memory::FLOATS];
        level.run(One(net, sample, &mut memory));
        outputs.extend_from_slice(&memory[N::OUTPUT]);
    }
    outputs
}
