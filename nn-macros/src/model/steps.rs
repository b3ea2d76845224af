//! The steps of a network, in an order in which each finds its inputs computed.

use super::memory::saved;
use super::unrolled::flat;
use super::{Body, Branch, Finished, Join, Node, Normalized, Pooled};
use crate::layer::{Form, Saves};
use proc_macro2::Ident;
use quote::format_ident;

/// A value that flows through a network: its number. 0 is the network's input.
pub(crate) type Value = usize;

/// What a step does.
#[derive(Clone, Copy)]
pub(crate) enum Work<'n> {
    /// A layer itself.
    Layer(&'n Node<'n>),
    /// The activation after a layer.
    Activation(&'n Node<'n>),
    /// A convolution with the pool after it.
    Pooled(Pooled<'n>),
    /// A convolution with the normalization and the activation after it, at inference.
    Finished(Finished<'n>),
    /// The convolution of these layers in training, whose outputs are measured, and before it what follows the convolution
    /// of others.
    Measured(Normalized<'n>, Option<Normalized<'n>>),
    /// What follows the convolution of these layers there, if that is not left to another convolution.
    Normalized(Normalized<'n>),
    /// A network inside the network: a declared one, or the layers of `repeat`.
    Nested(&'n Node<'n>),
    /// Several values into one.
    Join(Join),
    /// A copy, so that the output has a place of its own.
    Copy,
}

/// A step: one value out, of one value or of several.
#[derive(Clone)]
pub(crate) struct Step<'n> {
    pub(crate) work: Work<'n>,
    pub(crate) form: Form,
    pub(crate) inputs: Vec<Value>,
    pub(crate) output: Value,
    pub(crate) trained: Trained,
}

/// Whether training changes weights of a layer or block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trained {
    No,
    /// That hangs on a type, which only rustc knows.
    Open,
    Yes,
}

impl Step<'_> {
    /// Whether it runs the layers of a `repeat`, which write over what they are given.
    pub(crate) fn is_repeated(&self) -> bool {
        matches!(self.work, Work::Nested(Node { body: Body::Repeat { .. }, .. }))
    }
}

/// What the last layer ends with: the names of the types in `nn_core::head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Linear,
    Sigmoid,
    Softmax,
}

/// The steps of a pass, and for each value the constant of its shape.
pub(crate) struct Graph<'n> {
    pub(crate) steps: Vec<Step<'n>>,
    pub(crate) shapes: Vec<Ident>,
    pub(crate) output: Value,
    training: bool,
    /// Whether layers become one step where there is a kernel for them.
    fuses: bool,
}

