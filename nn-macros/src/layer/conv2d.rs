//! `Conv2d(filters, kernel, stride, padding, dilation, groups, bias, activation, initializer, bias_initializer)`.

use super::window::WindowSyntax;
use super::{Built, Form, Input, Int8, Layer, Part};
use crate::layer::initializer::Initializers;
use crate::parse::{Arguments, Parameters, Size};
use nn_core::initializer::Initializers as Defaults;
use nn_core::layer::Needs;
use nn_core::layer::conv2d::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters = Parameters {
    positional: &["filters", "kernel", "stride"],
    named: &["padding", "dilation", "groups", "bias", "activation", "initializer", "bias_initializer"],
};

struct Conv2d {
    filters: Size,
    window: WindowSyntax,
    groups: Size,
    bias: bool,
    initializers: Initializers,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    let filters = arguments.size("filters", "32, kernel = 3");
    let window = WindowSyntax::convolution(arguments, "32, kernel = 3");
    let groups = arguments.size_or("groups", 1);
    let bias = arguments.boolean_or("bias", true);
    let activation = arguments.activation("activation");
    let initializers = Initializers::read(arguments);
    let layer =
        Conv2d { filters: filters?, window: window?, groups: groups?, bias: bias?, initializers: initializers? };
    Some(Built::with(layer, activation?))
}

impl Layer for Conv2d {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Sums("conv2d"))
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::conv2d(layer, input, self.filters.value?, self.window.value()?, self.groups.value?))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let (filters, window, groups) = (&self.filters.tokens, self.window.tokens(private), &self.groups.tokens);
        quote!(#private::rule::conv2d(#layer, #input, #filters, #window, #groups))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, input: &Input) -> TokenStream {
        let [rows, columns] = self.window.kernel();
        let channels = match (&input.shape, self.groups.value) {
            (Some(shape), Some(groups)) => {
                let channels = Literal::usize_unsuffixed(rule::channels_per_group(*shape, groups));
                quote!(#channels)
            }
            _ => {
                let (shape, groups) = (&input.constant, &self.groups.tokens);
                quote!({ #private::rule::channels_per_group(#shape, #groups) })
            }
        };
        let filters = self.filters.argument();
        let bias = (!self.bias).then(|| quote!(, ()));
        quote!(#private::layer::#kind<#rows, #columns, #channels, #filters #bias>)
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn window(&self) -> Option<&WindowSyntax> {
        Some(&self.window)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let (filters, window, groups) = (&self.filters.tokens, self.window.tokens(private), &self.groups.tokens);
        let initializers = self.initializers.tokens(private);
        quote!(#private::layer::conv2d::Settings::new(#input, #filters, #window, #groups, #initializers))
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        let (filters, window, groups) = (self.filters.value?, self.window.value()?, self.groups.value?);
        Some(Settings::new(input, filters, window, groups, Defaults::DEFAULT).needs())
    }

    fn parameters(&self, input: Shape) -> Option<usize> {
        let ([rows, columns], filters) = (self.window.value()?.kernel, self.filters.value?);
        let channels = rule::channels_per_group(input, self.groups.value?);
        Some((rows * columns * channels + usize::from(self.bias)) * filters)
    }
    fn part(&self) -> Option<Part> {
        Some(Part::Convolution)
    }
}
