//! Checkpoints: files from which training goes on as if it had never been interrupted.
//!
//! A checkpoint is a file of weights with more in it: a tensor for each slot of the optimizer, and the numbers of steps
//! and epochs and the learning rate as texts.

use crate::error::{Error, Result};
use crate::files::{NamedTensor, StoredTensor, TensorFile, assign_weights, check_weights, read_tensors, save_with};
use crate::trainer::Trainer;
use crate::trainer::problem::CheckpointProblem;
use crate::trainer::slots::trained;
use crate::trainer::state::State;
use core::str::FromStr;
use nn_core::network::Trainable;
use nn_core::optimizer::Optimizer;
use nn_core::shape::Shape;
use std::path::Path;

/// What the names of the optimizer's tensors begin with. No layer's name has a slash.
const SLOT: &str = "optimizer/";
const OPTIMIZER: &str = "optimizer";
const STEP: &str = "step";
const EPOCH: &str = "epoch";
const LEARNING_RATE: &str = "learning_rate";

impl<Opt: Optimizer, L, M, V> Trainer<'_, Opt, L, M, V> {
    /// Writes the weights of a network, the optimizer's state, and how far training has come, into one safetensors file.
    /// The file is whole or not there.
    ///
    /// Between two `fit`s it can be done as often as is wanted: `epochs(1)`, and a `fit` and a checkpoint in a loop.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be written, and [`Error::Training`] if the trainer has trained another network.
    pub fn checkpoint<N: Trainable>(&self, net: &N, path: impl AsRef<Path>) -> Result<()> {
        let state = self.state.of::<N>(self.optimizer.slots())?;
        let slots: Vec<Vec<f32>> = (0..state.slots.count()).map(|slot| state.slots.slot(slot, N::SPANS)).collect();
        let tensors = slots.iter().enumerate().map(|(slot, values)| NamedTensor {
            name: format!("{SLOT}{slot}"),
            shape: Shape::new(&[values.len()]),
            values,
        });
        let (step, epoch) = (state.step.to_string(), state.epoch.to_string());
        let learning_rate = self.optimizer.learning_rate().to_string();
        let texts =
            [(OPTIMIZER, &*self.described()), (STEP, &*step), (EPOCH, &*epoch), (LEARNING_RATE, &*learning_rate)];
        save_with(net, path, tensors.collect(), &texts)
    }

    /// Reads a checkpoint: the next `fit` goes on with the same bits as if it had followed the one before the checkpoint,
    /// given the same settings and data.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if the file cannot be read, [`Error::Weights`] if it is damaged, [`Error::OtherNetwork`] if it is
    /// one of another network, and [`Error::Checkpoint`] if it is no checkpoint or one of another optimizer. Then neither
    /// the network nor the trainer has changed.
    pub fn resume<N: Trainable>(&mut self, net: &mut N, path: impl AsRef<Path>) -> Result<()> {
        let mut file = read_tensors(path)?;
        let slots = file.take(SLOT);
        let mut state = State::new::<N>(self.optimizer.slots())?;
        let problem = |problem| Error::Checkpoint { path: file.path().into(), problem };
        let learning_rate = self.read(&file, &mut state).map_err(problem)?;
        // What is wrong with the weights says more than what is wrong with their moments.
        check_weights::<N>(&file)?;
        read_slots::<N>(&file, &slots, &mut state).map_err(problem)?;
        assign_weights(net, &file)?;
        self.state = state;
        self.optimizer.set_learning_rate(learning_rate);
        Ok(())
    }

    /// Reads the numbers of a checkpoint: steps and epochs into the state, and the learning rate.
    fn read(&self, file: &TensorFile, state: &mut State) -> Result<f32, CheckpointProblem> {
        (state.step, state.epoch) = (number(file, STEP)?, number(file, EPOCH)?);
        let learning_rate = number(file, LEARNING_RATE)?;
        let (found, expected) = (text(file, OPTIMIZER)?, self.described());
        if found != expected {
            return Err(CheckpointProblem::Optimizer { found: found.into(), expected });
        }
        Ok(learning_rate)
    }

    /// The optimizer and how much it remembers: `adam with 2 values for each weight`.
    fn described(&self) -> String {
        let values = if self.optimizer.slots() == 1 { "value" } else { "values" };
        format!("{} with {} {values} for each weight", self.optimizer.name(), self.optimizer.slots())
    }
}

fn read_slots<N: Trainable>(
    file: &TensorFile,
    slots: &[StoredTensor],
    state: &mut State,
) -> Result<(), CheckpointProblem> {
    let expected = trained(N::SPANS);
    let mut values = vec![0.0; expected];
    for slot in 0..state.slots.count() {
        let name = format!("{SLOT}{slot}");
        let stored = slots.iter().find(|tensor| tensor.name == name);
        let found = stored.map_or(0, StoredTensor::len);
        let Some(stored) = stored.filter(|_| found == expected) else {
            return Err(CheckpointProblem::Values { tensor: name, found, expected });
        };
        file.copy(stored, &mut values);
        state.slots.set_slot(slot, N::SPANS, &values);
    }
    Ok(())
}

fn text<'a>(file: &'a TensorFile, key: &'static str) -> Result<&'a str, CheckpointProblem> {
    file.metadata(key).ok_or(CheckpointProblem::Missing(key))
}

fn number<T: FromStr>(file: &TensorFile, key: &'static str) -> Result<T, CheckpointProblem> {
    let text = text(file, key)?;
    text.parse().map_err(|_| CheckpointProblem::Number { key, found: text.into() })
}
