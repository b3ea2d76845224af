//! `Reshape([sizes])`.

use super::{Built, Form, Input, Int8, Layer};
use crate::parse::{Arguments, Parameters, ShapeSyntax};
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters = Parameters { positional: &["shape"], named: &[] };

struct Reshape {
    shape: ShapeSyntax,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(Reshape { shape: arguments.shape("shape", "[7, 7, 8]")? }))
}

impl Layer for Reshape {
    fn form(&self) -> Form {
        Form::Alias
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Nothing)
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::reshape(layer, input, self.shape.value()?))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let sizes = self.shape.list();
        quote!(#private::rule::reshape(#layer, #input, #private::Shape::new(&[#sizes])))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, _input: &Input) -> TokenStream {
        quote!(#private::layer::#kind)
    }

    fn settings(&self, _private: &TokenStream, _input: &TokenStream, _number: usize) -> TokenStream {
        quote!(())
    }

    fn needs(&self, _input: Shape) -> Option<Needs> {
        Some(Needs::default())
    }
}
