//! `GlobalMaxPool2d`.

use super::{Built, Form, Input, Int8, Layer};
use crate::parse::Arguments;
use nn_core::layer::Needs;
use nn_core::layer::global_max_pool2d::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

struct GlobalMaxPool2d;

pub(super) fn build(_arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(GlobalMaxPool2d))
}

impl Layer for GlobalMaxPool2d {
    fn form(&self) -> Form {
        Form::Apart { saves_input: false }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Pool("global_max_pool2d"))
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::global_pool2d(layer, input))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        quote!(#private::rule::global_pool2d(#layer, #input))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, _input: &Input) -> TokenStream {
        quote!(#private::layer::#kind)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        quote!(#private::layer::global_max_pool2d::Settings::new(#input))
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        Some(Settings::new(input).needs())
    }
}
