//! How far training has come, and what the optimizer remembers.

use crate::trainer::problem::TrainingProblem;
use crate::trainer::slots::Slots;
use nn_core::network::{Span, Trainable};
use std::borrow::Cow;

/// What a second `fit` goes on from, and what a checkpoint keeps.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// The steps done.
    pub(super) step: u64,
    /// The epochs done: the next one's order of samples follows from it.
    pub(super) epoch: u64,
    /// What the optimizer remembers of each weight.
    pub(super) slots: Slots,
    /// Which network is trained; `None` before the first `fit`.
    pub(super) network: Option<Identity>,
}

/// What tells networks apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    name: &'static str,
    parameters: usize,
    spans: &'static [Span],
}

impl Identity {
    pub(super) fn of<N: Trainable>() -> Self {
        Self { name: N::NAME, parameters: N::PARAMETERS, spans: N::SPANS }
    }
}

impl State {
    /// Makes it fit the network if nothing was trained yet.
    pub(super) fn prepare<N: Trainable>(&mut self, slots: usize) -> Result<(), TrainingProblem> {
        if self.is_new::<N>()? {
            *self = Self::new::<N>(slots)?;
        }
        Ok(())
    }

    /// The state of this network: this one, or a new one if nothing was trained yet.
    pub(super) fn of<N: Trainable>(&self, slots: usize) -> Result<Cow<'_, Self>, TrainingProblem> {
        Ok(if self.is_new::<N>()? { Cow::Owned(Self::new::<N>(slots)?) } else { Cow::Borrowed(self) })
    }

    /// Whether nothing was trained yet. It is an error if what was trained is another network.
    fn is_new<N: Trainable>(&self) -> Result<bool, TrainingProblem> {
        let found = Identity::of::<N>();
        match self.network {
            None => Ok(true),
            Some(trained) if trained == found => Ok(false),
            Some(trained) => Err(TrainingProblem::OtherNetwork { trained: trained.name, found: found.name }),
        }
    }

    /// The state of a network that nothing was done to.
    pub(super) fn new<N: Trainable>(slots: usize) -> Result<Self, TrainingProblem> {
        let slots = Slots::new(slots, N::SPANS)?;
        Ok(Self { step: 0, epoch: 0, slots, network: Some(Identity::of::<N>()) })
    }
}
