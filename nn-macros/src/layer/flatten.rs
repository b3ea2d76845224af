//! `Flatten`.

use super::{Built, Form, Input, Int8, Layer};
use crate::parse::Arguments;
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

struct Flatten;

pub(super) fn build(_arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(Flatten))
}

impl Layer for Flatten {
    fn form(&self) -> Form {
        Form::Alias
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Nothing)
    }

    fn outcome(&self, _layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::flatten(input))
    }

    fn rule(&self, private: &TokenStream, _layer: &str, input: &TokenStream) -> TokenStream {
        quote!(#private::rule::flatten(#input))
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
