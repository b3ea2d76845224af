//! A declaration as a tree: layers, and blocks of layers, each with its name, its path and the shapes around it.

use super::path::plain;
use super::{Path, Trained, unrolled};
use crate::errors::Errors;
use crate::layer::{self, Form, Function, Layer, Saves};
use crate::parse::{Arguments, BranchSyntax, Content, LayerSyntax, Parameters, ShapeSyntax, Size};
use proc_macro2::Ident;
use quote::format_ident;
use std::collections::HashMap;
use std::rc::Rc;

/// A layer or a block.
pub(crate) struct Node<'a> {
    pub(crate) syntax: &'a LayerSyntax,
    /// Its name: the one given to it, or the kind and a number.
    pub(crate) name: Ident,
    pub(crate) path: Path,
    /// The constants of the shapes that go in and come out.
    pub(crate) input: Ident,
    pub(crate) output: Ident,
    /// Whether its weights stay as they are.
    pub(crate) frozen: bool,
    pub(crate) body: Body<'a>,
}

/// What a node is.
pub(crate) enum Body<'a> {
    /// A layer, and the activation after it.
    Layer { layer: Rc<dyn Layer>, activation: Option<Function> },
    /// `residual`: the output is the input, or what the shortcut makes of it, plus what the layers make of it.
    Residual { nodes: Vec<Node<'a>>, shortcut: Option<Box<Node<'a>>> },
    /// `concat`, `add` and `multiply`.
    Join { join: Join, branches: Vec<Branch<'a>> },
    /// `repeat`: a network of its own, as often as stated. Training runs the `unrolled` layers, if there are any.
    Repeat { count: Size, nodes: Rc<Vec<Node<'a>>>, unrolled: Vec<Node<'a>> },
    /// `Network(Name)`: another declared network.
    Network(syn::Path),
    /// What cannot be understood; the mistake has been reported.
    Mistake,
}

/// One of the layers side by side in a block.
pub(crate) struct Branch<'a> {
    pub(crate) syntax: &'a BranchSyntax,
    pub(crate) name: Ident,
    pub(crate) path: Path,
    pub(crate) output: Ident,
    pub(crate) nodes: Vec<Node<'a>>,
}

/// How branches become one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Concat,
    Add,
    Multiply,
}

impl<'a> Node<'a> {
    /// How messages name the node.
    pub(crate) fn title(&self) -> String {
        match &self.syntax.name {
            Some(_) => format!("`{}` ({})", self.path.text(), self.syntax.kind),
            None => format!("`{}`", self.syntax.kind),
        }
    }

    /// What was stated of the shape after it.
    pub(crate) fn stated(&self) -> Option<&'a ShapeSyntax> {
        self.syntax.stated.as_ref()
    }

    /// The activation that the node is or ends with.
    pub(crate) fn function(&self) -> Option<Function> {
        match &self.body {
            Body::Layer { layer, activation } => activation.clone().or_else(|| layer.function()),
            _ => None,
        }
    }

    /// Whether the node is or ends with softmax.
    pub(crate) fn is_softmax(&self) -> bool {
        self.function().is_some_and(|function| function.name() == "softmax")
    }

    /// Whether the values pass unchanged except in training.
    pub(crate) fn does_nothing_at_inference(&self) -> bool {
        matches!(&self.body, Body::Layer { layer, .. } if layer.form() == Form::InPlace(Saves::Nothing))
    }

    /// Whether the node holds weights, its own or those of nodes inside it.
    pub(crate) fn has_weights(&self) -> bool {
        match &self.body {
            Body::Layer { layer, .. } => layer.has_weights(),
            Body::Network(_) => true,
            Body::Mistake => false,
            _ => self.children().any(|node| node.has_weights()),
        }
    }

    /// Whether training changes weights of the node.
    pub(crate) fn trained(&self) -> Trained {
        match &self.body {
            _ if self.frozen || !self.has_weights() => Trained::No,
            Body::Network(_) => Trained::Open,
            Body::Layer { layer, .. } if layer.may_train_nothing() => Trained::Open,
            Body::Layer { .. } | Body::Mistake => Trained::Yes,
            _ if self.children().any(|node| node.trained() == Trained::Yes) => Trained::Yes,
            _ if self.children().any(|node| node.trained() == Trained::Open) => Trained::Open,
            _ => Trained::No,
        }
    }

    /// The nodes inside, in the order of the struct's fields. Branches are passed over.
    pub(crate) fn children(&self) -> Box<dyn Iterator<Item = &Node<'a>> + '_> {
        match &self.body {
            Body::Residual { nodes, shortcut } => Box::new(nodes.iter().chain(shortcut.as_deref())),
            Body::Join { branches, .. } => Box::new(branches.iter().flat_map(|branch| &branch.nodes)),
            Body::Repeat { nodes, .. } => Box::new(nodes.iter()),
            Body::Layer { .. } | Body::Network(_) | Body::Mistake => Box::new(core::iter::empty()),
        }
    }
}

