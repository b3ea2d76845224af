//! What the steps do with the samples of a batch, block by block: the convolution of some, with what is done to them
//! before and after it.

use crate::kernel::ahead::Ahead;
use crate::kernel::dispatch;
use crate::kernel::normalization::apply::Normalize;
use crate::kernel::normalization::backward::{BatchGradient, Cut, NormalizeBackward};
use crate::layer::batch_norm::{add_moments, add_sample_errors, join_blocks, join_errors};
use crate::layer::blocks::{add_blocks, samples};
use crate::layer::convolving::Convolving;
use crate::layer::{Mode, Pass, Saved};
use crate::team::{Chunks, block_size, blocks};
use core::ops::Range;

/// The floats of a batch that stays in the second cache from layer to layer.
const NEAR: usize = 1 << 16;

/// The floats that each block of a batch has for itself, in this order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    /// Sums of what the convolution is about: the moments of its outputs, or the derivatives by its weights.
    pub(super) sums: usize,
    /// The derivatives by the parameters of the normalization before it.
    pub(super) before: usize,
    /// The derivatives of samples by the outputs of the convolution.
    pub(super) errors: usize,
    /// Samples as the normalization before leaves them.
    pub(super) inputs: usize,
}

impl Lengths {
    pub(super) const fn total(&self) -> usize {
        let sums = self.sums.saturating_add(self.before);
        sums.saturating_add(self.errors).saturating_add(self.inputs)
    }

    fn split<'a>(&self, part: &'a mut [f32]) -> Block<'a> {
        let (sums, rest) = part.split_at_mut(self.sums);
        let (before, rest) = rest.split_at_mut(self.before);
        let (errors, inputs) = rest.split_at_mut(self.errors);
        Block { sums, before, errors, inputs }
    }
}

/// The memory of a block, by [`Lengths`].
struct Block<'a> {
    sums: &'a mut [f32],
    before: &'a mut [f32],
    errors: &'a mut [f32],
    inputs: &'a mut [f32],
}

/// A convolution in a pass over a batch.
#[derive(Clone, Copy)]
pub(super) struct Passes<'a> {
    pub(super) weights: &'a dyn Convolving,
    pub(super) pass: Pass<'a>,
    /// What is done to its inputs first.
    pub(super) before: Option<Cut<'a>>,
}

impl Passes<'_> {
    /// Convolves a batch, and takes mean and variance of what comes out if the pass trains.
    pub(super) fn measure(&self, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        let Self { weights, pass, .. } = *self;
        let (size, count) = (block_size(pass.batch), weights.at_once());
        let (len, sums) = (output.len() / pass.batch.max(1), 2 * weights.filters());
        let (statistics, memory) = saved.statistics.split_at_mut(sums);
        weights.prepare(pass, memory);
        let memory = &*memory;
        let lengths = Lengths { sums, before: 0, errors: 0, inputs: self.inputs_len(input) };
        let partial = &mut saved.partial[..lengths.total() * blocks(pass.batch)];
        let parts = (Chunks::new(output, size * len), Chunks::new(&mut *partial, lengths.total()));
        pass.team.split(parts, |block, (output, part)| {
            let Block { sums: moments, inputs, .. } = lengths.split(part);
            let mut first = block * size;
            for output in output.chunks_mut((count * len).max(1)) {
                let end = first + output.len() / len;
                let input = samples(input, pass.batch, first..end);
                let ahead = self.ahead([input, output]);
                let is_written =
                    self.before.is_some_and(|cut| weights.write_normalized(memory, cut, input, output, ahead));
                if !is_written {
                    weights.write_outputs(memory, self.normalized(input, inputs), output, ahead);
                }
                if pass.mode != Mode::Inference {
                    let numbers = first - block * size..end - block * size;
                    numbers
                        .zip(output.chunks_exact(len))
                        .for_each(|(number, output)| add_moments(output, number, moments));
                }
                first = end;
            }
        });
        if pass.mode != Mode::Inference {
            let rows = pass.batch * len / weights.filters().max(1);
            join_blocks(pass, (partial, lengths.total()), rows, statistics);
        }
    }

    /// What is needed after these samples: the next ones.
    fn ahead(&self, samples: [&[f32]; 2]) -> Ahead {
        if samples[0].len() * self.pass.batch / self.weights.at_once() > NEAR {
            Ahead::behind(samples)
        } else {
            Ahead::NOTHING
        }
    }

    /// The floats of so many samples as are convolved at once, of a batch that is normalized first.
    fn inputs_len(&self, batch: &[f32]) -> usize {
        if self.before.is_some() { self.at_once(batch) } else { 0 }
    }

    /// The floats of so many samples of a batch as are convolved at once.
    fn at_once(&self, batch: &[f32]) -> usize {
        self.weights.at_once() * (batch.len() / self.pass.batch.max(1))
    }

    /// Samples as the convolution takes them, written to `memory` if they are normalized first.
    fn normalized<'a>(&self, input: &'a [f32], memory: &'a mut [f32]) -> &'a [f32] {
        let Some(Cut { normalization, bounds }) = self.before else { return input };
        let output = &mut memory[..input.len()];
        dispatch(Normalize { normalization, bounds, input, output: &mut *output });
        output
    }
}

/// What a batch goes back with.
pub(super) struct Samples<'a> {
    pub(super) passes: Passes<'a>,
    pub(super) input: &'a [f32],
    pub(super) convolved: &'a [f32],
    pub(super) output_gradient: &'a [f32],
    /// What was done to the outputs of the convolution.
    pub(super) cut: Cut<'a>,
    pub(super) batch: Option<BatchGradient<'a>>,
}

