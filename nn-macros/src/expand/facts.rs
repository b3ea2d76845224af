//! The hidden struct whose constants are the shapes, the settings of the layers, and where everything lies in memory.

use super::Network;
use crate::layer::Form;
use crate::model::{self, Buffer, Part, Step};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

impl Network<'_> {
    pub(super) fn facts(&self) -> TokenStream {
        let (facts, conditions) = (&self.facts, self.declaration.conditions());
        let (shapes, settings, plans) = (self.shape_constants(), self.settings_constants(), self.plan_constants());
        quote! {
            #conditions
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            struct #facts;
            #conditions
            #[allow(dead_code, non_upper_case_globals)]
            impl #facts {
                #shapes
                #settings
                #plans
            }
        }
    }

    fn shape_constants(&self) -> TokenStream {
        let private = &self.private;
        let sizes = self.declaration.input.list();
        let mut constants = quote! {
            const INPUT: #private::Shape = #private::rule::shape(#private::rule::input(#private::Shape::new(&[#sizes])));
        };
        if self.shapes.known[0].is_some() {
            constants = quote!(const INPUT: #private::Shape = #private::Shape::new(&[#sizes]););
        }
        for (number, node) in self.nodes.iter().enumerate() {
            let name = format_ident!("shape_{}", node.name);
            let shape = match (&self.shapes.known[number + 1], &node.layer) {
                (Some(shape), _) => {
                    let sizes = shape.sizes().iter().copied().map(Literal::usize_unsuffixed);
                    quote!(#private::Shape::new(&[#(#sizes),*]))
                }
                (None, Some(layer)) => {
                    let rule = layer.rule(private, "", &self.shape_constant(number));
                    quote!(#private::rule::shape(#rule))
                }
                (None, None) => quote!(#private::Shape::UNKNOWN),
            };
            constants.extend(quote!(const #name: #private::Shape = #shape;));
        }
        constants
    }

    fn settings_constants(&self) -> TokenStream {
        let private = &self.private;
        let mut constants = TokenStream::new();
        for (number, node) in self.nodes.iter().enumerate() {
            let Some(layer) = &node.layer else { continue };
            let input = self.shape_constant(number);
            if layer.form() != Form::Alias {
                let (name, ty) = (format_ident!("settings_{}", node.name), self.layer_type(number));
                let settings = layer.settings(private, &input, number);
                constants.extend(quote!(const #name: <#ty as #private::Layer>::Settings = #settings;));
            }
            if let Some(function) = &node.activation {
                let name = format_ident!("activation_{}", node.name);
                let settings = function.settings(private, &self.shape_constant(number + 1));
                constants.extend(quote!(const #name: #private::layer::activation::Settings = #settings;));
            }
        }
        constants
    }

    fn plan_constants(&self) -> TokenStream {
        let private = &self.private;
        let inference = model::Inference::new(&self.inference);
        let training = model::Training::new(&self.training);
        let inference = self.plan("INFERENCE", &self.inference, &inference.buffers);
        let training = self.plan("TRAINING", &self.training, &training.buffers);
        let saving = self.saving_steps();
        let count = saving.len();
        let needs = saving.iter().map(|step| self.step_needs(step));
        let spans = self.weighted().map(|(number, _)| {
            let ty = self.layer_type(number);
            quote!(#private::LayerSpan::of::<#ty>())
        });
        let layers = self.weighted().count();
        quote! {
            #inference
            #training
            const SAVED: #private::SavedPlan<#count> = #private::SavedPlan::new([#(#needs),*]);
            const SPANS: #private::SpanList<#layers> = #private::SpanList::new([#(#spans),*]);
        }
    }

    fn plan(&self, name: &str, steps: &[Step], buffers: &[Buffer]) -> TokenStream {
        let (private, name, count) = (&self.private, format_ident!("{name}"), buffers.len());
        let buffers = buffers.iter().map(|buffer| {
            let (shape, first, last) = (self.value_shape(steps, buffer.value), buffer.first, buffer.last);
            let (first, last) = (Literal::usize_unsuffixed(first), Literal::usize_unsuffixed(last));
            quote!(#private::Buffer { len: #shape.len(), first: #first, last: #last })
        });
        quote!(const #name: #private::Plan<#count> = #private::Plan::new([#(#buffers),*]);)
    }

    /// The steps of training whose layers may save more than values: all that compute from one place to another.
    pub(super) fn saving_steps(&self) -> Vec<Step> {
        let saves = |step: &&Step| matches!(step.form, Form::Apart { .. }) && step.part != Part::Copy;
        self.training.iter().filter(saves).copied().collect()
    }

    fn step_needs(&self, step: &Step) -> TokenStream {
        let settings = self.settings_constant(step.part);
        quote!(#settings.needs())
    }
}
