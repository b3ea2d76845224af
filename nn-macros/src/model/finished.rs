//! Layers that become one step at inference: a convolution, the normalization and the activation after it.

use super::{Body, Node};
use crate::layer::Part;

/// A convolution whose outputs are normalized and cut off before they are written.
#[derive(Clone, Copy)]
pub(crate) struct Finished<'n> {
    pub(crate) convolution: &'n Node<'n>,
    pub(crate) normalization: Option<&'n Node<'n>>,
    /// The activation, as a variant of `Function`.
    pub(crate) function: Option<&'static str>,
    /// The last of the layers.
    pub(crate) last: &'n Node<'n>,
}

impl<'n> Finished<'n> {
    /// The step that the first of these nodes begin, if it is more than a convolution, and the nodes after it.
    pub(super) fn first_of<'s>(nodes: &'s [&'n Node<'n>]) -> Option<(Self, &'s [&'n Node<'n>])> {
        let (&convolution, mut rest) = nodes.split_first()?;
        let Body::Layer { layer, activation } = &convolution.body else { return None };
        if !matches!(layer.part(), Some(Part::Convolution | Part::DepthwiseConvolution)) {
            return None;
        }
        let mut step = Self { convolution, normalization: None, function: None, last: convolution };
        if let Some(function) = activation {
            step.function = Some(function.cut()?);
            return Some((step, rest));
        }
        if let Some((&node, after)) = rest.split_first()
            && matches!(&node.body, Body::Layer { layer, .. } if layer.part() == Some(Part::Normalization))
        {
            (step.normalization, step.last, rest) = (Some(node), node, after);
        }
        if let Some((&node, after)) = rest.split_first()
            && let Body::Layer { layer, .. } = &node.body
            && let Some(function) = layer.function().and_then(|function| function.cut())
        {
            (step.function, step.last, rest) = (Some(function), node, after);
        }
        (step.normalization.is_some() || step.function.is_some()).then_some((step, rest))
    }
}