impl Samples<'_> {
    /// `memory` is that for partial sums, and that which the convolution asks for; the gradients are those by the weights
    /// of the convolution, and by the parameters of the normalization before it.
    pub(super) fn backward(
        &self,
        [partial, memory]: [&mut [f32]; 2],
        gradients: Option<[&mut [f32]; 2]>,
        input_gradient: Option<&mut [f32]>,
    ) {
        let Passes { weights, pass: Pass { team, batch, .. }, before } = self.passes;
        let kernel = weights.kernel_len();
        let errors = self.passes.at_once(self.convolved);
        let lengths = Lengths { sums: 0, before: 0, errors, inputs: self.passes.inputs_len(self.input) };
        let Some([gradient, of_before]) = gradients else {
            // The place for the sums is free for the kernel.
            let Some((turned, partial)) = partial.split_at_mut_checked(kernel) else { return };
            return self.each(lengths, [partial, turned, memory], input_gradient);
        };
        let lengths = Lengths { sums: kernel + weights.filters(), before: of_before.len(), ..lengths };
        let partial = &mut partial[..lengths.total() * blocks(batch)];
        // The gradient is written at the end: until then its place is that of the kernel turned around.
        self.each(lengths, [&mut *partial, &mut gradient[..kernel], memory], input_gradient);
        add_blocks(team, partial, lengths.total(), gradient);
        if let Some(cut) = before {
            join_errors(team, cut, (&partial[lengths.sums..], lengths.total()), of_before);
        }
    }

    /// Runs through the blocks of the batch.
    fn each(&self, lengths: Lengths, [partial, turned, memory]: [&mut [f32]; 3], input_gradient: Option<&mut [f32]>) {
        let Passes { weights, pass, .. } = self.passes;
        let size = lengths.total();
        let partial = &mut partial[..size * blocks(pass.batch)];
        let Some(input_gradient) = input_gradient else {
            return pass.team.split(Chunks::new(partial, size), |number, part| {
                self.block(number, lengths.split(part), None);
            });
        };
        weights.turn(pass, turned, memory);
        let (turned, memory) = (&*turned, &*memory);
        let len = input_gradient.len() / pass.batch.max(1) * block_size(pass.batch);
        let parts = (Chunks::new(partial, size), Chunks::new(input_gradient, len));
        pass.team.split(parts, |number, (part, input_gradient)| {
            self.block(number, lengths.split(part), Some(Target { turned, memory, input_gradient }));
        });
    }

    /// Takes the samples of a block back through activation, normalization and convolution, and adds up what belongs to
    /// the normalization before it while they are at hand.
    fn block(&self, number: usize, block: Block<'_>, mut target: Option<Target<'_>>) {
        let Passes { weights, pass: Pass { batch, .. }, before } = self.passes;
        let begin = number * block_size(batch);
        let end = batch.min(begin + block_size(batch));
        let len = self.input.len() / batch.max(1);
        block.sums.fill(0.0);
        block.before.fill(0.0);
        for first in (begin..end).step_by(weights.at_once()) {
            let range = first..end.min(first + weights.at_once());
            let errors = self.errors(range.clone(), block.errors);
            let input = samples(self.input, batch, range.clone());
            let mut wanted = None;
            if !block.sums.is_empty() {
                let ahead = self
                    .passes
                    .ahead([self.convolved, self.output_gradient].map(|of| samples(of, batch, range.clone())));
                let input = self.passes.normalized(input, block.inputs);
                // A mean over the batch takes away what a bias adds: no derivative by it is left.
                let with_bias = if self.batch.is_some() { 0 } else { weights.filters() };
                let sums = &mut block.sums[..weights.kernel_len() + with_bias];
                weights.add_gradients(input, errors, sums, ahead);
                // No derivative goes through the lower bound.
                wanted = before.and_then(|cut| cut.bounds).filter(|bounds| bounds[0] == 0.0).map(|_| input);
            }
            let Some(Target { turned, memory, input_gradient }) = &mut target else { continue };
            let input_gradient = &mut input_gradient[(first - begin) * len..][..range.len() * len];
            let ahead = self.passes.ahead([input, input_gradient]);
            weights.write_input_gradients(turned, memory, errors, input_gradient, wanted, ahead);
            if let Some(cut) = before.filter(|_| !block.before.is_empty()) {
                for (input, input_gradient) in input.chunks_exact(len).zip(input_gradient.chunks_exact(len)) {
                    add_sample_errors(cut, input, input_gradient, block.before);
                }
            }
        }
    }

    /// The derivatives of samples by the outputs of the convolution, in `memory`.
    fn errors<'a>(&self, range: Range<usize>, memory: &'a mut [f32]) -> &'a [f32] {
        let Self { cut, batch, .. } = *self;
        let input = samples(self.convolved, self.passes.pass.batch, range.clone());
        let output_gradient = samples(self.output_gradient, self.passes.pass.batch, range);
        let errors = &mut memory[..input.len()];
        dispatch(NormalizeBackward { cut, batch, input, output_gradient, input_gradient: &mut *errors });
        errors
    }
}

/// What the derivatives by the input are made with, and where those of a block go.
struct Target<'a> {
    turned: &'a [f32],
    memory: &'a [f32],
    input_gradient: &'a mut [f32],
}
