//! `AvgPool2d(size, stride, padding)`.

use super::window::WindowSyntax;
use super::{Built, Form, Input, Int8, Layer};
use crate::parse::Arguments;
use nn_core::layer::Needs;
use nn_core::layer::avg_pool2d::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

struct AvgPool2d {
    window: WindowSyntax,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(AvgPool2d { window: WindowSyntax::pool(arguments)? }))
}

impl Layer for AvgPool2d {
    fn form(&self) -> Form {
        Form::Apart { saves_input: false }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Pool("avg_pool2d"))
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::pool2d(layer, input, self.window.value()?))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let window = self.window.tokens(private);
        quote!(#private::rule::pool2d(#layer, #input, #window))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, _input: &Input) -> TokenStream {
        quote!(#private::layer::#kind)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let window = self.window.tokens(private);
        quote!(#private::layer::avg_pool2d::Settings::new(#input, #window))
    }

    fn window(&self) -> Option<&WindowSyntax> {
        Some(&self.window)
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        Some(Settings::new(input, self.window.value()?).needs())
    }
}
