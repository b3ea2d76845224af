//! `MaxPool2d(size, stride, padding)`.

use super::window::WindowSyntax;
use super::{Built, Form, Input, Int8, Layer, Part};
use crate::parse::Arguments;
use nn_core::layer::Needs;
use nn_core::layer::max_pool2d::Settings;
use nn_core::shape::rule::{self, Outcome};
use nn_core::shape::{Padding, Shape, Window};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

struct MaxPool2d {
    window: WindowSyntax,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    Some(Built::new(MaxPool2d { window: WindowSyntax::pool(arguments)? }))
}

impl Layer for MaxPool2d {
    fn form(&self) -> Form {
        Form::Apart { saves_input: false }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Pool("max_pool2d"))
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
        quote!(#private::layer::max_pool2d::Settings::new(#input, #window))
    }

    fn window(&self) -> Option<&WindowSyntax> {
        Some(&self.window)
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        Some(Settings::new(input, self.window.value()?).needs())
    }

    /// The number of a cell, and one more number, have to fit into a byte.
    fn part(&self) -> Option<Part> {
        let Window { kernel: [rows, columns], stride, padding, .. } = self.window.value()?;
        let fits = stride == [rows, columns] && padding == Padding::Valid && rows.saturating_mul(columns) < 256;
        fits.then_some(Part::MaxPool)
    }
}
