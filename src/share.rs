//! Many samples, shared by threads.

use crate::threads::Threads;
use nn_core::team::{Chunks, Team};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Below so many multiply-accumulate operations, a millisecond of work or more, threads cost more than they save.
const WORTH_THREADS: usize = 50_000_000;

/// The threads of the last call, for the next one: to start some anew takes longer than a quarter of the least work that is
/// shared. Calls at the same time have threads of their own.
static KEPT: Mutex<Option<Threads>> = Mutex::new(None);

/// What samples are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// The multiply-accumulate operations of a sample.
    pub(crate) macs: usize,
    /// So many samples, or a multiple of them, stay together.
    pub(crate) together: usize,
}

/// Calls `predict` with inputs and with the places of their outputs: once with all, or, if there is enough to do, once for
/// each of as many threads as there are processors.
pub(crate) fn share<I, O>(work: Work, inputs: &[I], outputs: &mut [O], predict: impl Fn(&[I], &mut [O]) + Sync)
where
    I: Sync,
    O: Send,
{
    if inputs.len().saturating_mul(work.macs) < WORTH_THREADS {
        return predict(inputs, outputs);
    }
    let last = kept().take();
    let team = last.unwrap_or_default();
    share_by(&team, work.together, inputs, outputs, predict);
    let _other = kept().replace(team);
}

fn kept() -> MutexGuard<'static, Option<Threads>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same for a team. Each thread gets one part, so that there is memory for one part a thread, and one wait for all.
fn share_by<I: Sync, O: Send>(
    team: &dyn Team,
    together: usize,
    inputs: &[I],
    outputs: &mut [O],
    predict: impl Fn(&[I], &mut [O]) + Sync,
) {
    let part = inputs.len().div_ceil(together).div_ceil(team.threads()).max(1) * together;
    team.split(Chunks::new(outputs, part), |number, outputs| {
        predict(&inputs[number * part..][..outputs.len()], outputs);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn each_sample_is_in_one_part_and_each_thread_has_one_at_most() {
        for threads in [1, 2, 3, 8] {
            let team = Threads::new(threads);
            for (samples, together) in
                [(0, 1), (1, 1), (2, 1), (7, 1), (100, 1), (1, 64), (64, 64), (65, 64), (300, 64)]
            {
                let inputs: Vec<usize> = (0..samples).collect();
                let (mut outputs, parts) = (vec![0; samples], AtomicUsize::new(0));
                share_by(&team, together, &inputs, &mut outputs, |inputs, outputs| {
                    parts.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(inputs.len(), outputs.len());
                    assert!(inputs[0].is_multiple_of(together));
                    inputs.iter().zip(outputs).for_each(|(input, output)| *output += input + 1);
                });
                assert!(outputs.iter().zip(inputs).all(|(output, input)| *output == input + 1), "{samples} {threads}");
                assert!(parts.into_inner() <= threads, "{samples} samples, {threads} threads");
            }
        }
    }
}
