//! `impl Trainable`: a batch forward, and backward, as straight-line code.

use super::inference::range;
use super::{Network, head_type};
use crate::layer::{Form, Saves};
use crate::model::{self, Part, Place, Step};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

impl Network<'_> {
    pub(super) fn training(&self) -> TokenStream {
        let (declaration, private, facts) = (self.declaration, &self.private, &self.facts);
        let (name, conditions) = (&declaration.name, declaration.conditions());
        let gradients = format_ident!("{name}Gradients");
        let head = head_type(self.head);
        let memory = model::Training::new(&self.training);
        let last = self.training.len();
        let plan = quote!(#facts::TRAINING);
        let (logits, logits_gradient) = (range(&plan, memory.places[last]), range(&plan, memory.gradients[last]));
        let forward = self.training.iter().map(|step| self.forward_step(step, &memory));
        let backward = (0..last).rev().map(|number| self.backward_step(number, &memory));
        let (statistics, use_layers) = (self.update_statistics(), self.use_layers());
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

                #[allow(unused_variables, unused_mut)]
                fn backward_on(
                    &self,
                    pass: #private::Pass<'_>,
                    input: &[f32],
                    memory: &mut #private::TrainingMemory<'_>,
                    gradients: &mut #gradients,
                    mut input_gradient: #private::Option<&mut [f32]>,
                ) {
                    #use_layers
                    #(#backward)*
                }

                #[allow(unused_variables)]
                fn update_statistics(&mut self, memory: &#private::TrainingMemory<'_>) {
                    #use_layers
                    #statistics
                }
            }
        }
    }

    /// The range of a place for the whole batch.
    fn batch_range(&self, place: Place) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let range = range(&quote!(#facts::TRAINING), place);
        quote!(#private::scaled(&#range, pass.batch))
    }

    /// What a step saves, by its number among those that save.
    fn saved(&self, step: &Step) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        match self.saving_steps().iter().position(|saving| saving.part == step.part) {
            Some(number) => {
                let number = Literal::usize_unsuffixed(number);
                quote!(#facts::SAVED.of(#number, pass.batch, memory.positions, memory.statistics, memory.partial))
            }
            None => quote!(#private::Default::default()),
        }
    }

    fn forward_step(&self, step: &Step, memory: &model::Training) -> TokenStream {
        let private = &self.private;
        let (layer, settings) = (self.layer_value(step.part), self.settings_constant(step.part));
        let (source, target) = (memory.places[step.input], memory.places[step.output]);
        let (source_range, target_range) = (self.batch_range(source), self.batch_range(target));
        let saved = self.saved(step);
        match (step.form, source) {
            (Form::Alias, _) => TokenStream::new(),
            (Form::Apart { .. }, Place::Outside) => quote! {
                let [target] = #private::disjoint(memory.activations, [#target_range]);
                #layer.forward(&#settings, pass, input, target, #saved);
            },
            (Form::Apart { .. }, _) => quote! {
                let [source, target] = #private::disjoint(memory.activations, [#source_range, #target_range]);
                #layer.forward(&#settings, pass, source, target, #saved);
            },
            (Form::InPlace(_), source) if source == target => quote! {
                let [data] = #private::disjoint(memory.activations, [#target_range]);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), Place::Outside) => quote! {
                let [data] = #private::disjoint(memory.activations, [#target_range]);
                data.copy_from_slice(input);
                #layer.forward_in_place(&#settings, pass, data);
            },
            (Form::InPlace(_), _) => quote! {
                let [source, data] = #private::disjoint(memory.activations, [#source_range, #target_range]);
                data.copy_from_slice(source);
                #layer.forward_in_place(&#settings, pass, data);
            },
        }
    }

    fn backward_step(&self, number: usize, memory: &model::Training) -> TokenStream {
        let step = &self.training[number];
        let trained_before = self.training[..number].iter().any(|step| step.trained);
        let code = match step.form {
            Form::Alias => return TokenStream::new(),
            Form::Apart { saves_input } => self.backward_apart(step, saves_input, trained_before, memory),
            Form::InPlace(saves) => self.backward_in_place(step, saves, memory),
        };
        if step.trained || trained_before {
            return quote!({ #code });
        }
        // Nothing before this step is trained: only a caller who asks for the derivatives by the input reads these.
        quote!(if input_gradient.is_some() { #code })
    }

    fn backward_apart(
        &self,
        step: &Step,
        saves_input: bool,
        trained_before: bool,
        memory: &model::Training,
    ) -> TokenStream {
        let private = &self.private;
        let (layer, settings) = (self.layer_value(step.part), self.settings_constant(step.part));
        let mut names = vec![format_ident!("output_gradient")];
        let mut ranges = vec![self.batch_range(memory.gradients[step.output])];
        let source = match (saves_input, memory.places[step.input]) {
            (false, _) => quote!(&[]),
            (true, Place::Outside) => quote!(input),
            (true, place) => {
                names.push(format_ident!("source"));
                ranges.push(self.batch_range(place));
                quote!(source)
            }
        };
        let target = match memory.gradients[step.input] {
            Place::Outside => quote!(input_gradient.as_deref_mut()),
            place => {
                names.push(format_ident!("target"));
                ranges.push(self.batch_range(place));
                if trained_before {
                    quote!(#private::Option::Some(target))
                } else {
                    quote!(if input_gradient.is_some() { #private::Option::Some(target) } else { #private::Option::None })
                }
            }
        };
        let saved = self.saved(step);
        let gradient = match step.part {
            Part::Layer(node) if step.trained => {
                let name = &self.nodes[node].name;
                quote!(&mut gradients.#name)
            }
            _ => quote!(&mut ()),
        };
        quote! {
            let [#(#names),*] = #private::disjoint(memory.activations, [#(#ranges),*]);
            let arrived = #private::Backward { input: #source, output_gradient, input_gradient: #target, saved: #saved };
            #layer.backward(&#settings, pass, arrived, #gradient);
        }
    }

    fn backward_in_place(&self, step: &Step, saves: Saves, memory: &model::Training) -> TokenStream {
        let private = &self.private;
        let (layer, settings) = (self.layer_value(step.part), self.settings_constant(step.part));
        let gradient_range = self.batch_range(memory.gradients[step.output]);
        let (saved, place) = match saves {
            Saves::Nothing => (quote!(&[]), None),
            Saves::Input => (quote!(saved), Some(memory.places[step.input])),
            Saves::Output => (quote!(saved), Some(memory.places[step.output])),
        };
        let (saved, pieces) = match place {
            Some(Place::Outside) => (quote!(input), quote!([gradient])),
            Some(_) => (saved, quote!([gradient, saved])),
            None => (saved, quote!([gradient])),
        };
        let saved_range = place.filter(|place| *place != Place::Outside).map(|place| {
            let range = self.batch_range(place);
            quote!(, #range)
        });
        let outside = memory.gradients[step.input] == Place::Outside;
        let (copied, target) = if outside {
            (
                quote! {
                    let #private::Option::Some(target) = input_gradient.as_deref_mut() else { return };
                    target.copy_from_slice(gradient);
                },
                quote!(target),
            )
        } else {
            (TokenStream::new(), quote!(gradient))
        };
        quote! {
            let #pieces = #private::disjoint(memory.activations, [#gradient_range #saved_range]);
            #copied
            #layer.backward_in_place(&#settings, pass, #saved, #target);
        }
    }

    fn update_statistics(&self) -> TokenStream {
        let facts = &self.facts;
        let mut calls = TokenStream::new();
        for (number, step) in self.saving_steps().iter().enumerate().filter(|(_, step)| step.trained) {
            let Part::Layer(node) = step.part else { continue };
            let (name, settings) = (&self.nodes[node].name, self.settings_constant(step.part));
            let number = Literal::usize_unsuffixed(number);
            calls.extend(quote! {
                let statistics = #facts::SAVED.statistics_of(#number, memory.statistics);
                self.#name.update_statistics(&#settings, statistics);
            });
        }
        calls
    }
}
