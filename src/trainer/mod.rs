//! Training: an optimizer, a loss, and what `fit` does with them.

mod chance;
mod checkpoint;
mod epoch;
mod evaluate;
mod fit;
mod input_gradient;
mod memory;
mod pages;
mod pass;
mod plateau;
mod predict;
mod problem;
mod slots;
mod state;

pub use epoch::Epoch;
pub use input_gradient::input_gradient;
pub use plateau::{EarlyStopping, ReduceLrOnPlateau};
pub use predict::predict_batch;
pub use problem::{CheckpointProblem, TrainingProblem};

use crate::data::dataset::Dataset;
use crate::threads::Threads;
use core::fmt;
use memory::Memory;
use nn_core::optimizer::Optimizer;
use nn_core::schedule::Schedule;
use nn_core::tensor::Tensor;
use state::State;
use std::sync::OnceLock;

/// Trains networks: an optimizer, a loss and the settings of Keras's `fit`.
///
/// `M` are the metrics and `V` is the validation data, both found from what the builder methods are given.
///
/// A trainer belongs to one network: it remembers the optimizer's state, so that a second [`fit`](Trainer::fit) goes on
/// where the first one ended. For another network make another trainer, or call [`reset`](Trainer::reset).
///
/// The same seed gives the same weights, bit for bit, for any number of threads (on the same instruction set).
pub struct Trainer<'a, Opt, L, M = (), V = ()> {
    optimizer: Opt,
    loss: L,
    metrics: M,
    validation: V,
    settings: Settings,
    hooks: Hooks<'a>,
    state: State,
    memory: Memory,
    team: OnceLock<Threads>,
}

/// The settings that are numbers.
#[derive(Clone, Copy, Debug)]
struct Settings {
    epochs: usize,
    batch_size: usize,
    /// `None` for as many as there are processors.
    threads: Option<usize>,
    seed: u64,
    /// `None` for what suits the standard output.
    verbose: Option<u8>,
}

/// The settings that are functions.
#[derive(Default)]
struct Hooks<'a> {
    callbacks: Vec<Callback<'a>>,
    schedule: Option<Box<dyn Schedule + 'a>>,
}

type Callback<'a> = Box<dyn FnMut(&mut Epoch<'_>) + 'a>;

impl<Opt: Optimizer, L> Trainer<'_, Opt, L> {
    /// A trainer without metrics that trains one epoch, with batches of 32, as many threads as the system has processors
    /// for, and the seed 0.
    pub fn new(optimizer: Opt, loss: L) -> Self {
        let settings = Settings { epochs: 1, batch_size: 32, threads: None, seed: 0, verbose: None };
        Self {
            optimizer,
            loss,
            metrics: (),
            validation: (),
            settings,
            hooks: Hooks::default(),
            state: State::default(),
            memory: Memory::default(),
            team: OnceLock::new(),
        }
    }
}

impl<'a, Opt: Optimizer, L, M, V> Trainer<'a, Opt, L, M, V> {
    /// Measures one more metric, such as `Accuracy`.
    pub fn metric<New>(self, metric: New) -> Trainer<'a, Opt, L, (M, New), V> {
        let Self { optimizer, loss, metrics, validation, settings, hooks, state, memory, team } = self;
        let metrics = (metrics, metric);
        Trainer { optimizer, loss, metrics, validation, settings, hooks, state, memory, team }
    }

    /// Evaluates the network on this data after each epoch, in inference mode: the history then has `val_loss` and the
    /// like.
    pub fn validation<I: Tensor, Label>(
        self,
        data: &'a Dataset<I, Label>,
    ) -> Trainer<'a, Opt, L, M, &'a Dataset<I, Label>> {
        let Self { optimizer, loss, metrics, settings, hooks, state, memory, team, .. } = self;
        Trainer { optimizer, loss, metrics, validation: data, settings, hooks, state, memory, team }
    }

    /// How often a `fit` sees each sample; 1 by default. With 0 it changes nothing.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.settings.epochs = epochs;
        self
    }

    /// The samples of a step; 32 by default. The last batch of an epoch has what is left; a size beyond that of the data
    /// set means all samples at once.
    pub fn batch_size(mut self, samples: usize) -> Self {
        self.settings.batch_size = samples;
        self
    }

    /// Calls a function after each epoch, validation included. Several are called in the order in which they were given.
    pub fn callback(mut self, callback: impl FnMut(&mut Epoch<'_>) + 'a) -> Self {
        self.hooks.callbacks.push(Box::new(callback));
        self
    }

    /// Sets the learning rate of each step: by a schedule such as `CosineDecay`, or a function such as
    /// `|step: u64| 0.1 / (step + 1) as f32`. Steps are counted from zero, over all `fit`s.
    pub fn schedule(mut self, schedule: impl Schedule + 'a) -> Self {
        self.hooks.schedule = Some(Box::new(schedule));
        self
    }

    /// The number of threads; 0, the default, is as many as the system has processors for. It changes no result.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.threads = (threads > 0).then_some(threads);
        self.team = OnceLock::new();
        self
    }

    /// The seed of what is random in training, the order of samples and dropout; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// What `fit` prints to the standard output: nothing (0), a bar that moves (1) or a line for each epoch (2). The
    /// default is 1 on a terminal and 0 elsewhere.
    pub fn verbose(mut self, verbose: u8) -> Self {
        self.settings.verbose = Some(verbose);
        self
    }

    /// The learning rate of the next step, unless there is a schedule.
    pub fn learning_rate(&self) -> f32 {
        self.optimizer.learning_rate()
    }

    /// Changes the learning rate from the next step on.
    pub fn set_learning_rate(&mut self, learning_rate: f32) {
        self.optimizer.set_learning_rate(learning_rate);
    }

    /// The steps done so far, over all `fit`s.
    pub fn steps(&self) -> u64 {
        self.state.step
    }

    /// Forgets what was trained: the optimizer's state, steps and epochs. The learning rate stays as it is.
    pub fn reset(&mut self) {
        self.state = State::default();
    }
}

/// The threads, which are started when they are needed first.
fn team(team: &OnceLock<Threads>, threads: Option<usize>) -> &Threads {
    team.get_or_init(|| threads.map_or_else(Threads::default, Threads::new))
}

/// The settings; functions are counted.
impl<Opt: Optimizer, L, M, V> fmt::Debug for Trainer<'_, Opt, L, M, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("optimizer", &self.optimizer.name())
            .field("learning_rate", &self.optimizer.learning_rate())
            .field("settings", &self.settings)
            .field("callbacks", &self.hooks.callbacks.len())
            .field("schedule", &self.hooks.schedule.is_some())
            .field("steps", &self.state.step)
            .finish_non_exhaustive()
    }
}

/// What can be a trainer's validation data: none, or a data set.
#[diagnostic::on_unimplemented(
    message = "the validation data does not fit the network and the loss: `{Self}`",
    note = "it needs inputs `{I}` and labels `{Label}`, as the training data"
)]
pub trait Validation<I: Tensor, Label> {
    /// The data set, if there is one.
    #[doc(hidden)]
    fn data(&self) -> Option<&Dataset<I, Label>>;
}

impl<I: Tensor, Label> Validation<I, Label> for () {
    fn data(&self) -> Option<&Dataset<I, Label>> {
        None
    }
}

impl<I: Tensor, Label> Validation<I, Label> for &Dataset<I, Label> {
    fn data(&self) -> Option<&Dataset<I, Label>> {
        Some(self)
    }
}
