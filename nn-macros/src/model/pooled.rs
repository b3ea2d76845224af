//! Layers that become one step: a convolution, an activation, and the pool of maxima after them.

use super::{Body, Node};
use crate::layer::Part;

/// A convolution whose outputs go through a pool while they are computed.
#[derive(Clone, Copy)]
pub(crate) struct Pooled<'n> {
    pub(crate) convolution: &'n Node<'n>,
    /// The activation between the two, as a variant of `Function`.
    pub(crate) function: Option<&'static str>,
    pub(crate) pool: &'n Node<'n>,
}

impl<'n> Pooled<'n> {
    /// The step that the first of these nodes begin, and the nodes after it.
    ///
    /// A frozen convolution stays a step of its own: its backward pass is another one.
    pub(super) fn first_of<'s>(nodes: &'s [&'n Node<'n>]) -> Option<(Self, &'s [&'n Node<'n>])> {
        let (&convolution, mut rest) = nodes.split_first()?;
        let Body::Layer { layer, activation } = &convolution.body else { return None };
        if layer.part() != Some(Part::Convolution) || convolution.frozen {
            return None;
        }
        let mut function = activation.clone();
        if function.is_none()
            && let Some((Node { body: Body::Layer { layer, .. }, .. }, after)) = rest.split_first()
            && layer.function().is_some()
        {
            (function, rest) = (layer.function(), after);
        }
        let function = match function {
            Some(function) => Some(function.cut()?),
            None => None,
        };
        let (&pool, rest) = rest.split_first()?;
        match &pool.body {
            Body::Layer { layer, .. } if layer.part() == Some(Part::MaxPool) => {
                Some((Self { convolution, function, pool }, rest))
            }
            _ => None,
        }
    }
}
