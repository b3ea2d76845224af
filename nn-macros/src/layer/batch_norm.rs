//! `BatchNorm(momentum = 0.99, epsilon = 0.001)`.

use super::{Built, Form, Input, Int8, Layer, Part};
use crate::parse::{Arguments, Parameters};
use nn_core::layer::Needs;
use nn_core::layer::batch_norm::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Limit, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters = Parameters { positional: &[], named: &["momentum", "epsilon"] };

/// Keras's defaults.
const MOMENTUM: f32 = 0.99;
const EPSILON: f32 = 1e-3;

struct BatchNorm {
    momentum: TokenStream,
    epsilon: TokenStream,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    let momentum = arguments.limited_or("momentum", MOMENTUM, Limit::Fraction);
    let epsilon = arguments.limited_or("epsilon", EPSILON, Limit::Positive);
    Some(Built::new(BatchNorm { momentum: momentum?, epsilon: epsilon? }))
}

impl Layer for BatchNorm {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Normalization)
    }

    fn outcome(&self, _layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::same(input))
    }

    fn rule(&self, private: &TokenStream, _layer: &str, input: &TokenStream) -> TokenStream {
        quote!(#private::rule::same(#input))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, input: &Input) -> TokenStream {
        let channels = input.last();
        quote!(#private::layer::#kind<#channels>)
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn part(&self) -> Option<Part> {
        Some(Part::Normalization)
    }

    fn takes_mean_away(&self) -> bool {
        true
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let (momentum, epsilon) = (&self.momentum, &self.epsilon);
        quote!(#private::layer::batch_norm::Settings::new(#input, #momentum, #epsilon))
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        Some(Settings::new(input, MOMENTUM, EPSILON).needs())
    }

    fn parameters(&self, input: Shape) -> Option<usize> {
        // gamma, beta, moving mean and moving variance of each channel.
        Some(4 * input.last())
    }
}
