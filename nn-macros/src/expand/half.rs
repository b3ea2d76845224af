//! `impl Halvable`: the sizes of the weights as half floats, and one inference with them.

use super::{Network, Weights};
use crate::layer::Form;
use crate::model::{Finished, Inference, Step, Work};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Network<'_> {
    pub(super) fn half(&self) -> TokenStream {
        let (private, name) = (&self.private, &self.name);
        let (conditions, use_layers) = (self.declaration.conditions(), self.use_layers());
        let memory = Inference::new(&self.inference, self.is_repeated);
        let steps = self.inference.steps.iter().enumerate();
        let steps = steps.map(|(time, step)| self.inference_step(time, step, &memory, Weights::HalfFloats));
        let steps: TokenStream = steps.collect();
        let (steps, repeated) = match self.is_repeated {
            false => (steps, None),
            true => {
                let (facts, output) = (&self.facts, memory.places[self.inference.output]);
                let plan = quote!(#facts::INFERENCE);
                let call = quote! {
                    <Self as #private::half::Repeated>::infer_halves_in_place(halves, isa, data, memory, widened);
                };
                (self.on_a_copy(&plan, &call), Some(self.infer_halves_in_place(&steps, self.back(&plan, output))))
            }
        };
        let widened = self.inference.steps.iter().filter_map(|step| self.widened(step));
        quote! {
            #conditions
            impl #private::half::Halvable for #name {
                type Halves = [u16; <Self as #private::Plain>::FLOATS];
                type Widened = [f32; #private::half::most(&[#(#widened),*])];

                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_halves<I: #private::Isa>(
                    halves: &[u16],
                    isa: I,
                    input: &[f32],
                    memory: &mut [f32],
                    widened: &mut [f32],
                ) {
                    #use_layers
                    #steps
                }
            }
            #repeated
        }
    }

    /// The layers of a `repeat` on data that they write over.
    fn infer_halves_in_place(&self, steps: &TokenStream, back: Option<TokenStream>) -> TokenStream {
        let (private, name, conditions) = (&self.private, &self.name, self.declaration.conditions());
        let use_layers = self.use_layers();
        quote! {
            #conditions
            impl #private::half::Repeated for #name {
                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_halves_in_place<I: #private::Isa>(
                    halves: &[u16],
                    isa: I,
                    data: &mut [f32],
                    memory: &mut [f32],
                    widened: &mut [f32],
                ) {
                    #use_layers
                    #steps
                    #back
                }
            }
        }
    }

    /// The floats that a step needs for its weights; nothing if it has none.
    fn widened(&self, step: &Step<'_>) -> Option<TokenStream> {
        let private = &self.private;
        match step.work {
            Work::Layer(node) if node.has_weights() && step.form != Form::Alias => {
                let ty = self.node_type(node);
                match step.form {
                    Form::InPlace(_) => Some(quote!(#private::floats_of::<#ty>(1))),
                    _ => Some(quote!(#private::half::widened::<#ty>())),
                }
            }
            Work::Pooled(pooled) => {
                let ty = self.node_type(pooled.convolution);
                Some(quote!(#private::floats_of::<#ty>(1)))
            }
            Work::Finished(Finished { convolution, normalization, .. }) => {
                let types = [Some(convolution), normalization].into_iter().flatten().map(|node| self.node_type(node));
                Some(quote!(#(#private::floats_of::<#types>(1))+*))
            }
            Work::Nested(node) => {
                let ty = self.node_type(node);
                Some(quote!(#private::half::widened_of_network::<#ty>()))
            }
            Work::Layer(_) | Work::Activation(_) | Work::Join(_) | Work::Copy => None,
            // Steps of training only.
            Work::Measured(..) | Work::Normalized(_) => None,
        }
    }

    /// The layer that does a step, its weights taken from the half floats.
    pub(super) fn half_layer(&self, work: Work<'_>) -> TokenStream {
        let private = &self.private;
        let offset = |node: &crate::model::Node<'_>| {
            let fields = node.path.fields();
            quote!(#private::offset_of!(Self, #fields))
        };
        match work {
            Work::Layer(node) if node.has_weights() => {
                let (ty, offset) = (self.node_type(node), offset(node));
                quote!(#private::half::layer::<#ty>(halves, #offset, widened))
            }
            Work::Pooled(pooled) => {
                let (ty, offset) = (self.node_type(pooled.convolution), offset(pooled.convolution));
                quote!(#private::half::pooled::<#ty, I>(isa, halves, #offset, widened))
            }
            Work::Finished(Finished { convolution, normalization, .. }) => {
                let (ty, begin) = (self.node_type(convolution), offset(convolution));
                let (normalization, after) = match normalization {
                    Some(node) => (self.node_type(node), offset(node)),
                    None => (quote!(()), quote!(0)),
                };
                quote!(#private::half::finished::<#ty, #normalization, I>(isa, halves, [#begin, #after], widened))
            }
            Work::Nested(node) => {
                let (ty, offset, count) = (self.node_type(node), offset(node), self.count(node));
                quote!(#private::half::networks::<#ty>(halves, #offset, #count))
            }
            Work::Layer(_) | Work::Activation(_) | Work::Join(_) | Work::Copy => self.layer(work),
            // Steps of training only.
            Work::Measured(..) | Work::Normalized(_) => self.layer(work),
        }
    }
}

/// `impl Halvable` for a network with mistakes, which has no weights.
pub(super) fn without_weights(private: &TokenStream, conditions: &TokenStream, name: &Ident) -> TokenStream {
    quote! {
        #conditions
        impl #private::half::Halvable for #name {
            type Halves = [u16; 0];
            type Widened = [f32; 0];
            fn infer_halves<I: #private::Isa>(_: &[u16], _: I, _: &[f32], _: &mut [f32], _: &mut [f32]) {}
        }
    }
}
