//! `impl Network`: the facts, and one inference as straight-line code.

use super::Network;
use crate::layer::Form;
use crate::model::{self, Part, Place, Step};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

impl Network<'_> {
    pub(super) fn inference(&self) -> TokenStream {
        let (declaration, private, facts) = (self.declaration, &self.private, &self.facts);
        let (name, conditions) = (&declaration.name, declaration.conditions());
        let text = name.to_string();
        let float = quote!(f32);
        let (input, output) = (declaration.input.array(&float), declaration.output.array(&float));
        let memory = model::Inference::new(&self.inference);
        let steps = self.inference.iter().map(|step| self.inference_step(step, &memory.places));
        let output_range = range(&quote!(#facts::INFERENCE), memory.places[self.inference.len()]);
        let (layers, initialize, use_layers) = (self.layer_infos(), self.initialize(), self.use_layers());
        quote! {
            #conditions
            impl #private::Network for #name {
                type Input = #input;
                type Output = #output;
                type Memory = [f32; #facts::INFERENCE.total()];

                const NAME: &'static str = #text;
                const PARAMETERS: usize = <Self as #private::Plain>::FLOATS;
                const MACS: usize = #private::total_macs(<Self as #private::Network>::LAYERS);
                const LAYERS: &'static [#private::LayerInfo] = &[#layers];
                const OUTPUT: #private::Range<usize> = #output_range;

                fn weights(&self) -> &[f32] {
                    #private::Plain::floats(self)
                }

                fn weights_mut(&mut self) -> &mut [f32] {
                    #private::Plain::floats_mut(self)
                }

                #initialize

                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_on<I: #private::Isa>(&self, isa: I, input: &[f32], memory: &mut [f32]) {
                    #use_layers
                    #(#steps)*
                }
            }
        }
    }

    fn inference_step(&self, step: &Step, places: &[Place]) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let plan = quote!(#facts::INFERENCE);
        let (layer, settings) = (self.layer_value(step.part), self.settings_constant(step.part));
        let (source, target) = (places[step.input], places[step.output]);
        let target_range = range(&plan, target);
        match (step.form, source) {
            (Form::Alias, _) => TokenStream::new(),
            (Form::Apart { .. }, Place::Outside) => quote! {
                let [target] = #private::disjoint(memory, [#target_range]);
                #layer.infer(isa, &#settings, input, target);
            },
            (Form::Apart { .. }, source) => {
                let source_range = range(&plan, source);
                quote! {
                    let [source, target] = #private::disjoint(memory, [#source_range, #target_range]);
                    #layer.infer(isa, &#settings, source, target);
                }
            }
            (Form::InPlace(_), source) if source == target => quote! {
                let [data] = #private::disjoint(memory, [#target_range]);
                #layer.infer_in_place(isa, &#settings, data);
            },
            (Form::InPlace(_), Place::Outside) => quote! {
                let [data] = #private::disjoint(memory, [#target_range]);
                data.copy_from_slice(input);
                #layer.infer_in_place(isa, &#settings, data);
            },
            (Form::InPlace(_), source) => {
                let source_range = range(&plan, source);
                quote! {
                    let [source, data] = #private::disjoint(memory, [#source_range, #target_range]);
                    data.copy_from_slice(source);
                    #layer.infer_in_place(isa, &#settings, data);
                }
            }
        }
    }

    fn initialize(&self) -> TokenStream {
        let private = &self.private;
        let layers = self.weighted().enumerate().map(|(stream, (number, node))| {
            let (name, settings) = (&node.name, self.settings_constant(Part::Layer(number)));
            let stream = Literal::u64_unsuffixed(stream as u64);
            quote! {
                self.#name.initialize(&#settings, &mut #private::Random::new(seed, #stream));
            }
        });
        let use_layers = self.use_layers();
        quote! {
            #[allow(unused_variables)]
            fn initialize(&mut self, seed: u64) {
                #use_layers
                #(#layers)*
            }
        }
    }

    fn layer_infos(&self) -> TokenStream {
        let private = &self.private;
        let infos = self.nodes.iter().enumerate().map(|(number, node)| {
            let (name, kind) = (node.name.unraw().to_string(), node.syntax.kind.to_string());
            let (input, output) = (self.shape_constant(number), self.shape_constant(number + 1));
            let (ty, settings) = (self.layer_type(number), self.settings_constant(Part::Layer(number)));
            let alias = node.layer.as_ref().is_some_and(|layer| layer.form() == Form::Alias);
            let needs = if alias { quote!(#private::Needs::NONE) } else { quote!(#settings.needs()) };
            quote!(#private::layer_info::<#ty>(#name, #kind, #input, #output, #needs))
        });
        quote!(#(#infos),*)
    }
}

/// The range of a buffer in a plan; an empty one for what lies outside.
pub(super) fn range(plan: &TokenStream, place: Place) -> TokenStream {
    match place {
        Place::Buffer(number) => {
            let number = Literal::usize_unsuffixed(number);
            quote!(#plan.range(#number))
        }
        Place::Outside => quote!(0..0),
    }
}
