//! `fit`: epochs, and the steps of an epoch.

use crate::data::dataset::Dataset;
use crate::error::Result;
use crate::history::{History, Score};
use crate::progress::{Progress, Values};
use crate::trainer::chance;
use crate::trainer::epoch::Epoch;
use crate::trainer::evaluate::evaluate;
use crate::trainer::memory::Pieces;
use crate::trainer::pass::{Judge, Totals, gather};
use crate::trainer::problem::TrainingProblem;
use crate::trainer::state::State;
use crate::trainer::{Trainer, Validation, team};
use nn_core::layer::{Mode, Pass};
use nn_core::loss::Loss;
use nn_core::metric::Metrics;
use nn_core::network::Trainable;
use nn_core::optimizer::Optimizer;
use nn_core::plain;

impl<Opt: Optimizer, L, M, V> Trainer<'_, Opt, L, M, V> {
    /// Trains a network on all samples, in a new random order in each epoch.
    ///
    /// Each step takes the next batch, and moves the weights by the optimizer's rule. `loss` and metrics of an epoch are
    /// means over its samples, each as it was when the step saw it (with dropout, and with the weights of that step), as in
    /// Keras. Another `fit` of the same network goes on where this one ended.
    ///
    /// # Errors
    ///
    /// [`Error::Training`](crate::Error::Training) if a data set is empty, the batch size is zero, the memory does not
    /// suffice, the trainer has trained another network, or the loss becomes NaN: then the network is left as it was
    /// before the step, and what follows would be NaN only. (Keras goes on.) Weights are looked at after each epoch.
    pub fn fit<N>(&mut self, net: &mut N, data: &Dataset<N::Input, L::Label>) -> Result<History>
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
        V: Validation<N::Input, L::Label>,
    {
        let mut scratch = self.prepare::<N>(data)?;
        let batch = self.settings.batch_size.min(data.len());
        let mut progress = Progress::new(self.settings.verbose, self.settings.epochs, data.len().div_ceil(batch));
        let mut history = History::default();
        for number in 1..=self.settings.epochs {
            progress.begin_epoch(number);
            let training = self.epoch(net, data, number, &mut scratch, &mut progress)?;
            training.values().for_each(|(name, value)| history.push(name.into(), value));
            if let Some(validation) = self.validate(net, &mut scratch) {
                validation.values().for_each(|(name, value)| history.push(format!("val_{name}").into(), value));
            }
            progress.end_epoch(&latest(&history));
            history.push(LEARNING_RATE.into(), f64::from(self.optimizer.learning_rate()));
            if self.call_back(net, number, &history) {
                break;
            }
        }
        Ok(history)
    }

    /// Checks that training can begin, and makes all buffers.
    fn prepare<N>(&mut self, data: &Dataset<N::Input, L::Label>) -> Result<Scratch<L::Label>>
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
        V: Validation<N::Input, L::Label>,
    {
        let largest = match self.validation.data() {
            Some(validation) if validation.is_empty() => return Err(TrainingProblem::Empty("validation data").into()),
            Some(validation) => data.len().max(validation.len()),
            None => data.len(),
        };
        if data.is_empty() {
            return Err(TrainingProblem::Empty("training data").into());
        }
        if self.settings.batch_size == 0 {
            return Err(TrainingProblem::BatchSize.into());
        }
        let samples = u32::try_from(data.len()).map_err(|_| TrainingProblem::TooManySamples(data.len()))?;
        self.state.prepare::<N>(self.optimizer.slots())?;
        let batch = self.settings.batch_size.min(largest);
        self.memory.reserve_input::<N>(batch)?;
        self.memory.reserve::<N>(batch)?;
        self.memory.reserve_gradients::<N>()?;
        Ok(Scratch { order: (0..samples).collect(), labels: Vec::with_capacity(batch), totals: Totals::new(M::COUNT) })
    }

    /// One epoch of training.
    fn epoch<N>(
        &mut self,
        net: &mut N,
        data: &Dataset<N::Input, L::Label>,
        number: usize,
        scratch: &mut Scratch<L::Label>,
        progress: &mut Progress,
    ) -> Result<Score>
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
    {
        let Scratch { order, labels, totals } = scratch;
        totals.clear();
        chance::shuffle(order, self.settings.seed, self.state.epoch);
        for (step, rows) in (1..).zip(order.chunks(self.settings.batch_size)) {
            if let Some(schedule) = &self.hooks.schedule {
                self.optimizer.set_learning_rate(schedule.learning_rate(self.state.step));
            }
            if !self.step(net, data, rows, labels, totals) {
                let learning_rate = self.optimizer.learning_rate();
                return Err(TrainingProblem::Diverged { epoch: number, step, learning_rate }.into());
            }
            progress.end_step(step, || sorted(totals.score(&self.metrics).values().collect()));
        }
        if net.weights().iter().any(|weight| !weight.is_finite()) {
            // ReLU turns what is not a number into zero, so that the loss may look well.
            let learning_rate = self.optimizer.learning_rate();
            return Err(TrainingProblem::Weights { epoch: number, learning_rate }.into());
        }
        self.state.epoch += 1;
        Ok(totals.score(&self.metrics))
    }

    /// One step: a batch forward and backward, and the weights after it. Says whether the loss is a number; if it is not,
    /// nothing has changed.
    fn step<N>(
        &mut self,
        net: &mut N,
        data: &Dataset<N::Input, L::Label>,
        rows: &[u32],
        labels: &mut Vec<L::Label>,
        totals: &mut Totals,
    ) -> bool
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
    {
        let team = team(&self.team, self.settings.threads);
        let batch = rows.len();
        let Pieces { input, mut training, gradients } = self.memory.pieces::<N>(batch);
        gather(team, data, |sample| rows[sample] as usize, batch, input, labels);
        let mode = Mode::Training { key: chance::key(self.settings.seed, self.state.step) };
        let pass = Pass { team, batch, mode };
        net.forward(pass, input, &mut training);
        let judge = Judge { loss: &self.loss, metrics: &self.metrics };
        judge.score::<N>(&mut training, labels, totals);
        if totals.diverged() {
            return false;
        }
        match plain::view_mut::<N::Gradients>(gradients) {
            Some(gradients) => net.backward(pass, input, &mut training, gradients),
            None => unreachable!("room for the derivatives was made before the first step"),
        }
        net.update_statistics(training.statistics);
        self.state.step += 1;
        let State { step, slots, .. } = &mut self.state;
        slots.update(&self.optimizer, *step, N::SPANS, team, net.weights_mut(), gradients);
        true
    }

    /// The score of the validation data, if there is any.
    fn validate<N>(&mut self, net: &N, scratch: &mut Scratch<L::Label>) -> Option<Score>
    where
        N: Trainable,
        L: Loss<N::Head, N::Output>,
        M: Metrics<N::Output, L::Label>,
        V: Validation<N::Input, L::Label>,
    {
        let data = self.validation.data()?;
        let team = team(&self.team, self.settings.threads);
        let judge = Judge { loss: &self.loss, metrics: &self.metrics };
        let Scratch { labels, totals, .. } = scratch;
        evaluate(judge, team, net, data, self.settings.batch_size, &mut self.memory, labels, totals);
        Some(totals.score(&self.metrics))
    }

    /// Calls the callbacks, and says whether one of them ends the training.
    fn call_back<N: Trainable>(&mut self, net: &mut N, number: usize, history: &History) -> bool {
        let mut epoch = Epoch {
            number,
            epochs: self.settings.epochs,
            history,
            learning_rate: self.optimizer.learning_rate(),
            stopped: false,
            weights: net.weights_mut(),
        };
        self.hooks.callbacks.iter_mut().for_each(|callback| callback(&mut epoch));
        self.optimizer.set_learning_rate(epoch.learning_rate);
        epoch.stopped
    }
}

/// What a `fit` needs besides the trainer.
struct Scratch<Label> {
    /// The rows in the order of the epoch.
    order: Vec<u32>,
    /// The labels of the batch.
    labels: Vec<Label>,
    totals: Totals,
}

/// The name of the learning rate in a history.
const LEARNING_RATE: &str = "learning_rate";

/// The values of the last epoch, as they are printed.
fn latest(history: &History) -> Values<'_> {
    let names = history.names().filter(|name| *name != LEARNING_RATE);
    sorted(names.map(|name| (name, history.last(name))).collect())
}

/// Keras prints values in the order of their names.
fn sorted(mut values: Values<'_>) -> Values<'_> {
    values.sort_by_key(|(name, _)| *name);
    values
}
