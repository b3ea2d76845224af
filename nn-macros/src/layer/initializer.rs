//! `initializer = he_normal`, `initializer = uniform(-0.1, 0.1)`: how weights begin.

use super::activation::called;
use crate::parse::{Arguments, float, suggestion};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr;

/// The initializers of a kernel and a bias, as expressions of the variants' names.
pub(crate) struct Initializers {
    kernel: TokenStream,
    bias: TokenStream,
}

impl Initializers {
    /// The arguments `initializer` and `bias_initializer`.
    pub(crate) fn read(arguments: &mut Arguments<'_>) -> Option<Self> {
        let kernel = arguments.initializer("initializer", quote!(GlorotUniform));
        let bias = arguments.initializer("bias_initializer", quote!(Zeros));
        Some(Self { kernel: kernel?, bias: bias? })
    }

    /// An expression of type `Initializers`.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        let Self { kernel, bias } = self;
        quote!(#private::Initializers {
            kernel: #private::Initializer::#kernel,
            bias: #private::Initializer::#bias,
        })
    }
}

const NAMES: [&str; 12] = [
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "zeros",
    "ones",
    "constant",
    "uniform",
    "normal",
];

/// The variant of `Initializer` that an expression such as `he_normal` or `constant(0.1)` stands for.
pub(crate) fn read(expression: &Expr) -> syn::Result<TokenStream> {
    let (name, values) = called(expression);
    let values: Vec<TokenStream> = values.iter().map(float).collect();
    let variant = match (name.as_str(), values.as_slice()) {
        ("glorot_uniform", []) => quote!(GlorotUniform),
        ("glorot_normal", []) => quote!(GlorotNormal),
        ("he_uniform", []) => quote!(HeUniform),
        ("he_normal", []) => quote!(HeNormal),
        ("lecun_uniform", []) => quote!(LecunUniform),
        ("lecun_normal", []) => quote!(LecunNormal),
        ("orthogonal", []) => quote!(Orthogonal { gain: 1.0 }),
        ("orthogonal", [gain]) => quote!(Orthogonal { gain: #gain }),
        ("zeros", []) => quote!(Zeros),
        ("ones", []) => quote!(Ones),
        ("constant", [value]) => quote!(Constant(#value)),
        ("uniform", []) => quote!(Uniform { low: -0.05, high: 0.05 }),
        ("uniform", [low, high]) => quote!(Uniform { low: #low, high: #high }),
        ("normal", []) => quote!(Normal { mean: 0.0, deviation: 0.05 }),
        ("normal", [mean, deviation]) => quote!(Normal { mean: #mean, deviation: #deviation }),
        (known, _) if NAMES.contains(&known) => return Err(syn::Error::new_spanned(expression, usage(known))),
        (unknown, _) => {
            let help = suggestion(unknown, NAMES);
            return Err(syn::Error::new_spanned(expression, format!("there is no initializer `{unknown}`\n{help}")));
        }
    };
    Ok(variant)
}

fn usage(name: &str) -> String {
    let example = match name {
        "constant" => "`constant(0.1)`",
        "uniform" => "`uniform` for -0.05 to 0.05, or `uniform(-0.1, 0.1)`",
        "normal" => "`normal` for mean 0 and deviation 0.05, or `normal(0.0, 0.1)`",
        "orthogonal" => "`orthogonal`, or `orthogonal(1.4)` with a gain",
        _ => return format!("`{name}` takes no values\nhelp: write `{name}`"),
    };
    format!("`{name}` has the wrong number of values\nhelp: write {example}")
}
