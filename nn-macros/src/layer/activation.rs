//! The activations: `activation = relu` after a layer, `Relu` or `Activation(relu)` as a layer.

use super::{Built, Form, Input, Int8, Layer, Saves};
use crate::parse::{Arguments, Parameters, suggestion};
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Limit, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Expr;

/// An activation function: its names, and what its backward pass reads.
pub(crate) struct Row {
    /// Its name after `activation =`, as in Keras.
    name: &'static str,
    /// Its name as a layer, and as a variant of `Function`.
    pub(super) kind: &'static str,
    /// What its backward pass reads.
    saves: Saves,
    /// The name of its value, with the default as a function and as a layer.
    value: Option<(&'static str, f32, f32)>,
}

const fn row(name: &'static str, kind: &'static str, saves: Saves) -> Row {
    Row { name, kind, saves, value: None }
}

/// Every activation. The two defaults of `leaky_relu` are Keras's. Values are not negative: the backward passes of
/// `leaky_relu` and `elu` tell the sign of the input by that of the output.
pub(crate) const FUNCTIONS: &[Row] = &[
    row("relu", "Relu", Saves::Output),
    row("relu6", "Relu6", Saves::Output),
    Row { value: Some(("slope", 0.2, 0.3)), ..row("leaky_relu", "LeakyRelu", Saves::Output) },
    Row { value: Some(("alpha", 1.0, 1.0)), ..row("elu", "Elu", Saves::Output) },
    row("selu", "Selu", Saves::Output),
    row("gelu", "Gelu", Saves::Input),
    row("silu", "Silu", Saves::Input),
    row("softplus", "Softplus", Saves::Output),
    row("sigmoid", "Sigmoid", Saves::Output),
    row("hard_sigmoid", "HardSigmoid", Saves::Output),
    row("hard_silu", "HardSilu", Saves::Input),
    row("tanh", "Tanh", Saves::Output),
    row("softmax", "Softmax", Saves::Output),
];

pub(super) const PARAMETERS: Parameters = Parameters { positional: &["function"], named: &[] };

/// A function as the author wrote it.
#[derive(Clone)]
pub(crate) struct Function {
    row: &'static Row,
    value: Option<TokenStream>,
}

impl Row {
    /// The arguments of the function as a layer.
    pub(super) fn parameters(&self) -> Parameters {
        match self.value {
            Some(("slope", ..)) => Parameters { positional: &["slope"], named: &[] },
            Some(_) => Parameters { positional: &["alpha"], named: &[] },
            None => super::NONE,
        }
    }

    /// The function as a layer.
    pub(super) fn build(&'static self, arguments: &mut Arguments<'_>) -> Option<Built> {
        let value = match self.value {
            Some((name, _, default)) => Some(arguments.limited_or(name, default, Limit::NotNegative)?),
            None => None,
        };
        Some(Built::new(Activation(Function { row: self, value })))
    }
}

/// `Activation(function)`.
pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    match arguments.activation("function")? {
        Some(function) => Some(Built::new(Activation(function))),
        None => arguments.missing("function", "relu"),
    }
}

/// The function that an expression such as `relu` or `leaky_relu(0.1)` stands for.
pub(crate) fn read(expression: &Expr, arguments: &mut Arguments<'_>) -> Option<Function> {
    let (name, values) = called(expression);
    let Some(row) = FUNCTIONS.iter().find(|row| row.name == name) else {
        let help = match name.as_str() {
            "linear" | "none" | "None" | "identity" => "help: leave `activation` out".to_owned(),
            _ => suggestion(&name, FUNCTIONS.iter().map(|row| row.name)),
        };
        arguments.wrong(expression, format!("there is no activation `{name}`\n{help}"));
        return None;
    };
    let value = match (row.value, values.as_slice()) {
        (None, []) => None,
        (Some((_, default, _)), []) => Some(quote!(#default)),
        (Some((argument, ..)), [value]) => Some(arguments.within(argument, value, Limit::NotNegative)?),
        (None, _) => {
            arguments.wrong(expression, format!("`{name}` takes no values\nhelp: write `{name}`"));
            return None;
        }
        (Some((_, default, _)), _) => {
            arguments.wrong(expression, format!("`{name}` takes one value\nhelp: write `{name}({default:?})`"));
            return None;
        }
    };
    Some(Function { row, value })
}

/// The name and the values of `name(values)`, or the name alone.
pub(super) fn called(expression: &Expr) -> (String, Vec<Expr>) {
    match expression {
        Expr::Call(call) => (call.func.to_token_stream().to_string(), call.args.iter().cloned().collect()),
        other => (other.to_token_stream().to_string(), Vec::new()),
    }
}

impl Function {
    /// What its backward pass reads.
    pub(crate) fn saves(&self) -> Saves {
        self.row.saves
    }

    /// Its name after `activation =`.
    pub(crate) fn name(&self) -> &'static str {
        self.row.name
    }

    /// The settings of the activation, as an expression.
    pub(crate) fn settings(&self, private: &TokenStream, input: &TokenStream) -> TokenStream {
        let variant = format_ident!("{}", self.row.kind);
        let fields = match (self.row.value, &self.value) {
            (Some((name, ..)), Some(value)) => {
                let name = format_ident!("{name}");
                quote!({ #name: #value })
            }
            _ => quote!(),
        };
        quote!(#private::layer::activation::Settings::new(#input, #private::layer::Function::#variant #fields))
    }
}

impl Function {
    /// Its name as a variant, if it does no more than to cut values off: then the maximum of its outputs is what it makes
    /// of the maximum.
    pub(crate) fn cut(&self) -> Option<&'static str> {
        matches!(self.row.kind, "Relu" | "Relu6").then_some(self.row.kind)
    }
}

struct Activation(Function);

impl Layer for Activation {
    fn form(&self) -> Form {
        Form::InPlace(self.0.saves())
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Function)
    }

    fn outcome(&self, _layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::same(input))
    }

    fn rule(&self, private: &TokenStream, _layer: &str, input: &TokenStream) -> TokenStream {
        quote!(#private::rule::same(#input))
    }

    fn path(&self, private: &TokenStream, _kind: &Ident, _input: &Input) -> TokenStream {
        quote!(#private::layer::Activation)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        self.0.settings(private, input)
    }

    fn needs(&self, _input: Shape) -> Option<Needs> {
        Some(Needs::default())
    }

    fn function(&self) -> Option<Function> {
        Some(self.0.clone())
    }
}