impl Branch<'_> {
    pub(crate) fn has_weights(&self) -> bool {
        self.nodes.iter().any(Node::has_weights)
    }
}

/// The block around layers: its path, and whether it is frozen.
#[derive(Clone, Default)]
pub(crate) struct Parent {
    path: Path,
    frozen: bool,
}

/// Makes the tree of layers that follow each other within a block, from the shape `input` on.
pub(crate) fn build<'a>(
    layers: &'a [LayerSyntax],
    parent: &Parent,
    mut input: Ident,
    errors: &mut Errors,
) -> Vec<Node<'a>> {
    let mut names = Names::default();
    let mut nodes = Vec::new();
    for syntax in layers {
        let name = names.of(syntax.name.as_ref(), &syntax.kind, errors);
        let node = build_node(syntax, name, parent, input, errors);
        input = node.output.clone();
        nodes.push(node);
    }
    nodes
}

fn build_node<'a>(
    syntax: &'a LayerSyntax,
    name: Ident,
    parent: &Parent,
    input: Ident,
    errors: &mut Errors,
) -> Node<'a> {
    let attribute = layer::frozen(syntax, errors);
    let parent = Parent { path: parent.path.child(&name), frozen: parent.frozen || attribute.is_some() };
    let output = parent.path.constant("shape");
    let body = build_body(syntax, &parent, &input, errors).unwrap_or(Body::Mistake);
    let node = Node { syntax, name, path: parent.path, input, output, frozen: parent.frozen, body };
    if let (Some(attribute), false) = (attribute, node.has_weights() || matches!(node.body, Body::Mistake)) {
        let message = format!("{} has no weights that could change\nhelp: leave `#[frozen]` out", node.title());
        errors.at(attribute, message);
    }
    node
}

fn build_body<'a>(syntax: &'a LayerSyntax, parent: &Parent, input: &Ident, errors: &mut Errors) -> Option<Body<'a>> {
    match &syntax.content {
        Content::Mistake => None,
        Content::Layer if syntax.kind == "Network" => network(syntax, errors),
        Content::Layer | Content::Custom(_) => {
            layer::build(syntax, errors).map(|(layer, activation)| Body::Layer { layer: layer.into(), activation })
        }
        Content::Block(layers) if syntax.kind == "repeat" => repeat(syntax, layers, parent, input, errors),
        Content::Block(layers) => residual(syntax, layers, parent, input, errors),
        Content::Branches(branches) => join(syntax, branches, parent, input, errors),
    }
}

/// `Network(Name)`.
fn network<'a>(syntax: &'a LayerSyntax, errors: &mut Errors) -> Option<Body<'a>> {
    let path = syn::parse2::<syn::Path>(syntax.arguments.clone()).map_err(|_| {
        let message = "`Network` takes the name of a declared network\nhelp: write for example `Network(Encoder)`";
        syn::Error::new_spanned(&syntax.tokens, message)
    });
    errors.ok(path).map(Body::Network)
}

const COUNT: Parameters = Parameters { positional: &["count"], named: &[] };

/// `repeat(count) { layers }`. The layers are a network of their own, so their paths begin anew.
fn repeat<'a>(
    syntax: &'a LayerSyntax,
    layers: &'a [LayerSyntax],
    parent: &Parent,
    input: &Ident,
    errors: &mut Errors,
) -> Option<Body<'a>> {
    let count = Arguments::read(syntax, COUNT, errors)?.size("count", "3");
    let inner = Parent { path: Path::default(), frozen: parent.frozen };
    let nodes = build(layers, &inner, format_ident!("INPUT"), errors);
    if nodes.is_empty() {
        errors.at(&syntax.kind, "a block has at least one layer\nhelp: write layers in its braces, or leave it out");
    }
    let count = count?;
    let unrolled = count.value.map_or(Vec::new(), |count| unrolled::unrolled(&nodes, count, &parent.path, input));
    Some(Body::Repeat { count, nodes: Rc::new(nodes), unrolled })
}

