//! `impl Trainable`: the facts, and a batch forward as straight-line code.

use super::items::gradients;
use super::{Network, head_type, range};
use crate::layer::Form;
use crate::model::{Body, Join, Place, Step, Trained, Training, Work};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Network<'_> {
    pub(super) fn training(&self) -> TokenStream {
        let (private, facts, name) = (&self.private, &self.facts, &self.name);
        let (conditions, gradients, head) = (self.declaration.conditions(), gradients(name), head_type(self.head));
        let memory = Training::new(&self.training);
        let plan = quote!(#facts::TRAINING);
        let logits = range(&plan, memory.places[self.training.output]);
        let logits_gradient = range(&plan, memory.output_gradient);
        let steps = self.training.steps.iter().enumerate();
        let forward = steps.map(|(time, step)| self.forward_step(time, step, &memory));
        let (backward, statistics) = (self.backward(&memory), self.update_statistics());
        let use_layers = self.use_layers();
        quote! {
            #conditions
            impl #private::Trainable for #name {
                type Gradients = #gradients;
                type Head = #private::head::#head;

                const SPANS: &'static [#private::Span] = #facts::SPANS.as_slice();
                const TRAINING: #private::TrainingNeeds = #private::TrainingNeeds {
                    activations: #facts::TRAINING.total(),
                    positions: #facts::SAVED.positions(),
                    statistics: #facts::SAVED.statistics(),
                    partial: #facts::SAVED.partial(),
                };
                const LOGITS: #private::Range<usize> = #logits;
                const LOGITS_GRADIENT: #private::Range<usize> = #logits_gradient;

                #[allow(unused_variables)]
                fn forward(&self, pass: #private::Pass<'_>, input: &[f32], memory: &mut #private::TrainingMemory<'_>) {
                    #use_layers
                    #(#forward)*
                }

                #backward

                #[allow(unused_variables)]
                fn update_statistics(&mut self, statistics: &[f32]) {
                    #use_layers
                    #statistics
                }
            }
        }
    }

    /// The range of a place for the whole batch.
    pub(super) fn batch_range(&self, place: Place) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let range = range(&quote!(#facts::TRAINING), place);
        quote!(#private::scaled(&#range, pass.batch))
    }

    /// The number of a step among those that save more than values.
    fn saving_number(&self, step: &Step<'_>) -> Option<Literal> {
        let number = self.saving().iter().position(|saving| saving.output == step.output)?;
        Some(Literal::usize_unsuffixed(number))
    }

    /// What a step saves besides values.
    pub(super) fn saved(&self, step: &Step<'_>) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        match self.saving_number(step) {
            Some(number) => {
                quote!(#facts::SAVED.of(#number, pass.batch, memory.positions, memory.statistics, memory.partial))
            }
            None => quote!(#private::Default::default()),
        }
    }

    /// How a step's layer passes: a frozen one works as at inference.
    pub(super) fn pass_of(&self, step: &Step<'_>) -> TokenStream {
        match step.work {
            Work::Layer(node) | Work::Nested(node) if node.frozen => quote!(pass.at_inference()),
            _ => quote!(pass),
        }
    }

    fn forward_step(&self, time: usize, step: &Step<'_>, memory: &Training) -> TokenStream {
        let private = &self.private;
        let (layer, settings, pass) = (self.layer(step.work), self.settings(step.work), self.pass_of(step));
        let (source, target) = (memory.places[step.inputs[0]], memory.places[step.output]);
        let (source_range, target_range) = (self.batch_range(source), self.batch_range(target));
        let saved = self.saved(step);
        match (step.form, source) {
            (Form::Alias, _) => TokenStream::new(),
            (Form::Apart { .. }, Place::Outside) => quote! {
                let [target] = #private::disjoint(memory.activations, [#target_range]);
                #layer.forward(&#settings, #pass, input, target, #saved);
            },
            (Form::Apart { .. }, _) => quote! {
                let [source, target] = #private::disjoint(memory.activations, [#source_range, #target_range]);
                #layer.forward(&#settings, #pass, source, target, #saved);
            },
            (Form::InPlace(_), source) if source == target => quote! {
                let [data] = #private::disjoint(memory.activations, [#target_range]);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), Place::Outside) => quote! {
                let [data] = #private::disjoint(memory.activations, [#target_range]);
                #private::join::copy(pass, data, input);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), _) => quote! {
                let [source, data] = #private::disjoint(memory.activations, [#source_range, #target_range]);
                #private::join::copy(pass, data, source);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::Nested, source) => {
                let inner = self.batch_range(memory.nested[time].map_or(Place::Outside, Place::Buffer));
                let (names, ranges, source) = match source {
                    Place::Outside => (quote!(target, inner), quote!(#target_range, #inner), quote!(input)),
                    Place::Buffer(_) => {
                        (quote!(source, target, inner), quote!(#source_range, #target_range, #inner), quote!(source))
                    }
                };
                quote! {
                    let [#names] = #private::disjoint(memory.activations, [#ranges]);
                    #private::nested::forward(#layer, #pass, #source, target, inner, #saved);
                }
            }
            (Form::Join, _) => self.forward_join(step, memory),
        }
    }

    fn forward_join(&self, step: &Step<'_>, memory: &Training) -> TokenStream {
        let private = &self.private;
        let Work::Join(join) = step.work else { return TokenStream::new() };
        let target = memory.places[step.output];
        let target_range = self.batch_range(target);
        let output = self.shape(&self.training.shapes[step.output]);
        let in_place = step.inputs.iter().any(|input| memory.places[*input] == target);
        let mut code = TokenStream::new();
        let mut offset = quote!(0);
        for (index, input) in step.inputs.iter().enumerate() {
            let width = self.shape(&self.training.shapes[*input]);
            let call = match join {
                Join::Concat => {
                    quote!(#private::join::write_columns(target, #output.last(), #offset, source, #width.last()))
                }
                Join::Add | Join::Multiply if index == 0 && !in_place => {
                    quote!(#private::join::copy(pass, target, source))
                }
                Join::Add => quote!(#private::join::add_batch(pass, target, source)),
                Join::Multiply => quote!(#private::join::multiply_batch(pass, target, source)),
            };
            offset = quote!(#offset + #width.last());
            code.extend(match memory.places[*input] {
                place if place == target => continue,
                Place::Outside => quote! {
                    let [target] = #private::disjoint(memory.activations, [#target_range]);
                    let source = input;
                    #call;
                },
                place => {
                    let source_range = self.batch_range(place);
                    quote! {
                        let [source, target] = #private::disjoint(memory.activations, [#source_range, #target_range]);
                        #call;
                    }
                }
            });
        }
        code
    }

    fn update_statistics(&self) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let mut calls = TokenStream::new();
        for step in self.saving().into_iter().filter(|step| step.trained != Trained::No) {
            let Some(number) = self.saving_number(step) else { continue };
            let part = quote!(#facts::SAVED.statistics_of(#number, statistics));
            calls.extend(match step.work {
                Work::Nested(node) => {
                    let nested = self.nested(node, &quote!(&mut self));
                    quote!(#private::nested::update_statistics(#nested, #part);)
                }
                work => match self.updated(work) {
                    Some(fields) => {
                        let settings = self.settings(work);
                        quote!(self.#fields.update_statistics(&#settings, #part);)
                    }
                    None => continue,
                },
            });
        }
        calls
    }

    /// The fields on the way to a layer with weights.
    fn updated(&self, work: Work<'_>) -> Option<TokenStream> {
        match work {
            Work::Layer(node) if matches!(node.body, Body::Layer { .. }) => Some(node.path.fields()),
            _ => None,
        }
    }
}
