//! The operations of an int8 network: what follows weighted sums is part of them where TFLite has one operation for it.

use super::steps::{self, Graph, Trained, Value, Work};
use super::{Body, Join, Node, Step};
use crate::layer::{self, Form, Function, Int8, Part, Saves};
use proc_macro2::Ident;

/// An operation. `cut` is the activation that it ends with, as the name of a constant in `nn_core::quant::operation::cut`.
pub(crate) enum Operation<'n> {
    /// Weighted sums, with the name of the function that makes their sizes.
    Sums {
        node: &'n Node<'n>,
        sizes: &'static str,
        normalization: Option<&'n Node<'n>>,
        cut: Option<&'static str>,
        pool: Option<&'n Node<'n>>,
    },
    /// A normalization that follows no sums.
    Normalization { node: &'n Node<'n>, cut: Option<&'static str> },
    /// A pool, with the name of the function that makes it.
    Pool { node: &'n Node<'n>, made_by: &'static str },
    /// The mean of each channel.
    Mean(&'n Node<'n>),
    /// A function of each number.
    Function(Work<'n>),
    /// Softmax of rows.
    Softmax(Work<'n>),
    /// Several values into one. Those of more than two are summed one after the other: this is number `part`, 0 the last.
    Join { node: &'n Node<'n>, join: Join, part: usize, cut: Option<&'static str> },
    /// Networks inside.
    Networks(&'n Node<'n>),
    /// A copy, so that the output has a place of its own.
    Copy,
}

/// The operations, and the steps that say what each reads and writes.
pub(crate) struct Int8Graph<'n> {
    pub(crate) graph: Graph<'n>,
    pub(crate) operations: Vec<Operation<'n>>,
}

/// The operations of a network; `None` if a layer has no int8 form.
pub(crate) fn int8<'n>(nodes: &'n [Node<'n>]) -> Option<Int8Graph<'n>> {
    let layers = steps::layers(nodes);
    let mut builder = Builder {
        nodes,
        uses: uses(&layers),
        values: vec![None; layers.shapes.len()],
        result: Int8Graph { graph: Graph::new(false, false), operations: Vec::new() },
    };
    builder.values[0] = Some(0);
    for step in &layers.steps {
        builder.step(&layers, step)?;
    }
    builder.result.graph.output = builder.values[layers.output]?;
    Some(builder.result)
}

/// How often each value is read; the output of the network once more.
fn uses(graph: &Graph<'_>) -> Vec<usize> {
    let mut uses = vec![0; graph.shapes.len()];
    for step in graph.steps.iter().filter(|step| step.form != Form::Alias) {
        step.inputs.iter().for_each(|input| uses[graph.root(*input)] += 1);
    }
    uses[graph.root(graph.output)] += 1;
    uses
}

struct Builder<'n> {
    nodes: &'n [Node<'n>],
    uses: Vec<usize>,
    /// For each value of the layers, that of the operations.
    values: Vec<Option<Value>>,
    result: Int8Graph<'n>,
}

impl<'n> Builder<'n> {
    fn step(&mut self, layers: &Graph<'n>, step: &Step<'n>) -> Option<()> {
        let inputs = step.inputs.iter().map(|input| self.values[*input]).collect::<Option<Vec<_>>>()?;
        let shape = &layers.shapes[step.output];
        let once = self.uses[layers.root(step.inputs[0])] == 1;
        let value = match step.work {
            _ if step.form == Form::Alias => inputs[0],
            Work::Layer(node) => self.layer(node, &inputs, shape, once)?,
            Work::Activation(node) => self.function(step.work, &node.function()?, &inputs, shape, once),
            Work::Nested(node) => self.push(Operation::Networks(node), &inputs, shape),
            Work::Join(join) => self.join(join, &inputs, shape)?,
            Work::Copy => self.push(Operation::Copy, &inputs, shape),
            Work::Pooled(_) | Work::Finished(_) | Work::Measured(..) | Work::Normalized(_) => return None,
        };
        self.values[step.output] = Some(value);
        Some(())
    }

    /// `once` says that nobody else reads the input.
    fn layer(&mut self, node: &'n Node<'n>, inputs: &[Value], shape: &Ident, once: bool) -> Option<Value> {
        let Body::Layer { layer, .. } = &node.body else { return None };
        if once && let Some(value) = self.absorb(node, layer.as_ref(), inputs[0], shape) {
            return Some(value);
        }
        let operation = match layer.int8()? {
            Int8::Sums(sizes) => Operation::Sums { node, sizes, normalization: None, cut: None, pool: None },
            Int8::Normalization => Operation::Normalization { node, cut: None },
            Int8::Pool(made_by) => Operation::Pool { node, made_by },
            Int8::Mean => Operation::Mean(node),
            Int8::Function => {
                return Some(self.function(Work::Layer(node), &layer.function()?, inputs, shape, once));
            }
            Int8::Nothing => return Some(inputs[0]),
        };
        Some(self.push(operation, inputs, shape))
    }

    /// Makes a normalization or a pool part of the sums that give its input.
    fn absorb(&mut self, node: &'n Node<'n>, layer: &dyn layer::Layer, input: Value, shape: &Ident) -> Option<Value> {
        let Operation::Sums { node: sums, normalization, cut, pool, .. } = self.giving(input)? else { return None };
        let Body::Layer { layer: sums, .. } = &sums.body else { return None };
        match layer.int8()? {
            Int8::Normalization if normalization.is_none() && cut.is_none() && pool.is_none() => {
                *normalization = Some(node);
            }
            Int8::Pool(_)
                if pool.is_none() && layer.part() == Some(Part::MaxPool) && sums.part() == Some(Part::Convolution) =>
            {
                *pool = Some(node);
            }
            _ => return None,
        }
        self.result.graph.shapes[input] = shape.clone();
        Some(input)
    }

    /// An activation: part of the operation before it, if it does no more than to cut numbers off.
    fn function(&mut self, work: Work<'n>, function: &Function, inputs: &[Value], shape: &Ident, once: bool) -> Value {
        if let (Some(name), true) = (function.cut(), once)
            && let Some(cut) = self.giving(inputs[0]).and_then(Operation::cut_mut)
        {
            *cut = Some(name);
            self.result.graph.shapes[inputs[0]] = shape.clone();
            return inputs[0];
        }
        let operation = match function.name() {
            "softmax" => Operation::Softmax(work),
            _ => Operation::Function(work),
        };
        self.push(operation, inputs, shape)
    }

    fn join(&mut self, join: Join, inputs: &[Value], shape: &Ident) -> Option<Value> {
        let node = block_of(self.nodes, shape)?;
        if join == Join::Concat {
            return Some(self.push(Operation::Join { node, join, part: 0, cut: None }, inputs, shape));
        }
        let (first, rest) = inputs.split_first()?;
        let mut value = *first;
        for (number, input) in rest.iter().enumerate() {
            let part = if number + 1 == rest.len() { 0 } else { number + 1 };
            value = self.push(Operation::Join { node, join, part, cut: None }, &[value, *input], shape);
        }
        Some(value)
    }

    /// The operation that gives a value.
    fn giving(&mut self, value: Value) -> Option<&mut Operation<'n>> {
        let number = self.result.graph.steps.iter().position(|step| step.output == value)?;
        self.result.operations.get_mut(number)
    }

    fn push(&mut self, operation: Operation<'n>, inputs: &[Value], shape: &Ident) -> Value {
        let (work, form) = match operation {
            Operation::Networks(node) => (Work::Nested(node), Form::Nested),
            Operation::Function(work) => (work, Form::InPlace(Saves::Nothing)),
            _ => (Work::Copy, Form::Apart { saves_input: false }),
        };
        self.result.operations.push(operation);
        self.result.graph.push(work, form, inputs.to_vec(), shape, Trained::No)
    }
}

impl<'n> Operation<'n> {
    /// The layer or block whose work it is; that of what is merged into it is the first one's.
    pub(crate) fn node(&self) -> Option<&'n Node<'n>> {
        match self {
            Self::Sums { node, .. }
            | Self::Normalization { node, .. }
            | Self::Pool { node, .. }
            | Self::Mean(node)
            | Self::Join { node, .. }
            | Self::Networks(node)
            | Self::Function(Work::Layer(node) | Work::Activation(node))
            | Self::Softmax(Work::Layer(node) | Work::Activation(node)) => Some(node),
            Self::Function(_) | Self::Softmax(_) | Self::Copy => None,
        }
    }

    /// Where an activation goes that cuts numbers off.
    fn cut_mut(&mut self) -> Option<&mut Option<&'static str>> {
        match self {
            Operation::Sums { cut: cut @ None, pool: None, .. }
            | Operation::Normalization { cut: cut @ None, .. }
            | Operation::Join { join: Join::Add | Join::Multiply, part: 0, cut: cut @ None, .. } => Some(cut),
            _ => None,
        }
    }
}

/// The block that gives a value of this shape constant.
fn block_of<'n>(nodes: &'n [Node<'n>], shape: &Ident) -> Option<&'n Node<'n>> {
    let mut found = None;
    for node in nodes {
        let is_block = matches!(node.body, Body::Residual { .. } | Body::Join { .. });
        if is_block && node.output == *shape {
            return Some(node);
        }
        let inside: Option<&'n Node<'n>> = match &node.body {
            Body::Residual { nodes, shortcut } => {
                block_of(nodes, shape).or_else(|| block_of(core::slice::from_ref(shortcut.as_deref()?), shape))
            }
            Body::Join { branches, .. } => branches.iter().find_map(|branch| block_of(&branch.nodes, shape)),
            _ => None,
        };
        found = found.or(inside);
    }
    found
}
