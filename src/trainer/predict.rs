//! The outputs of many samples at once.

use crate::threads::Threads;
use crate::trainer::memory::Memory;
use nn_core::head;
use nn_core::layer::{Mode, Pass};
use nn_core::network::Trainable;
use nn_core::plain;
use nn_core::team::{Sequential, Team};

/// The samples of a pass; fewer if they need more than [`MOST_BYTES`].
const BATCH: usize = 256;

/// The memory of a pass.
const MOST_BYTES: usize = 64 << 20;

/// Below so many multiply-accumulate operations, some milliseconds of work, threads cost more than they save.
const WORTH_THREADS: usize = 50_000_000;

/// What a network says of each sample: batches of them go forward, shared by as many threads as there are processors.
///
/// The sums of a batch may be added in another order than those of [`Network::predict`](nn_core::network::Network::predict),
/// so that the last bits of an output may differ from it.
pub fn predict_batch<N: Trainable>(net: &N, inputs: &[N::Input]) -> Vec<N::Output> {
    if inputs.len().saturating_mul(N::MACS) < WORTH_THREADS {
        predict_by(&Sequential, net, inputs)
    } else {
        predict_by(&Threads::default(), net, inputs)
    }
}

fn predict_by<N: Trainable>(team: &dyn Team, net: &N, inputs: &[N::Input]) -> Vec<N::Output> {
    let most = (MOST_BYTES / N::TRAINING.bytes(1).max(1)).clamp(1, BATCH);
    let mut memory = Memory::default();
    if memory.reserve::<N>(most.min(inputs.len())).is_err() {
        // One sample at a time needs least memory.
        return inputs.iter().map(|input| net.predict(input)).collect();
    }
    let mut outputs = Vec::with_capacity(inputs.len());
    for inputs in inputs.chunks(most) {
        let batch = inputs.len();
        let mut pieces = memory.pieces::<N>(batch);
        let pass = Pass { team, batch, mode: Mode::Inference };
        net.forward(pass, plain::flatten(inputs), &mut pieces.training);
        let (logits, _) = pieces.training.logits::<N>(batch);
        head::apply::<N::Head, _>(logits);
        outputs.extend_from_slice(logits);
    }
    outputs
}
