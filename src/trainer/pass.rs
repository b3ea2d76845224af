//! What training and evaluation have in common: a batch is gathered, goes forward, and is scored.

use crate::data::dataset::Dataset;
use crate::history::Score;
use nn_core::head;
use nn_core::loss::{self, Loss};
use nn_core::metric::Metrics;
use nn_core::network::{Trainable, TrainingMemory};
use nn_core::team::{Chunks, Team};
use nn_core::tensor::Tensor;

/// The floats that a task gathers, about: 64 KiB.
const GATHERED: usize = 16 * 1024;

/// Writes samples, one behind the other, as the input of a batch, and their labels: those of `row(0)`, `row(1)` and so
/// on, until the input is full.
pub(super) fn gather<I: Tensor, Label: Copy + Sync>(
    team: &dyn Team,
    data: &Dataset<I, Label>,
    row: impl Fn(usize) -> usize + Sync,
    batch: usize,
    input: &mut [f32],
    labels: &mut Vec<Label>,
) {
    labels.clear();
    labels.extend((0..batch).filter_map(|sample| data.label(row(sample))));
    let each = I::FLOATS.max(1);
    let samples = (GATHERED / each).max(1);
    team.split(Chunks::new(input, samples * each), |task, input| {
        for (sample, into) in input.chunks_exact_mut(each).enumerate() {
            data.write_input(row(task * samples + sample), into);
        }
    });
}

/// By what a network is scored.
pub(super) struct Judge<'a, L, M> {
    pub(super) loss: &'a L,
    pub(super) metrics: &'a M,
}

// A derived implementation would ask for loss and metrics that can be copied.
impl<L, M> Clone for Judge<'_, L, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, M> Copy for Judge<'_, L, M> {}

impl<L, M> Judge<'_, L, M> {
    /// Scores a batch that has gone forward. Its logits become outputs, and the derivatives by them are written.
    pub(super) fn score<N>(self, memory: &mut TrainingMemory<'_>, labels: &[L::Label], totals: &mut Totals)
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
    {
        let (logits, gradients) = memory.logits::<N>(labels.len());
        totals.loss += loss::batch::<N::Head, _, _>(self.loss, logits, labels, gradients);
        totals.samples += labels.len();
        if M::COUNT > 0 {
            head::apply::<N::Head, _>(logits);
            for (output, label) in logits.iter().zip(labels) {
                self.metrics.add_sample(output, label, &mut totals.metrics);
            }
        }
    }
}

/// Sums over samples.
#[derive(Clone, Debug)]
pub(super) struct Totals {
    samples: usize,
    loss: f64,
    metrics: Vec<f64>,
}

impl Totals {
    /// Of no samples, with this number of metrics.
    pub(super) fn new(metrics: usize) -> Self {
        Self { samples: 0, loss: 0.0, metrics: vec![0.0; metrics] }
    }

    /// Forgets all samples.
    pub(super) fn clear(&mut self) {
        (self.samples, self.loss) = (0, 0.0);
        self.metrics.fill(0.0);
    }

    /// Whether a loss was not a number.
    pub(super) fn diverged(&self) -> bool {
        self.loss.is_nan()
    }

    /// The means.
    pub(super) fn score<O: Tensor, Label>(&self, metrics: &impl Metrics<O, Label>) -> Score {
        let samples = self.samples.max(1) as f64;
        let mut score = Score { loss: self.loss / samples, metrics: Vec::with_capacity(self.metrics.len()) };
        metrics.names(&mut |name| score.metrics.push((name, self.metrics[score.metrics.len()] / samples)));
        score
    }
}
