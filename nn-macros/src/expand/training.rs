//! `impl Trainable`: the facts, and a batch forward as straight-line code.

use super::items::gradients;
use super::{Network, head_type, number, range};
use crate::layer::Form;
use crate::model::{Body, Join, Normalized, Place, Step, Trained, Training, Value, Work};
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
        let (use_layers, split) = (self.use_layers(), self.split_memory());
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

                #[allow(unused_mut, unused_variables)]
                fn forward(&self, pass: #private::Pass<'_>, input: &[f32], memory: &mut #private::TrainingMemory<'_>) {
                    #use_layers
                    #split
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

    /// Takes the memory of a pass apart: the values, and what steps save besides.
    pub(super) fn split_memory(&self) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        quote! {
            let (mut values, mut saved) = #private::split(memory, &#facts::TRAINING, &#facts::SAVED, pass.batch);
        }
    }

    /// The number of the step that computes a value among those that save more than values.
    fn saving_number(&self, output: Value) -> Option<Literal> {
        let number = self.saving().iter().position(|saving| saving.output == output)?;
        Some(Literal::usize_unsuffixed(number))
    }

    /// What a step saves besides values.
    pub(super) fn saved(&self, step: &Step<'_>) -> TokenStream {
        let private = &self.private;
        let output = if let Work::Normalized(_) = step.work { step.inputs[0] } else { step.output };
        match self.saving_number(output) {
            Some(number) => quote!(saved.of(#number)),
            None => quote!(#private::Default::default()),
        }
    }

    /// What a convolution saves besides values whose outputs are measured, and the statistics of the one before it: code
    /// that names them `saved_here` and `before`.
    pub(super) fn saved_after(&self, step: &Step<'_>, before: Option<Normalized<'_>>) -> TokenStream {
        let (here, before) = (self.saving_number(step.output), before.and(self.saving_number(step.inputs[0])));
        match before {
            Some(before) => quote!(let (saved_here, before) = saved.of_two(#here, #before);),
            None => quote!(let (saved_here, before) = (saved.of(#here), &[]);),
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
        if let Work::Measured(_, before) = step.work {
            return self.forward_measured(step, before, memory);
        }
        let private = &self.private;
        let (layer, settings, pass) = (self.layer(step.work), self.settings(step.work), self.pass_of(step));
        let (source, target) = (memory.places[step.inputs[0]], memory.places[step.output]);
        let (saved, source_number, target_number) = (self.saved(step), number(source), number(target));
        let forward = if let Work::Normalized(_) = step.work { quote!(apply) } else { quote!(forward) };
        match (step.form, source) {
            (Form::Alias, _) => TokenStream::new(),
            (Form::Apart { .. }, Place::Outside) => quote! {
                let [target] = values.of([#target_number]);
                #layer.#forward(&#settings, #pass, input, target, #saved);
            },
            (Form::Apart { .. }, _) => quote! {
                let [source, target] = values.of([#source_number, #target_number]);
                #layer.#forward(&#settings, #pass, source, target, #saved);
            },
            (Form::InPlace(_), source) if source == target => quote! {
                let [data] = values.of([#target_number]);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), Place::Outside) => quote! {
                let [data] = values.of([#target_number]);
                #private::join::copy(pass, data, input);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), _) => quote! {
                let [source, data] = values.of([#source_number, #target_number]);
                #private::join::copy(pass, data, source);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::Nested, source) => {
                let inner = number(memory.nested[time].map_or(Place::Outside, Place::Buffer));
                let (names, numbers, source) = match source {
                    Place::Outside => (quote!(target, inner), quote!(#target_number, #inner), quote!(input)),
                    Place::Buffer(_) => {
                        (quote!(source, target, inner), quote!(#source_number, #target_number, #inner), quote!(source))
                    }
                };
                quote! {
                    let [#names] = values.of([#numbers]);
                    #private::nested::forward(#layer, #pass, #source, target, inner, #saved);
                }
            }
            (Form::Join, _) => self.forward_join(step, memory),
        }
    }

    fn forward_measured(&self, step: &Step<'_>, before: Option<Normalized<'_>>, memory: &Training) -> TokenStream {
        let (layer, settings, saved) =
            (self.layer(step.work), self.settings(step.work), self.saved_after(step, before));
        let target = number(memory.places[step.output]);
        let (take, source) = match memory.places[step.inputs[0]] {
            Place::Outside => (quote!(let [target] = values.of([#target]);), quote!(input)),
            place => {
                let source = number(place);
                (quote!(let [source, target] = values.of([#source, #target]);), quote!(source))
            }
        };
        quote! {
            #take
            #saved
            #layer.measure(&#settings, pass, before, #source, target, saved_here);
        }
    }

    fn forward_join(&self, step: &Step<'_>, memory: &Training) -> TokenStream {
        let private = &self.private;
        let Work::Join(join) = step.work else { return TokenStream::new() };
        let target = memory.places[step.output];
        let target_number = number(target);
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
                    let [target] = values.of([#target_number]);
                    let source = input;
                    #call;
                },
                place => {
                    let source_number = number(place);
                    quote! {
                        let [source, target] = values.of([#source_number, #target_number]);
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
            let Some(number) = self.saving_number(step.output) else { continue };
            let part = quote!(#facts::SAVED.statistics_of(#number, statistics));
            calls.extend(match step.work {
                Work::Nested(node) => {
                    let nested = self.nested(node, &quote!(&mut self));
                    quote!(#private::nested::update_statistics(#nested, #part);)
                }
                Work::Layer(node) if matches!(node.body, Body::Layer { .. }) => {
                    let (layer, settings) = (self.layer_mut(node), self.settings(step.work));
                    quote!(#layer.update_statistics(&#settings, #part);)
                }
                Work::Measured(Normalized { normalization, .. }, _) => {
                    let (layer, settings) = (self.layer_mut(normalization), self.settings(Work::Layer(normalization)));
                    quote!(#layer.update_statistics(&#settings, #part);)
                }
                _ => continue,
            });
        }
        calls
    }
}
