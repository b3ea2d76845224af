//! The shape rules, applied to every layer and block whose sizes are literals.

use crate::errors::Errors;
use crate::model::{Body, Branch, Join, Node};
use crate::parse::{Declaration, ShapeSyntax};
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use std::collections::HashMap;

/// The shapes of a network by the names of their constants, as far as literals tell them.
#[derive(Clone, Default)]
pub(crate) struct Shapes(HashMap<String, Shape>);

impl Shapes {
    /// The shape of this constant; `None` if only rustc knows it.
    pub(crate) fn get(&self, constant: &Ident) -> Option<Shape> {
        self.0.get(&constant.to_string()).copied()
    }

    /// Notes a shape, if it is known.
    pub(crate) fn set(&mut self, constant: &Ident, shape: Option<Shape>) {
        if let Some(shape) = shape {
            self.0.insert(constant.to_string(), shape);
        }
    }
}

/// Checks a declaration and finds its shapes. After a mistake, the rest is checked from what was meant, where the author
/// stated it, and left alone where not.
pub(crate) fn shapes(declaration: &Declaration, nodes: &[Node<'_>], errors: &mut Errors) -> Shapes {
    if !declaration.has_shapes {
        return Shapes::default();
    }
    let input = declaration.input.value().map(|shape| report(rule::input(shape), &declaration.input, errors));
    if declaration.layers.is_empty() {
        let message = "a network has at least one layer\nhelp: write for example `Dense(10)` in the braces";
        errors.at(&declaration.name, message);
    }
    let mut shapes = Shapes::default();
    shapes.set(&format_ident!("INPUT"), input);
    let shape = sequence(nodes, input, &mut shapes, errors);
    check_output(declaration, nodes, shape, errors);
    shapes
}

/// The shape after layers that follow each other.
pub(crate) fn sequence(
    nodes: &[Node<'_>],
    mut shape: Option<Shape>,
    shapes: &mut Shapes,
    errors: &mut Errors,
) -> Option<Shape> {
    check_softmax(nodes, errors);
    for node in nodes {
        shape = after(node, shape, shapes, errors);
        shapes.set(&node.output, shape);
    }
    shape
}

/// The shape after one layer or block.
fn after(node: &Node<'_>, input: Option<Shape>, shapes: &mut Shapes, errors: &mut Errors) -> Option<Shape> {
    let given = match given(node, input, shapes, errors) {
        Some(given) if given.is_known() => given,
        Some(_) => return Some(meant(node)),
        None => return None,
    };
    if node.is_softmax() {
        report(rule::softmax(&node.title(), given), &node.syntax.tokens, errors);
    }
    let Some(stated) = node.stated() else {
        return Some(given);
    };
    let value = stated.value()?;
    report(rule::stated(&node.title(), given, value), stated, errors);
    Some(value)
}

/// The shape that a layer or block gives; unknown after a mistake, `None` if only rustc knows it.
fn given(node: &Node<'_>, input: Option<Shape>, shapes: &mut Shapes, errors: &mut Errors) -> Option<Shape> {
    let title = node.title();
    let outcome = match &node.body {
        Body::Mistake => return Some(Shape::UNKNOWN),
        Body::Network(_) => return None,
        Body::Layer { layer, .. } => layer.outcome(&title, input?)?,
        Body::Residual { nodes, shortcut } => {
            let inner = sequence(nodes, input, shapes, errors);
            let beside = match shortcut {
                Some(shortcut) => sequence(core::slice::from_ref(shortcut), input, shapes, errors),
                None => input,
            };
            rule::residual(&title, beside?, inner?, shortcut.is_some())
        }
        Body::Join { join, branches } => return joined(node, *join, branches, input, shapes, errors),
        Body::Repeat { nodes, count, unrolled } => {
            if let Some(count) = count.value {
                report(rule::count(&title, count), &node.syntax.tokens, errors);
            }
            // The body is a network of its own, whose shapes have constants of their own.
            let inner = sequence(nodes, input, &mut Shapes::default(), errors);
            sequence(unrolled, input, shapes, &mut Errors::default());
            rule::repeat(&title, input?, inner?)
        }
    };
    Some(report(outcome, &node.syntax.tokens, errors))
}

fn joined(
    node: &Node<'_>,
    join: Join,
    branches: &[Branch<'_>],
    input: Option<Shape>,
    shapes: &mut Shapes,
    errors: &mut Errors,
) -> Option<Shape> {
    let title = node.title();
    let outputs: Vec<_> = branches.iter().map(|branch| sequence(&branch.nodes, input, shapes, errors)).collect();
    let mut outputs = outputs.into_iter();
    let Some(first) = outputs.next() else {
        return Some(Shape::UNKNOWN);
    };
    let mut shape = first?;
    for (branch, output) in branches.iter().skip(1).zip(outputs) {
        let outcome = match join {
            Join::Concat => rule::concat(&title, shape, output?),
            Join::Add | Join::Multiply => rule::elementwise(&title, shape, output?),
        };
        shape = report(outcome, &branch.syntax.tokens, errors);
    }
    Some(shape)
}

/// Finds softmax of what went through softmax already, at once or after layers that do nothing at inference.
fn check_softmax(nodes: &[Node<'_>], errors: &mut Errors) {
    let mut before: Option<&Node<'_>> = None;
    for node in nodes {
        match (node.is_softmax(), before) {
            (true, Some(before)) => {
                let (title, before) = (node.title(), before.title());
                let message = format!(
                    "{title} takes the softmax of probabilities, since {before} gives softmax already\n\
                     help: leave one of the two out"
                );
                errors.at(&node.syntax.tokens, message);
            }
            (true, None) => before = Some(node),
            (false, _) if node.does_nothing_at_inference() => {}
            (false, _) => before = None,
        }
    }
}

/// What the author says comes out of a layer that is mistaken.
fn meant(node: &Node<'_>) -> Shape {
    node.stated().and_then(ShapeSyntax::value).unwrap_or(Shape::UNKNOWN)
}

fn check_output(declaration: &Declaration, nodes: &[Node<'_>], shape: Option<Shape>, errors: &mut Errors) {
    let (Some(last), Some(given), Some(declared)) = (nodes.last(), shape, declaration.output.value()) else {
        return;
    };
    report(rule::output(given, declared), &last.syntax.tokens, errors);
}

/// The shape of an outcome, whose mistake is added to the errors.
fn report(outcome: Outcome, tokens: impl ToTokens, errors: &mut Errors) -> Shape {
    if let Err(message) = &outcome {
        errors.at(tokens, message);
    }
    rule::shape(outcome)
}
