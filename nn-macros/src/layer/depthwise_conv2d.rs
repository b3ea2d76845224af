//! `DepthwiseConv2d(kernel, stride, multiplier, padding, dilation, bias, activation, initializer, bias_initializer)`.

use super::window::WindowSyntax;
use super::{Built, Form, Input, Int8, Layer, Part};
use crate::layer::initializer::Initializers;
use crate::parse::{Arguments, Parameters, Size};
use nn_core::initializer::Initializers as Defaults;
use nn_core::layer::Needs;
use nn_core::layer::depthwise_conv2d::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters = Parameters {
    positional: &["kernel", "stride"],
    named: &["multiplier", "padding", "dilation", "bias", "activation", "initializer", "bias_initializer"],
};

struct DepthwiseConv2d {
    window: WindowSyntax,
    multiplier: Size,
    bias: bool,
    initializers: Initializers,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    let window = WindowSyntax::convolution(arguments, "3");
    let multiplier = arguments.size_or("multiplier", 1);
    let bias = arguments.boolean_or("bias", true);
    let activation = arguments.activation("activation");
    let initializers = Initializers::read(arguments);
    let layer = DepthwiseConv2d { window: window?, multiplier: multiplier?, bias: bias?, initializers: initializers? };
    Some(Built::with(layer, activation?))
}

impl Layer for DepthwiseConv2d {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Sums("depthwise_conv2d"))
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::depthwise_conv2d(layer, input, self.window.value()?, self.multiplier.value?))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let (window, multiplier) = (self.window.tokens(private), &self.multiplier.tokens);
        quote!(#private::rule::depthwise_conv2d(#layer, #input, #window, #multiplier))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, input: &Input) -> TokenStream {
        let [rows, columns] = self.window.kernel();
        let (channels, multiplier) = (input.last(), self.multiplier.argument());
        let outputs = match (&input.shape, self.multiplier.value) {
            (Some(shape), Some(multiplier)) => {
                let outputs = Literal::usize_unsuffixed(shape.last().saturating_mul(multiplier));
                quote!(#outputs)
            }
            _ => {
                let (shape, multiplier) = (&input.constant, &self.multiplier.tokens);
                quote!({ #shape.last().saturating_mul(#multiplier) })
            }
        };
        let bias = (!self.bias).then(|| quote!(, ()));
        quote!(#private::layer::#kind<#rows, #columns, #channels, #multiplier, #outputs #bias>)
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn part(&self) -> Option<Part> {
        Some(Part::DepthwiseConvolution)
    }

    fn window(&self) -> Option<&WindowSyntax> {
        Some(&self.window)
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let (window, multiplier) = (self.window.tokens(private), &self.multiplier.tokens);
        let initializers = self.initializers.tokens(private);
        quote!(#private::layer::depthwise_conv2d::Settings::new(#input, #multiplier, #window, #initializers))
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        let (multiplier, window) = (self.multiplier.value?, self.window.value()?);
        Some(Settings::new(input, multiplier, window, Defaults::DEFAULT).needs())
    }

    fn parameters(&self, input: Shape) -> Option<usize> {
        let ([rows, columns], outputs) = (self.window.value()?.kernel, input.last() * self.multiplier.value?);
        Some((rows * columns + usize::from(self.bias)) * outputs)
    }
}
