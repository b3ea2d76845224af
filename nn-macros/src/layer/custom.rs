//! `custom my::Layer(arguments)`: a layer of the user's own.
//!
//! Its type supplies three inherent functions, `const fn output_shape(Shape, ..) -> Shape` and
//! `const fn settings(Shape, ..) -> Settings` with the arguments that were written, and `const fn needs(&self) -> Needs`
//! on the settings; and it implements `Layer`.

use super::{Built, Form, Input, Layer};
use crate::errors::Errors;
use crate::parse::LayerSyntax;
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::Outcome;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Path, Token};

struct Custom {
    path: Path,
    arguments: Vec<Expr>,
}

pub(super) fn build(path: &Path, syntax: &LayerSyntax, errors: &mut Errors) -> Option<Built> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(syntax.arguments.clone());
    let arguments = errors.ok(arguments)?.into_iter().collect();
    Some(Built::new(Custom { path: path.clone(), arguments }))
}

impl Layer for Custom {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn outcome(&self, _layer: &str, _input: Shape) -> Option<Outcome> {
        None
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let (path, arguments) = (&self.path, &self.arguments);
        quote!(#private::rule::custom(#layer, #input, <#path>::output_shape(#input #(, #arguments)*)))
    }

    fn path(&self, _private: &TokenStream, _kind: &Ident, _input: &Input) -> TokenStream {
        let path = &self.path;
        quote!(#path)
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn settings(&self, _private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let (path, arguments) = (&self.path, &self.arguments);
        quote!(<#path>::settings(#input #(, #arguments)*))
    }

    fn needs(&self, _input: Shape) -> Option<Needs> {
        None
    }

    fn parameters(&self, _input: Shape) -> Option<usize> {
        None
    }
}
