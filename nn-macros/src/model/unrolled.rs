//! The layers of a `repeat` one after the other, as training runs them: so its plan of memory sees all of them, and layers
//! on both sides of the end of a repetition can become one step.

use super::{Body, Branch, Node, Path};
use proc_macro2::Ident;

/// Above so many layers a `repeat` stays a loop, so that code does not grow with its count.
const MOST: usize = 32;

/// The layers `count` times, from the shape `input` on; none if they are too many.
pub(super) fn unrolled<'a>(nodes: &[Node<'a>], count: usize, path: &Path, input: &Ident) -> Vec<Node<'a>> {
    let layers: usize = nodes.iter().map(layers).sum();
    if count.saturating_mul(layers) > MOST {
        return Vec::new();
    }
    let mut input = input.clone();
    let mut unrolled = Vec::new();
    for number in 0..count {
        let repetition = moved(nodes, &path.element(number), input.clone());
        input = repetition.last().map_or(input, |last| last.output.clone());
        unrolled.extend(repetition);
    }
    unrolled
}

/// The layers that training runs for a node.
fn layers(node: &Node<'_>) -> usize {
    match &node.body {
        Body::Repeat { unrolled, .. } if !unrolled.is_empty() => unrolled.iter().map(layers).sum(),
        Body::Residual { .. } | Body::Join { .. } => node.children().map(layers).sum(),
        Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_) | Body::Mistake => 1,
    }
}

/// The same layers behind a path, from the shape `input` on.
fn moved<'a>(nodes: &[Node<'a>], path: &Path, mut input: Ident) -> Vec<Node<'a>> {
    let mut all = Vec::new();
    for node in nodes {
        let node = moved_node(node, path, input);
        input = node.output.clone();
        all.push(node);
    }
    all
}

fn moved_node<'a>(node: &Node<'a>, path: &Path, input: Ident) -> Node<'a> {
    let body = match &node.body {
        Body::Layer { layer, activation } => Body::Layer { layer: layer.clone(), activation: activation.clone() },
        Body::Residual { nodes, shortcut } => Body::Residual {
            nodes: moved(nodes, path, input.clone()),
            shortcut: shortcut.as_ref().map(|node| Box::new(moved_node(node, path, input.clone()))),
        },
        Body::Join { join, branches } => Body::Join {
            join: *join,
            branches: branches.iter().map(|branch| moved_branch(branch, path, &input)).collect(),
        },
        Body::Repeat { count, nodes, unrolled } => {
            Body::Repeat { count: count.clone(), nodes: nodes.clone(), unrolled: moved(unrolled, path, input.clone()) }
        }
        Body::Network(network) => Body::Network(network.clone()),
        Body::Mistake => Body::Mistake,
    };
    let path = path.join(&node.path);
    let output = path.constant("shape");
    Node { syntax: node.syntax, name: node.name.clone(), path, input, output, frozen: node.frozen, body }
}

fn moved_branch<'a>(branch: &Branch<'a>, path: &Path, input: &Ident) -> Branch<'a> {
    let nodes = moved(&branch.nodes, path, input.clone());
    let output = nodes.last().map_or_else(|| input.clone(), |node| node.output.clone());
    Branch { syntax: branch.syntax, name: branch.name.clone(), path: path.join(&branch.path), output, nodes }
}

/// The layers that training runs one after the other.
pub(super) fn flat<'n>(nodes: &'n [Node<'n>]) -> Vec<&'n Node<'n>> {
    let flat = nodes.iter().flat_map(|node| match &node.body {
        Body::Repeat { unrolled, .. } if !unrolled.is_empty() => flat(unrolled),
        _ => vec![node],
    });
    flat.collect()
}
