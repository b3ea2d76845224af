//! What is particular to each kind of layer: one file each, and one row in [`KINDS`].

pub(crate) mod activation;
mod avg_pool2d;
mod batch_norm;
mod conv2d;
mod custom;
mod dense;
mod depthwise_conv2d;
mod dropout;
mod flatten;
mod global_avg_pool2d;
mod global_max_pool2d;
pub(crate) mod initializer;
mod max_pool2d;
mod reshape;
mod window;

use crate::errors::Errors;
use crate::parse::{Arguments, BLOCKS, Content, JOINS, LayerSyntax, Parameters, suggestion};
pub(crate) use activation::Function;
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::Outcome;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use window::WindowSyntax;

/// A kind of layer: its name, its arguments, and how it is made of them.
struct Kind {
    name: &'static str,
    parameters: Parameters,
    build: fn(&mut Arguments<'_>) -> Option<Built>,
}

/// Every kind that has arguments of its own. The activations are kinds too: [`activation::FUNCTIONS`] lists them.
const KINDS: &[Kind] = &[
    Kind { name: "Dense", parameters: dense::PARAMETERS, build: dense::build },
    Kind { name: "Conv2d", parameters: conv2d::PARAMETERS, build: conv2d::build },
    Kind { name: "DepthwiseConv2d", parameters: depthwise_conv2d::PARAMETERS, build: depthwise_conv2d::build },
    Kind { name: "MaxPool2d", parameters: window::POOL, build: max_pool2d::build },
    Kind { name: "AvgPool2d", parameters: window::POOL, build: avg_pool2d::build },
    Kind { name: "GlobalAvgPool2d", parameters: NONE, build: global_avg_pool2d::build },
    Kind { name: "GlobalMaxPool2d", parameters: NONE, build: global_max_pool2d::build },
    Kind { name: "Flatten", parameters: NONE, build: flatten::build },
    Kind { name: "Reshape", parameters: reshape::PARAMETERS, build: reshape::build },
    Kind { name: "Dropout", parameters: dropout::PARAMETERS, build: dropout::build },
    Kind { name: "BatchNorm", parameters: batch_norm::PARAMETERS, build: batch_norm::build },
    Kind { name: "Activation", parameters: activation::PARAMETERS, build: activation::build },
];

/// The parameters of a kind that takes none.
const NONE: Parameters = Parameters { positional: &[], named: &[] };

/// How a layer computes: what decides where its values lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// From one place to another; the backward pass reads the input if `saves_input`.
    Apart { saves_input: bool },
    /// Where the values lie; the backward pass reads what is stated.
    InPlace(Saves),
    /// The values stay as they are, and only their shape changes.
    Alias,
    /// From several places to another.
    Join,
    /// From one place to another, through a network with memory of its own.
    Nested,
}

/// What the backward pass of a layer in place reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saves {
    Nothing,
    Input,
    Output,
}

/// What a layer receives: its shape, if the macro knows it, and the constant that rustc knows it by.
pub(crate) struct Input {
    pub(crate) shape: Option<Shape>,
    pub(crate) constant: TokenStream,
}

impl Input {
    /// The number of values, to stand as a const argument.
    pub(crate) fn len(&self) -> TokenStream {
        self.argument(Shape::len, &quote!(len))
    }

    /// The number of channels, to stand as a const argument.
    pub(crate) fn last(&self) -> TokenStream {
        self.argument(Shape::last, &quote!(last))
    }

