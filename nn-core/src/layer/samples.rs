//! Work on a batch, sample by sample: what a layer of one's own is made of.

use super::blocks::{add_blocks, sample, sum_blocks};
use super::{Layer, Pass};
use crate::kernel::{Isa, Job, dispatch};
use crate::team::{Chunks, blocks};

/// About so many floats are one task: 64 KiB.
const TASK: usize = 1 << 14;

impl Pass<'_> {
    /// Sample `number` of a batch that lies in `floats`, one sample behind the other.
    pub fn sample<'f>(&self, floats: &'f [f32], number: usize) -> &'f [f32] {
        sample(floats, self.batch, number)
    }

    /// Calls `write` once with each sample's number and its part of `floats`, which is to be written: an output, or the
    /// derivatives by an input. Samples are shared by the threads.
    ///
    /// ```
    /// use nn_core::layer::{Mode, Pass};
    /// use nn_core::team::Sequential;
    ///
    /// let pass = Pass { team: &Sequential, batch: 3, mode: Mode::Inference };
    /// let mut output = [0.0; 6];
    /// pass.each_sample(&mut output, |number, output| output.fill(number as f32));
    /// assert_eq!(output, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
    /// ```
    pub fn each_sample(&self, floats: &mut [f32], write: impl Fn(usize, &mut [f32]) + Sync) {
        let each = (floats.len() / self.batch.max(1)).max(1);
        let samples = TASK.div_ceil(each);
        self.team.split(Chunks::new(floats, samples * each), |task, floats| {
            for (index, floats) in floats.chunks_exact_mut(each).enumerate() {
                write(task * samples + index, floats);
            }
        });
    }

    /// Calls `add` once with each sample's number and with sums, to which it adds what the sample gives: the derivatives
    /// by weights. The total is written to `sums`; it is the same bits for any number of threads.
    ///
    /// `partial` is [`super::Saved::partial`]. If its layer needs as many floats of it as there are sums, samples are shared by
    /// the threads; else one thread adds all of them.
    pub fn sum_samples(&self, partial: &mut [f32], sums: &mut [f32], add: impl Fn(usize, &mut [f32]) + Sync) {
        let len = sums.len();
        let count = blocks(self.batch);
        if len == 0 || partial.len() < len * count {
            sums.fill(0.0);
            return (0..self.batch).for_each(|number| add(number, sums));
        }
        let partial = &mut partial[..len * count];
        sum_blocks(*self, partial, len, |samples, sums| samples.for_each(|number| add(number, sums)));
        add_blocks(self.team, partial, len, sums);
    }
}

/// A batch forward, each sample as at inference: the default of [`Layer::forward`].
pub(super) fn forward<L: Layer>(layer: &L, settings: &L::Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32]) {
    pass.each_sample(output, |number, output| {
        dispatch(Infer { layer, settings, input: pass.sample(input, number), output });
    });
}

/// One sample, to be compiled for each instruction set.
struct Infer<'a, L: Layer> {
    layer: &'a L,
    settings: &'a L::Settings,
    input: &'a [f32],
    output: &'a mut [f32],
}

impl<L: Layer> Job for Infer<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.layer.infer(isa, self.settings, self.input, self.output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Mode;
    use crate::team::{Backwards, Sequential, Team};
    use std::vec;
    use std::vec::Vec;

    fn sums(team: &dyn Team, batch: usize, partial: usize) -> Vec<f32> {
        let pass = Pass { team, batch, mode: Mode::Inference };
        let mut partial = vec![f32::NAN; partial * blocks(batch)];
        let mut sums = vec![f32::NAN; 3];
        pass.sum_samples(&mut partial, &mut sums, |number, sums| {
            for (index, sum) in sums.iter_mut().enumerate() {
                *sum += (number * 3 + index) as f32;
            }
        });
        sums
    }

    /// The sum of `3 n + i` for `n` below `batch` is `3 batch (batch - 1) / 2 + i batch`: whole numbers below 2^24, so that
    /// the order of additions does not matter.
    #[test]
    fn sums_are_those_of_all_samples_with_and_without_memory_for_blocks() {
        for batch in [0, 1, 2, 16, 17, 100] {
            let first = if batch == 0 { 0 } else { 3 * batch * (batch - 1) / 2 };
            let expected: Vec<f32> = (0..3).map(|index| (first + index * batch) as f32).collect();
            for partial in [0, 2, 3, 5] {
                assert_eq!(sums(&Sequential, batch, partial), expected);
                assert_eq!(sums(&Backwards, batch, partial), expected);
            }
        }
    }

    #[test]
    fn each_sample_is_written_once() {
        for (batch, each) in [(0, 3), (1, 1), (5, 4), (3, 2 * TASK), (TASK + 3, 1)] {
            let pass = Pass { team: &Backwards, batch, mode: Mode::Inference };
            let mut output = vec![0.0; batch * each];
            pass.each_sample(&mut output, |number, output| {
                assert_eq!(output.len(), each);
                output.iter_mut().for_each(|value| *value += 1.0 + number as f32);
            });
            for (number, output) in output.chunks(each).enumerate() {
                assert!(output.iter().all(|&value| value == 1.0 + number as f32));
                assert_eq!(pass.sample(output, 0).len(), output.len() / batch);
            }
        }
    }
}
