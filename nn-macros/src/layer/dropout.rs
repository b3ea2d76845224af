//! `Dropout(rate)`.

use super::{Built, Form, Input, Int8, Layer, Saves};
use crate::parse::{Arguments, Parameters};
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Limit, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters = Parameters { positional: &["rate"], named: &[] };

struct Dropout {
    rate: TokenStream,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(Dropout { rate: arguments.limited("rate", "0.5", Limit::Fraction)? }))
}

impl Layer for Dropout {
    fn form(&self) -> Form {
        Form::InPlace(Saves::Nothing)
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Nothing)
    }

    fn outcome(&self, _layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::same(input))
    }

    fn rule(&self, private: &TokenStream, _layer: &str, input: &TokenStream) -> TokenStream {
        quote!(#private::rule::same(#input))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, _input: &Input) -> TokenStream {
        quote!(#private::layer::#kind)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, number: usize) -> TokenStream {
        let rate = &self.rate;
        let salt = number as u64;
        quote!(#private::layer::dropout::Settings::new(#input, #rate, #salt))
    }

    fn needs(&self, _input: Shape) -> Option<Needs> {
        Some(Needs::default())
    }
}
