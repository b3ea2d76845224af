//! `evaluate`: how good a network is.

use crate::data::dataset::Dataset;
use crate::error::Result;
use crate::history::Score;
use crate::trainer::memory::{Memory, Pieces};
use crate::trainer::pass::{Judge, Totals, gather};
use crate::trainer::problem::TrainingProblem;
use crate::trainer::{Trainer, team};
use nn_core::layer::{Mode, Pass};
use nn_core::loss::Loss;
use nn_core::metric::Metrics;
use nn_core::network::Trainable;
use nn_core::optimizer::Optimizer;
use nn_core::team::Team;

impl<Opt: Optimizer, L, M, V> Trainer<'_, Opt, L, M, V> {
    /// The mean loss and the metrics of a network on all samples, in inference mode: nothing is dropped, and moving
    /// statistics are used.
    ///
    /// # Errors
    ///
    /// [`Error::Training`](crate::Error::Training) if there are no samples, the batch size is zero, or the memory does not
    /// suffice.
    pub fn evaluate<N>(&self, net: &N, data: &Dataset<N::Input, L::Label>) -> Result<Score>
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
    {
        if data.is_empty() {
            return Err(TrainingProblem::Empty("data set to evaluate").into());
        }
        if self.settings.batch_size == 0 {
            return Err(TrainingProblem::BatchSize.into());
        }
        let batch = self.settings.batch_size.min(data.len());
        let mut memory = Memory::default();
        memory.reserve_input::<N>(batch)?;
        memory.reserve::<N>(batch)?;
        let (mut labels, mut totals) = (Vec::with_capacity(batch), Totals::new(M::COUNT));
        let judge = Judge { loss: &self.loss, metrics: &self.metrics };
        let team = team(&self.team, self.settings.threads);
        evaluate(judge, team, net, data, batch, &mut memory, &mut labels, &mut totals);
        Ok(totals.score(&self.metrics))
    }
}

/// Scores a network on all samples, in order. There is memory for batches of `batch` samples.
#[expect(clippy::too_many_arguments, reason = "the buffers are those of a `fit`, which lends them one by one")]
pub(super) fn evaluate<N, L, M>(
    judge: Judge<'_, L, M>,
    team: &dyn Team,
    net: &N,
    data: &Dataset<N::Input, L::Label>,
    batch: usize,
    memory: &mut Memory,
    labels: &mut Vec<L::Label>,
    totals: &mut Totals,
) where
    N: Trainable,
    L: Loss<N::Head, N::Output>,
    M: Metrics<N::Output, L::Label>,
{
    totals.clear();
    for begin in (0..data.len()).step_by(batch) {
        let batch = batch.min(data.len() - begin);
        let Pieces { input, mut training, .. } = memory.pieces::<N>(batch);
        gather(team, data, |sample| begin + sample, batch, input, labels);
        net.forward(Pass { team, batch, mode: Mode::Inference }, input, &mut training);
        judge.score::<N>(&mut training, labels, totals);
    }
}