    fn argument(&self, value: fn(&Shape) -> usize, method: &TokenStream) -> TokenStream {
        match &self.shape {
            Some(shape) => {
                let literal = Literal::usize_unsuffixed(value(shape));
                quote!(#literal)
            }
            None => {
                let constant = &self.constant;
                quote!({ #constant.#method() })
            }
        }
    }
}

/// What the rest of the macro has to know of a layer. `private` is the path of `typednet::__private`.
pub(crate) trait Layer {
    /// How it computes.
    fn form(&self) -> Form;

    /// The shape that comes out, or what is wrong; `None` if it hangs on a size that only rustc knows.
    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome>;

    /// The same rule as an expression, called with the name of the layer and the shape of its input.
    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream;

    /// The type, as a path within `__private::layer`, with const arguments.
    fn path(&self, private: &TokenStream, kind: &Ident, input: &Input) -> TokenStream;

    /// Whether it is a layer of the user's own, whose type may be no layer after all.
    fn is_own(&self) -> bool {
        false
    }

    /// Whether the layer holds weights.
    fn has_weights(&self) -> bool {
        false
    }

    /// Whether there may be no weights that are trained after all, which only rustc knows.
    fn may_train_nothing(&self) -> bool {
        false
    }

    /// Whether its backward pass reads the input even if nobody asks for derivatives by the weights.
    fn reads_input_when_frozen(&self) -> bool {
        false
    }

    /// A check, besides the rule, that is left to rustc.
    fn check(&self, private: &TokenStream, layer: &str) -> Option<TokenStream> {
        let _ = (private, layer);
        None
    }

    /// Its settings, as an expression; `number` is different for each layer.
    fn settings(&self, private: &TokenStream, input: &TokenStream, number: usize) -> TokenStream;

    /// What it needs and costs; `None` if that hangs on a size that only rustc knows.
    fn needs(&self, input: Shape) -> Option<Needs>;

    /// The number of weights; `None` if it hangs on a size that only rustc knows.
    fn parameters(&self, input: Shape) -> Option<usize> {
        let _ = input;
        Some(0)
    }

    /// The window that takes pixels together, if the layer is a convolution or a pool.
    fn window(&self) -> Option<&WindowSyntax> {
        None
    }

    /// Whether it adds a number to each channel.
    fn has_bias(&self) -> bool {
        false
    }

    /// Whether it takes the mean of each channel away.
    fn takes_mean_away(&self) -> bool {
        false
    }

    /// The function, if the layer is an activation.
    fn function(&self) -> Option<Function> {
        None
    }

    /// What it becomes in an int8 network; `None` if that is not known.
    fn int8(&self) -> Option<Int8> {
        None
    }

    /// What it may be in a step that is made of several layers.
    fn part(&self) -> Option<Part> {
        None
    }
}

/// What a layer becomes in an int8 network. Names are those of functions in `nn_core::quant::operation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Int8 {
    /// Weighted sums, whose sizes the named function makes of the layer's settings.
    Sums(&'static str),
    /// A normalization: part of the sums before it, if it follows any.
    Normalization,
    /// A pool in the quantization of its input, which the named function makes of the layer's settings.
    Pool(&'static str),
    /// The mean of each channel.
    Mean,
    /// An activation.
    Function,
    /// Nothing: only the shape changes, or values in training.
    Nothing,
}

/// A part of a step that is made of several layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A convolution, whose outputs others may take while they are computed.
    Convolution,
    /// A convolution of each channel.
    DepthwiseConvolution,
    /// A normalization of each channel, which at inference can be part of the convolution before it.
    Normalization,
    /// A pool of maxima that can take them: its windows lie side by side.
    MaxPool,
}

/// A layer, and the activation after it.
struct Built {
    layer: Box<dyn Layer>,
    activation: Option<Function>,
}

impl Built {
    fn new(layer: impl Layer + 'static) -> Self {
        Self { layer: Box::new(layer), activation: None }
    }

    fn with(layer: impl Layer + 'static, activation: Option<Function>) -> Self {
        Self { layer: Box::new(layer), activation }
    }
}

/// The layer that was written, and the activation after it; `None` after a mistake.
pub(crate) fn build(syntax: &LayerSyntax, errors: &mut Errors) -> Option<(Box<dyn Layer>, Option<Function>)> {
    let built = build_one(syntax, errors)?;
    Some((built.layer, built.activation))
}

fn build_one(syntax: &LayerSyntax, errors: &mut Errors) -> Option<Built> {
    let kind = syntax.kind.to_string();
    if let Content::Custom(path) = &syntax.content {
        return custom::build(path, syntax, errors);
    }
    if let Some(row) = KINDS.iter().find(|row| row.name == kind) {
        return (row.build)(&mut Arguments::read(syntax, row.parameters, errors)?);
    }
    if let Some(row) = activation::FUNCTIONS.iter().find(|row| row.kind == kind) {
        return row.build(&mut Arguments::read(syntax, row.parameters(), errors)?);
    }
    let names = KINDS.iter().map(|row| row.name).chain(activation::FUNCTIONS.iter().map(|row| row.kind));
    let names = names.chain(["Network", "custom"]).chain(BLOCKS).chain(JOINS);
    errors.at(&syntax.kind, format!("there is no layer `{kind}`\n{}", suggestion(&kind, names)));
    None
}

/// The attribute by which the layer is frozen, if it is. Attributes that a layer cannot have are mistakes.
pub(crate) fn frozen<'a>(syntax: &'a LayerSyntax, errors: &mut Errors) -> Option<&'a syn::Attribute> {
    let mut frozen = None;
    for attribute in &syntax.attributes {
        if attribute.path().is_ident("frozen") {
            frozen = Some(attribute);
            errors.ok(attribute.meta.require_path_only().map_err(|_| {
                syn::Error::new_spanned(
                    attribute,
                    "`frozen` takes no arguments\nhelp: write `#[frozen]`, or leave it out",
                )
            }));
        } else if !attribute.path().is_ident("doc") && !attribute.path().is_ident("allow") {
            errors.at(
                attribute,
                "a layer takes no attribute but `frozen`, `allow` and documentation\n\
                 help: put conditions such as `cfg` before the whole network",
            );
        }
    }
    frozen
}
