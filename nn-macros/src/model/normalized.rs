//! Layers that train together: a convolution, the normalization and the activation after it.

use super::{Finished, Node};

/// A convolution whose outputs are measured while they are written, and then normalized and cut off in one pass.
#[derive(Clone, Copy)]
pub(crate) struct Normalized<'n> {
    pub(crate) convolution: &'n Node<'n>,
    pub(crate) normalization: &'n Node<'n>,
    /// The activation, as a variant of `Function`.
    pub(crate) function: Option<&'static str>,
    /// The last of the layers.
    pub(crate) last: &'n Node<'n>,
}

impl<'n> Normalized<'n> {
    /// The steps that the first of these nodes begin, and the nodes after them.
    ///
    /// A frozen layer stays a step of its own: its backward pass is another one.
    pub(super) fn first_of<'s>(nodes: &'s [&'n Node<'n>]) -> Option<(Self, &'s [&'n Node<'n>])> {
        let (Finished { convolution, normalization: Some(normalization), function, last }, rest) =
            Finished::first_of(nodes)?
        else {
            return None;
        };
        let is_frozen = convolution.frozen || normalization.frozen;
        (!is_frozen).then_some((Self { convolution, normalization, function, last }, rest))
    }
}