/// The steps of an inference.
pub(crate) fn inference<'n>(nodes: &'n [Node<'n>]) -> Graph<'n> {
    let mut graph = Graph::new(false, true);
    graph.output = graph.sequence(nodes, 0, false);
    graph.with_own_output()
}

/// The steps of an inference, one for each layer and activation.
pub(super) fn layers<'n>(nodes: &'n [Node<'n>]) -> Graph<'n> {
    let mut graph = Graph::new(false, false);
    graph.output = graph.sequence(nodes, 0, false);
    graph.with_own_output()
}

/// The steps of a forward pass in training, which stops before the head.
pub(crate) fn training<'n>(nodes: &'n [Node<'n>]) -> (Graph<'n>, Head) {
    let head = head(nodes);
    let mut graph = Graph::new(true, true);
    graph.output = graph.sequence(nodes, 0, head != Head::Linear);
    if head != Head::Linear && graph.reads_output_backward() {
        graph.copy_output();
    }
    (graph.with_own_output(), head)
}

/// What the last layer ends with.
fn head(nodes: &[Node<'_>]) -> Head {
    let Some(Body::Layer { layer, activation }) = nodes.last().map(|node| &node.body) else {
        return Head::Linear;
    };
    let function = activation.clone().or_else(|| layer.function());
    match function.map(|function| function.name()) {
        Some("softmax") => Head::Softmax,
        Some("sigmoid") => Head::Sigmoid,
        _ => Head::Linear,
    }
}

impl<'n> Graph<'n> {
    pub(super) fn new(training: bool, fuses: bool) -> Self {
        Self { steps: Vec::new(), shapes: vec![format_ident!("INPUT")], output: 0, training, fuses }
    }

    /// Adds the steps of nodes that follow each other; the last one's head is left out if `headless`.
    fn sequence(&mut self, nodes: &'n [Node<'n>], mut value: Value, headless: bool) -> Value {
        let nodes = if self.training { flat(nodes) } else { nodes.iter().collect() };
        let mut nodes = nodes.as_slice();
        while let Some((node, rest)) = nodes.split_first() {
            let pooled = Pooled::first_of(nodes).filter(|_| self.fuses);
            let finished = Finished::first_of(nodes).filter(|_| self.fuses && !self.training);
            let normalized = Normalized::first_of(nodes).filter(|_| self.fuses && self.training);
            (value, nodes) = match (pooled, finished, normalized) {
                (Some((pooled, rest)), ..) => (self.pooled(pooled, value), rest),
                (_, Some((finished, rest)), _) => (self.finished(finished, value), rest),
                (_, _, Some((normalized, rest))) => self.normalized(normalized, rest, value),
                _ => (self.node(node, value, headless && rest.is_empty()), rest),
            };
        }
        value
    }

    fn node(&mut self, node: &'n Node<'n>, input: Value, headless: bool) -> Value {
        match &node.body {
            Body::Mistake => input,
            Body::Layer { .. } => self.layer(node, input, headless),
            Body::Repeat { .. } | Body::Network(_) => {
                let form = Form::Nested;
                self.push(Work::Nested(node), form, vec![input], &node.output, node.trained())
            }
            Body::Residual { nodes, shortcut } => {
                let inner = self.sequence(nodes, input, false);
                let beside = shortcut.as_deref().map_or(input, |shortcut| self.node(shortcut, input, false));
                self.push(Work::Join(Join::Add), Form::Join, vec![beside, inner], &node.output, Trained::No)
            }
            Body::Join { join, branches } => self.join(*join, branches, input, &node.output),
        }
    }

    fn layer(&mut self, node: &'n Node<'n>, mut value: Value, headless: bool) -> Value {
        let Body::Layer { layer, activation } = &node.body else { return value };
        if !(headless && layer.function().is_some()) {
            let form = match layer.form() {
                // At inference nothing is dropped, and what is frozen works as at inference.
                Form::InPlace(Saves::Nothing) if !self.training || node.frozen => Form::Alias,
                Form::Apart { .. } if node.frozen && layer.has_weights() => {
                    Form::Apart { saves_input: layer.reads_input_when_frozen() }
                }
                form => form,
            };
            value = self.push(Work::Layer(node), form, vec![value], &node.output, node.trained());
        }
        if let (Some(function), false) = (activation, headless) {
            let form = Form::InPlace(function.saves());
            value = self.push(Work::Activation(node), form, vec![value], &node.output, Trained::No);
        }
        value
    }

    fn pooled(&mut self, pooled: Pooled<'n>, value: Value) -> Value {
        let Pooled { convolution, pool, .. } = pooled;
        let form = Form::Apart { saves_input: true };
        self.push(Work::Pooled(pooled), form, vec![value], &pool.output, convolution.trained())
    }

    fn finished(&mut self, finished: Finished<'n>, value: Value) -> Value {
        let form = Form::Apart { saves_input: false };
        self.push(Work::Finished(finished), form, vec![value], &finished.last.output, Trained::No)
    }

    /// Such convolutions one after the other, then what follows the last of them.
    fn normalized<'s>(
        &mut self,
        mut normalized: Normalized<'n>,
        mut rest: &'s [&'n Node<'n>],
        mut value: Value,
    ) -> (Value, &'s [&'n Node<'n>]) {
        let form = Form::Apart { saves_input: true };
        let mut before = None;
        loop {
            let Normalized { convolution, normalization, last, .. } = normalized;
            let work = Work::Measured(normalized, before);
            value = self.push(work, form, vec![value], &convolution.output, convolution.trained());
            let Some((next, behind)) = Normalized::first_of(rest) else {
                let work = Work::Normalized(normalized);
                return (self.push(work, form, vec![value], &last.output, normalization.trained()), rest);
            };
            (before, normalized, rest) = (Some(normalized), next, behind);
        }
    }

    fn join(&mut self, join: Join, branches: &'n [Branch<'n>], input: Value, output: &Ident) -> Value {
        let inputs = branches.iter().map(|branch| self.sequence(&branch.nodes, input, false)).collect();
        self.push(Work::Join(join), Form::Join, inputs, output, Trained::No)
    }

    pub(super) fn push(
        &mut self,
        work: Work<'n>,
        form: Form,
        inputs: Vec<Value>,
        shape: &Ident,
        trained: Trained,
    ) -> Value {
        let output = self.shapes.len();
        self.shapes.push(shape.clone());
        self.steps.push(Step { work, form, inputs, output, trained });
        output
    }

    /// Adds a copy if the output would lie where the input lies.
    fn with_own_output(mut self) -> Self {
        if self.root(self.output) == 0 {
            self.copy_output();
        }
        self
    }

    fn copy_output(&mut self) {
        let shape = self.shapes[self.output].clone();
        let form = Form::Apart { saves_input: false };
        self.output = self.push(Work::Copy, form, vec![self.output], &shape, Trained::No);
    }

    /// Whether a step reads the output in its backward pass. Then it must not lie where a trainer applies the head.
    fn reads_output_backward(&self) -> bool {
        let output = self.root(self.output);
        self.steps.iter().flat_map(saved).any(|value| self.root(value) == output)
    }

    /// The value that a value stands for: itself, unless it is an alias.
    pub(crate) fn root(&self, mut value: Value) -> Value {
        while let Some(step) = self.steps.iter().find(|step| step.output == value && step.form == Form::Alias) {
            value = step.inputs[0];
        }
        value
    }
}
