//! The shape rules, applied to every layer whose sizes are literals.

use crate::errors::Errors;
use crate::layer::Node;
use crate::parse::{Declaration, ShapeSyntax};
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use quote::ToTokens;

/// The shapes along a declaration, as far as literals tell them.
pub(crate) struct Shapes {
    /// The shape that goes into the network, then the one that comes out of each layer; `None` where only rustc knows.
    pub(crate) known: Vec<Option<Shape>>,
}

/// Checks a declaration and finds its shapes. After a mistake, the rest is checked from what was meant, where the author
/// stated it, and left alone where not.
pub(crate) fn shapes(declaration: &Declaration, nodes: &[Node<'_>], errors: &mut Errors) -> Shapes {
    if !declaration.has_shapes {
        return Shapes { known: Vec::new() };
    }
    let input = declaration.input.value().map(|shape| report(rule::input(shape), &declaration.input, errors));
    if nodes.is_empty() && declaration.layers.is_empty() {
        errors.at(
            &declaration.name,
            "a network has at least one layer\nhelp: write for example `Dense(10)` in the braces",
        );
    }
    let mut known = vec![input];
    let mut shape = input;
    for node in nodes {
        shape = after(node, shape, errors);
        known.push(shape);
    }
    check_output(declaration, nodes, shape, errors);
    Shapes { known }
}

/// The shape after a layer.
fn after(node: &Node<'_>, input: Option<Shape>, errors: &mut Errors) -> Option<Shape> {
    let title = node.title();
    let Some(layer) = &node.layer else {
        return Some(meant(node));
    };
    let given = report(layer.outcome(&title, input?)?, &node.syntax.tokens, errors);
    let Some(stated) = node.stated() else {
        return Some(given);
    };
    let Some(value) = stated.value() else {
        return None;
    };
    Some(report(rule::stated(&title, given, value), stated, errors))
        .map(|shape| if shape.is_known() { shape } else { value })
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
