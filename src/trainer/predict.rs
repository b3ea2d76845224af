//! The outputs of many samples at once.

use crate::share::{Work, share};
use crate::trainer::memory::Memory;
use core::cell::Cell;
use nn_core::head;
use nn_core::layer::{Mode, Pass};
use nn_core::network::Trainable;
use nn_core::plain::{self, Plain};
use nn_core::team::Sequential;

/// The samples of a pass: enough for the weights, which are read once a pass, to be worth it. The second number is for
/// networks whose samples take little memory beside the weights.
const BATCH: [usize; 2] = [64, 128];

/// What layers pass on should stay in a cache of about this size, if the weights do not need a larger one anyway.
const CACHE: usize = 1 << 20;

/// The most bytes that a thread keeps from one call to the next.
const MOST_KEPT: usize = 4 << 20;

thread_local! {
    /// The memory of the last call, unless it is large: to have it anew and filled with zeros would take as long as a part of
    /// what a small network computes, and threads would wait for each other while the system maps it.
    static KEPT: Cell<Memory> = Cell::default();
}

/// The memory of a pass; fewer samples if they need more.
const MOST_BYTES: usize = 64 << 20;

/// What a network says of each sample: batches of them go forward, shared by as many threads as there are processors.
///
/// The sums of a batch may be added in another order than those of [`Network::predict`](nn_core::network::Network::predict),
/// so that the last bits of an output may differ from it.
pub fn predict_batch<N: Trainable>(net: &N, inputs: &[N::Input]) -> Vec<N::Output> {
    let mut outputs = vec![N::Output::ZERO; inputs.len()];
    let batch = batch::<N>();
    let work = Work { macs: N::MACS, together: batch.min(BATCH[0]) };
    share(work, inputs, &mut outputs, |inputs, outputs| predict_part(net, inputs, outputs, batch));
    outputs
}

/// The samples of a pass of one thread, if there are so many. No bit of an output depends on it.
fn batch<N: Trainable>() -> usize {
    let near = N::WEIGHT_BYTES.max(CACHE);
    let batch = if N::TRAINING.bytes(BATCH[1]) <= near { BATCH[1] } else { BATCH[0] };
    (MOST_BYTES / N::TRAINING.bytes(1).max(1)).clamp(1, batch)
}

/// The outputs of some samples, batch after batch.
fn predict_part<N: Trainable>(net: &N, inputs: &[N::Input], outputs: &mut [N::Output], batch: usize) {
    // Without it where a thread that ends predicts.
    let mut memory = KEPT.try_with(Cell::take).unwrap_or_default();
    if memory.reserve::<N>(batch.min(inputs.len())).is_err() {
        // One sample at a time needs least memory.
        return outputs.iter_mut().zip(inputs).for_each(|(output, input)| *output = net.predict(input));
    }
    for (inputs, outputs) in inputs.chunks(batch).zip(outputs.chunks_mut(batch)) {
        let batch = inputs.len();
        let mut pieces = memory.pieces::<N>(batch);
        let pass = Pass { team: &Sequential, batch, mode: Mode::Inference };
        net.forward(pass, plain::flatten(inputs), &mut pieces.training);
        let (logits, _) = pieces.training.logits::<N>(batch);
        head::apply::<N::Head, _>(logits);
        outputs.copy_from_slice(logits);
    }
    if memory.bytes() <= MOST_KEPT {
        let _ = KEPT.try_with(|kept| kept.set(memory));
    }
}