/// `residual(shortcut = Kind(..)) { layers }`.
fn residual<'a>(
    syntax: &'a LayerSyntax,
    layers: &'a [LayerSyntax],
    parent: &Parent,
    input: &Ident,
    errors: &mut Errors,
) -> Option<Body<'a>> {
    let shortcut = match &syntax.shortcut {
        Some(shortcut) => {
            let name = Ident::new("shortcut", shortcut.kind.span());
            Some(Box::new(build_node(shortcut, name, parent, input.clone(), errors)))
        }
        None => None,
    };
    let nodes = build(layers, parent, input.clone(), errors);
    if nodes.is_empty() {
        errors.at(&syntax.kind, "a block has at least one layer\nhelp: write layers in its braces, or leave it out");
    }
    if let (Some(_), Some(node)) = (&shortcut, nodes.iter().find(|node| node.name == "shortcut")) {
        errors.at(&node.name, "the name `shortcut` is taken by the block's own shortcut\nhelp: choose another name");
    }
    Some(Body::Residual { nodes, shortcut })
}

/// `concat { branches }`, `add { branches }` and `multiply { branches }`.
fn join<'a>(
    syntax: &'a LayerSyntax,
    branches: &'a [BranchSyntax],
    parent: &Parent,
    input: &Ident,
    errors: &mut Errors,
) -> Option<Body<'a>> {
    let join = match syntax.kind.to_string().as_str() {
        "concat" => Join::Concat,
        "add" => Join::Add,
        _ => Join::Multiply,
    };
    if !syntax.arguments.is_empty() {
        errors.at(&syntax.tokens, format!("`{0}` takes no arguments\nhelp: write `{0} {{ .. }}`", syntax.kind));
    }
    if branches.len() < 2 {
        let message = format!(
            "`{0}` joins at least two branches, and here is {1}\nhelp: write `{0} {{ {{ .. }}, {{ .. }} }}`",
            syntax.kind,
            branches.len()
        );
        errors.at(&syntax.kind, message);
    }
    let mut names = Names::default();
    let branches = branches.iter().map(|branch| {
        let kind = Ident::new("branch", syntax.kind.span());
        let name = names.of(branch.name.as_ref(), &kind, errors);
        let parent = Parent { path: parent.path.child(&name), frozen: parent.frozen };
        let nodes = build(&branch.layers, &parent, input.clone(), errors);
        let output = nodes.last().map_or_else(|| input.clone(), |node| node.output.clone());
        Branch { syntax: branch, name, path: parent.path, output, nodes }
    });
    Some(Body::Join { join, branches: branches.collect() })
}

/// The names within one block: each is used once.
#[derive(Default)]
struct Names {
    /// The names so far, and the kinds of those that were not given.
    used: HashMap<String, Option<String>>,
    counts: HashMap<String, usize>,
}

impl Names {
    /// The name that was given, or the kind in snake case and its number among the unnamed ones: `max_pool2d_1`.
    fn of(&mut self, given: Option<&Ident>, kind: &Ident, errors: &mut Errors) -> Ident {
        let name = given.cloned().unwrap_or_else(|| self.default_name(kind));
        let unnamed = given.is_none().then(|| plain(kind));
        if let Some(before) = self.used.insert(plain(&name), unnamed.clone()) {
            let help = match unnamed.or(before) {
                Some(kind) => format!("a `{kind}` without a name is called so; choose another name, or name both"),
                None => "give each layer a name of its own".to_owned(),
            };
            errors.at(&name, format!("the name `{name}` is used twice\nhelp: {help}"));
        }
        name
    }

    fn default_name(&mut self, kind: &Ident) -> Ident {
        let mut name = String::new();
        for letter in plain(kind).chars() {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        let count = self.counts.entry(name.clone()).or_insert(0);
        *count += 1;
        Ident::new(&format!("{name}_{count}"), kind.span())
    }
}
