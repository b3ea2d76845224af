//! `impl Network`: the facts, and one inference as straight-line code.

use super::{Network, number, range};
use crate::layer::Form;
use crate::model::{Body, Inference, Join, Place, Step, Work};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Network<'_> {
    pub(super) fn inference(&self) -> TokenStream {
        let (private, facts, name) = (&self.private, &self.facts, &self.name);
        let (conditions, text) = (self.declaration.conditions(), name.to_string());
        let (input, output) = (&self.input, &self.output);
        let memory = Inference::new(&self.inference);
        let steps =
            self.inference.steps.iter().enumerate().map(|(time, step)| self.inference_step(time, step, &memory));
        let output_range = range(&quote!(#facts::INFERENCE), memory.places[self.inference.output]);
        let (layers, costs) = (self.layer_infos(), self.float_costs());
        let (initialize, use_layers) = (self.initialize(), self.use_layers());
        quote! {
            #conditions
            impl #private::Network for #name {
                type Input = #input;
                type Output = #output;
                type Memory = [f32; #facts::INFERENCE.total()];

                const NAME: &'static str = #text;
                const PARAMETERS: usize = <Self as #private::Plain>::FLOATS;
                const MACS: usize = #private::total_macs(<Self as #private::Network>::LAYERS);
                const WORKSPACE_LOWER_BOUND: usize = 4 * #facts::INFERENCE.lower_bound();
                const LAYERS: &'static [#private::LayerInfo] = &[#layers];
                const COSTS: #private::Costs = #private::Costs {
                    weight_bytes: Self::WEIGHT_BYTES,
                    workspace_bytes: Self::WORKSPACE_BYTES,
                    layers: &[#costs],
                };
                const INT8_COSTS: #private::Option<#private::Costs> = #private::quant::costs_if_supported::<Self>();
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

    fn inference_step(&self, time: usize, step: &Step<'_>, memory: &Inference) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let plan = quote!(#facts::INFERENCE);
        let (layer, settings) = (self.layer(step.work), self.settings(step.work));
        let (source, target) = (memory.places[step.inputs[0]], memory.places[step.output]);
        let (source_number, target_number) = (number(source), number(target));
        match (step.form, source) {
            (Form::Alias, _) => TokenStream::new(),
            (Form::Apart { .. }, Place::Outside) => quote! {
                let [target] = #plan.of(memory, [#target_number]);
                #layer.infer(isa, &#settings, input, target);
            },
            (Form::Apart { .. }, _) => quote! {
                let [source, target] = #plan.of(memory, [#source_number, #target_number]);
                #layer.infer(isa, &#settings, source, target);
            },
            (Form::InPlace(_), source) if source == target => quote! {
                let [data] = #plan.of(memory, [#target_number]);
                #layer.infer_in_place(isa, &#settings, data);
            },
            (Form::InPlace(_), Place::Outside) => quote! {
                let [data] = #plan.of(memory, [#target_number]);
                data.copy_from_slice(input);
                #layer.infer_in_place(isa, &#settings, data);
            },
            (Form::InPlace(_), _) => quote! {
                let [source, data] = #plan.of(memory, [#source_number, #target_number]);
                data.copy_from_slice(source);
                #layer.infer_in_place(isa, &#settings, data);
            },
            (Form::Nested, source) if source == target => {
                let inner = number(memory.nested[time].map_or(Place::Outside, Place::Buffer));
                quote! {
                    let [data, inner] = #plan.of(memory, [#target_number, #inner]);
                    #private::nested::infer_in_place(#layer, isa, data, inner);
                }
            }
            (Form::Nested, source) => {
                let inner = number(memory.nested[time].map_or(Place::Outside, Place::Buffer));
                let (names, numbers, source) = match source {
                    Place::Outside => (quote!(target, inner), quote!(#target_number, #inner), quote!(input)),
                    Place::Buffer(_) => {
                        (quote!(source, target, inner), quote!(#source_number, #target_number, #inner), quote!(source))
                    }
                };
                quote! {
                    let [#names] = #plan.of(memory, [#numbers]);
                    #private::nested::infer(#layer, isa, #source, target, inner);
                }
            }
            (Form::Join, _) => self.inference_join(step, memory),
        }
    }

    fn inference_join(&self, step: &Step<'_>, memory: &Inference) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let plan = quote!(#facts::INFERENCE);
        let Work::Join(join) = step.work else { return TokenStream::new() };
        let target = memory.places[step.output];
        let target_number = number(target);
        let output = self.shape(&self.inference.shapes[step.output]);
        let in_place = step.inputs.iter().any(|input| memory.places[*input] == target);
        let mut code = TokenStream::new();
        let mut offset = quote!(0);
        for (index, input) in step.inputs.iter().enumerate() {
            let width = self.shape(&self.inference.shapes[*input]);
            let call = match join {
                Join::Concat => {
                    quote!(#private::join::write_columns(target, #output.last(), #offset, source, #width.last()))
                }
                Join::Add | Join::Multiply if index == 0 && !in_place => quote!(target.copy_from_slice(source)),
                Join::Add => quote!(#private::join::add(target, source)),
                Join::Multiply => quote!(#private::join::multiply(target, source)),
            };
            offset = quote!(#offset + #width.last());
            code.extend(match memory.places[*input] {
                place if place == target => continue,
                Place::Outside => quote! {
                    let [target] = #plan.of(memory, [#target_number]);
                    let source = input;
                    #call;
                },
                place => {
                    let source_number = number(place);
                    quote! {
                        let [source, target] = #plan.of(memory, [#source_number, #target_number]);
                        #call;
                    }
                }
            });
        }
        code
    }

    fn initialize(&self) -> TokenStream {
        let private = &self.private;
        let layers = self.weighted().into_iter().enumerate().map(|(stream, node)| {
            let stream = Literal::u64_unsuffixed(stream as u64);
            if let Body::Layer { .. } = &node.body {
                let (layer, settings) = (self.layer_mut(node), self.settings(Work::Layer(node)));
                return quote!(#layer.initialize(&#settings, &mut #private::Random::new(seed, #stream)););
            }
            let nested = self.nested(node, &quote!(&mut self));
            quote!(#private::nested::initialize(#nested, seed, #stream);)
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
}
