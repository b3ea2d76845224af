//! Why a network cannot be trained, or its training not go on.

use thiserror::Error;

/// Why a network cannot be trained or evaluated.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TrainingProblem {
    /// There is nothing to learn from.
    #[error("the {0} has no samples: give it at least one")]
    Empty(&'static str),
    /// There are more samples than rows can be counted.
    #[error("the data set has {0} samples, more than the 4294967295 that can be shuffled: split it")]
    TooManySamples(usize),
    /// A batch without samples.
    #[error("the batch size is 0: a batch needs at least one sample, Keras takes 32")]
    BatchSize,
    /// The trainer has trained a network of another type before.
    #[error(
        "this trainer has trained `{trained}` and remembers moments of its weights, so it cannot train `{found}`: make a \
         trainer for each network, or call `reset` between them"
    )]
    OtherNetwork {
        /// The network that was trained before.
        trained: &'static str,
        /// The network that was given now.
        found: &'static str,
    },
    /// The loss is not a number any more, and neither are the weights, or will not be after the next step.
    #[error(
        "the loss of step {step} in epoch {epoch} is not a number: lower the learning rate ({learning_rate} now), or look \
         for inputs and labels that are not finite"
    )]
    Diverged {
        /// The epoch of this `fit`, counted from one.
        epoch: usize,
        /// The step of the epoch, counted from one.
        step: usize,
        /// The learning rate of the step.
        learning_rate: f32,
    },
    /// There are weights that are infinite or not a number.
    #[error(
        "after epoch {epoch} there are weights that are infinite or not a number: lower the learning rate \
         ({learning_rate} now), or look for inputs and labels that are not finite"
    )]
    Weights {
        /// The epoch of this `fit`, counted from one.
        epoch: usize,
        /// The learning rate of its last step.
        learning_rate: f32,
    },
    /// The system has not enough memory.
    #[error("no memory for {bytes} bytes: a smaller batch size needs less")]
    Memory {
        /// The bytes of the buffer that could not be made.
        bytes: usize,
    },
}

/// Why training cannot go on from a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointProblem {
    /// Something that every checkpoint has is not there.
    #[error("it has no `{0}`, so it is no checkpoint: load a file of weights with `load_weights`")]
    Missing(&'static str),
    /// A number cannot be read.
    #[error("its `{key}` is `{found}`, which is no number of this kind: the file is damaged")]
    Number {
        /// What the number is of.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// The state is that of another optimizer.
    #[error(
        "it was written by the optimizer {found} and this trainer has {expected}: make the trainer with the optimizer and \
         the settings that the file was written with"
    )]
    Optimizer {
        /// The optimizer of the file, and what it remembers.
        found: String,
        /// The optimizer of the trainer, and what it remembers.
        expected: String,
    },
    /// The optimizer's state has not one value for each trained weight.
    #[error(
        "its tensor `{tensor}` has {found} values, but the network has {expected} trained weights: which layers are frozen \
         must be as it was when the file was written"
    )]
    Values {
        /// The tensor.
        tensor: String,
        /// The number of its values.
        found: usize,
        /// The number of trained weights.
        expected: usize,
    },
}
