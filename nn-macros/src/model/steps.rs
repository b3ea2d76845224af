//! The steps of a network, in an order in which each finds its input computed.

use crate::layer::{Form, Node, Saves};

/// A value that flows through a network: 0 is the input, `n` is what step `n - 1` gives.
pub(crate) type Value = usize;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A layer itself.
    Layer(usize),
    /// The activation after a layer.
    Activation(usize),
    /// A copy of the input, so that the output has a place of its own.
    Copy,
}

/// A step: one value in, one value out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) part: Part,
    pub(crate) form: Form,
    pub(crate) input: Value,
    pub(crate) output: Value,
    /// Whether the step has weights that are trained.
    pub(crate) trained: bool,
}

/// What the last layer ends with: the names of the types in `nn_core::head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Linear,
    Sigmoid,
    Softmax,
}

/// The steps of an inference.
pub(crate) fn inference(nodes: &[Node<'_>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        let Some(layer) = &node.layer else { continue };
        let form = match layer.form() {
            // At inference nothing is dropped.
            Form::InPlace(Saves::Nothing) => Form::Alias,
            form => form,
        };
        push(&mut steps, Part::Layer(number), form, layer.has_weights());
        if let Some(function) = &node.activation {
            push(&mut steps, Part::Activation(number), Form::InPlace(function.saves()), false);
        }
    }
    with_own_output(steps, Head::Linear)
}

/// The steps of a forward pass in training, which stops before the head.
pub(crate) fn training(nodes: &[Node<'_>]) -> (Vec<Step>, Head) {
    let head = head(nodes);
    let mut steps = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        let Some(layer) = &node.layer else { continue };
        let is_head = number + 1 == nodes.len() && head != Head::Linear;
        if !(is_head && layer.function().is_some()) {
            push(&mut steps, Part::Layer(number), layer.form(), layer.has_weights());
        }
        if let (Some(function), false) = (&node.activation, is_head) {
            push(&mut steps, Part::Activation(number), Form::InPlace(function.saves()), false);
        }
    }
    (with_own_output(steps, head), head)
}

fn head(nodes: &[Node<'_>]) -> Head {
    let last = nodes.last();
    let function = last.and_then(|node| node.activation.clone().or_else(|| node.layer.as_ref()?.function()));
    match function.map(|function| function.name()) {
        Some("softmax") => Head::Softmax,
        Some("sigmoid") => Head::Sigmoid,
        _ => Head::Linear,
    }
}

fn push(steps: &mut Vec<Step>, part: Part, form: Form, trained: bool) {
    let input = steps.len();
    steps.push(Step { part, form, input, output: input + 1, trained });
}

/// Adds a copy if the output would lie where the input lies, or where the backward pass reads it: a trainer applies the
/// head where the output lies.
fn with_own_output(mut steps: Vec<Step>, head: Head) -> Vec<Step> {
    let last = steps.iter().rev().map(|step| step.form).find(|form| *form != Form::Alias);
    let shared = match last {
        None => true,
        Some(form) => form == Form::InPlace(Saves::Output) && head != Head::Linear,
    };
    if shared {
        push(&mut steps, Part::Copy, Form::Apart { saves_input: false }, false);
    }
    steps
}
