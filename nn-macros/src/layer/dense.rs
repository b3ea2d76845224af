//! `Dense(units, bias, activation, initializer, bias_initializer)`.

use super::{Built, Form, Input, Int8, Layer};
use crate::layer::initializer::Initializers;
use crate::parse::{Arguments, Parameters, Size};
use nn_core::initializer::Initializers as Defaults;
use nn_core::layer::Needs;
use nn_core::layer::dense::Settings;
use nn_core::shape::Shape;
use nn_core::shape::rule::{self, Outcome};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

pub(super) const PARAMETERS: Parameters =
    Parameters { positional: &["units"], named: &["bias", "activation", "initializer", "bias_initializer"] };

struct Dense {
    units: Size,
    bias: bool,
    initializers: Initializers,
}

pub(super) fn build(arguments: &mut Arguments<'_>) -> Option<Built> {
    let units = arguments.size("units", "128");
    let bias = arguments.boolean_or("bias", true);
    let activation = arguments.activation("activation");
    let initializers = Initializers::read(arguments);
    let layer = Dense { units: units?, bias: bias?, initializers: initializers? };
    Some(Built::with(layer, activation?))
}

impl Layer for Dense {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn int8(&self) -> Option<Int8> {
        Some(Int8::Sums("dense"))
    }

    fn outcome(&self, layer: &str, input: Shape) -> Option<Outcome> {
        Some(rule::dense(layer, input, self.units.value?))
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let units = &self.units.tokens;
        quote!(#private::rule::dense(#layer, #input, #units))
    }

    fn path(&self, private: &TokenStream, kind: &Ident, input: &Input) -> TokenStream {
        let (inputs, units) = (input.len(), self.units.argument());
        let bias = (!self.bias).then(|| quote!(, ()));
        quote!(#private::layer::#kind<#inputs, #units #bias>)
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn has_bias(&self) -> bool {
        self.bias
    }

    fn settings(&self, private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        let (units, initializers) = (&self.units.tokens, self.initializers.tokens(private));
        quote!(#private::layer::dense::Settings::new(#input, #units, #initializers))
    }

    fn needs(&self, input: Shape) -> Option<Needs> {
        Some(Settings::new(input, self.units.value?, Defaults::DEFAULT).needs())
    }

    fn parameters(&self, input: Shape) -> Option<usize> {
        let units = self.units.value?;
        Some((input.len() + usize::from(self.bias)) * units)
    }
}
