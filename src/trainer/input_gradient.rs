//! What a network looks at: the derivative of the loss by the input.

use crate::error::Result;
use crate::trainer::memory::{Memory, Pieces};
use nn_core::layer::{Mode, Pass};
use nn_core::loss::{self, Loss};
use nn_core::network::Trainable;
use nn_core::plain::{self, Plain};
use nn_core::team::Sequential;

/// The derivative of the loss of one sample by each value of its input, in inference mode: by how much the loss grows for
/// a small change of that value.
///
/// # Errors
///
/// [`Error::Training`](crate::Error::Training) if the memory does not suffice.
pub fn input_gradient<N, L>(net: &N, input: &N::Input, label: &L::Label, loss: &L) -> Result<Box<N::Input>>
where
    N: Trainable,
    L: Loss<N::Head, N::Output>,
{
    let mut memory = Memory::default();
    memory.reserve::<N>(1)?;
    let Pieces { mut training, .. } = memory.pieces::<N>(1);
    let pass = Pass { team: &Sequential, batch: 1, mode: Mode::Inference };
    net.forward(pass, input.floats(), &mut training);
    let (logits, slopes) = training.logits::<N>(1);
    loss::batch::<N::Head, _, _>(loss, logits, core::slice::from_ref(label), slopes);
    let (mut gradients, mut gradient) = (plain::boxed_zeroed(), plain::boxed_zeroed::<N::Input>());
    net.backward_to_input(pass, input.floats(), &mut training, &mut gradients, gradient.floats_mut());
    Ok(gradient)
}
