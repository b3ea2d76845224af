//! Whether somebody reads a derivative: what trains before it, or a caller who asks for the derivatives by the input.

use super::Network;
use crate::layer::Form;
use crate::model::{Step, Trained, Work};
use proc_macro2::TokenStream;
use quote::quote;

/// When a derivative is needed. The caller who asks for derivatives by the input comes on top.
#[derive(Clone)]
pub(super) enum Needed {
    Always,
    /// If one of these constants is true.
    If(Vec<TokenStream>),
}

impl Needed {
    const NEVER: Self = Self::If(Vec::new());

    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::If(mut these), Self::If(others)) => {
                these.extend(others);
                Self::If(these)
            }
            _ => Self::Always,
        }
    }

    /// The code as a block that runs only if it is needed.
    pub(super) fn guard(&self, code: &TokenStream) -> TokenStream {
        match self {
            _ if code.is_empty() => TokenStream::new(),
            Self::Always => quote!({ #code }),
            Self::If(_) => {
                let condition = self.condition();
                quote!(if #condition { #code })
            }
        }
    }

    /// A place to write to, as an option.
    pub(super) fn place(&self, private: &TokenStream, target: &TokenStream) -> TokenStream {
        match self {
            Self::Always => quote!(#private::Option::Some(#target)),
            Self::If(_) => {
                let condition = self.condition();
                quote!(if #condition { #private::Option::Some(#target) } else { #private::Option::None })
            }
        }
    }

    fn condition(&self) -> TokenStream {
        match self {
            Self::Always => quote!(true),
            Self::If(conditions) => quote!(#(#conditions ||)* input_gradient.is_some()),
        }
    }
}

impl Network<'_> {
    /// When the derivatives by each value are needed.
    pub(super) fn needed(&self) -> Vec<Needed> {
        let mut needed = vec![Needed::NEVER; self.training.shapes.len()];
        for step in &self.training.steps {
            let inputs = step.inputs.iter().map(|input| needed[*input].clone());
            needed[step.output] = inputs.fold(self.trains(step), Needed::or);
        }
        needed
    }

    /// When a step computes derivatives by its weights.
    pub(super) fn trains(&self, step: &Step<'_>) -> Needed {
        match step.trained {
            Trained::Yes => Needed::Always,
            Trained::No => Needed::NEVER,
            Trained::Open => match step.work {
                Work::Layer(node) | Work::Nested(node) => Needed::If(vec![self.shape(&node.path.constant("trained"))]),
                // A convolution always trains, and so does a normalization.
                Work::Pooled(_) | Work::Measured(..) | Work::Normalized(_) => Needed::Always,
                Work::Finished(_) | Work::Activation(_) | Work::Join(_) | Work::Copy => Needed::NEVER,
            },
        }
    }

    /// The constants that say whether steps train, where only rustc knows.
    pub(super) fn trained_constants(&self) -> TokenStream {
        let private = &self.private;
        let steps = self.training.steps.iter().filter(|step| step.trained == Trained::Open);
        let constants = steps.filter_map(|step| {
            let (Work::Layer(node) | Work::Nested(node)) = step.work else { return None };
            let (name, ty) = (node.path.constant("trained"), self.node_type(node));
            let value = match step.form {
                Form::Nested => quote!(#private::is_network_trained::<#ty>()),
                _ => quote!(#private::is_trained::<#ty>()),
            };
            Some(quote!(const #name: bool = #value;))
        });
        constants.collect()
    }
}
