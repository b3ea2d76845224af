//! A batch backward, as straight-line code: the steps of training from the last to the first.

use super::items::gradients;
use super::needed::Needed;
use super::{Network, number};
use crate::layer::{Form, Saves};
use crate::model::{Body, Contribution, Join, Node, Normalized, Place, Pooled, Step, Trained, Training, Work};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The buffers that a step's code takes out of memory, each under its own name.
#[derive(Default)]
struct Pieces {
    names: Vec<Ident>,
    places: Vec<Place>,
}

impl Pieces {
    /// The name of a place: the one it has already, or a new one. What lies outside is `outside`.
    fn name(&mut self, place: Place, name: &str, outside: TokenStream) -> TokenStream {
        if place == Place::Outside {
            return outside;
        }
        if let Some(known) = self.places.iter().position(|other| *other == place) {
            let name = &self.names[known];
            return quote!(#name);
        }
        let name = format_ident!("{name}");
        self.names.push(name.clone());
        self.places.push(place);
        quote!(#name)
    }
}

impl Network<'_> {
    pub(super) fn backward(&self, memory: &Training) -> TokenStream {
        let (private, gradients) = (&self.private, gradients(&self.name));
        let (use_layers, split) = (self.use_layers(), self.split_memory());
        let needed = self.needed();
        let steps = (0..self.training.steps.len()).rev();
        let steps = steps.map(|number| self.backward_step(number, memory, &needed));
        quote! {
            #[allow(unused_variables, unused_mut)]
            fn backward_on(
                &self,
                pass: #private::Pass<'_>,
                input: &[f32],
                memory: &mut #private::TrainingMemory<'_>,
                mut gradients: #private::Option<&mut #gradients>,
                mut input_gradient: #private::Option<&mut [f32]>,
            ) {
                #use_layers
                #split
                #(#steps)*
            }
        }
    }

    fn backward_step(&self, number: usize, memory: &Training, needed: &[Needed]) -> TokenStream {
        let step = &self.training.steps[number];
        let code = match (step.form, step.work) {
            (_, Work::Measured(_, before)) => self.backward_measured(number, before, &needed[step.inputs[0]], memory),
            (_, Work::Normalized(_)) => self.backward_normalized(number, memory),
            (Form::Alias, _) => return TokenStream::new(),
            (Form::Join, _) => return self.backward_join(number, memory, needed),
            (Form::Apart { saves_input }, _) => {
                self.backward_apart(number, saves_input, &needed[step.inputs[0]], memory)
            }
            (Form::Nested, _) => self.backward_nested(number, &needed[step.inputs[0]], memory),
            (Form::InPlace(saves), _) => self.backward_in_place(number, saves, memory),
        };
        let code = needed[step.output].guard(&code);
        let added = self.add(&memory.contributions[number][0], &needed[step.inputs[0]]);
        quote!(#code #added)
    }

    /// Adds what a step wrote to what steps before it contributed to the same derivatives.
    fn add(&self, contribution: &Contribution, needed: &Needed) -> TokenStream {
        let (private, written) = (&self.private, number(contribution.written));
        let code = match contribution.added {
            None => return TokenStream::new(),
            Some(Place::Outside) => quote! {
                if let #private::Option::Some(target) = input_gradient.as_deref_mut() {
                    let [source] = values.of([#written]);
                    #private::join::add_batch(pass, target, source);
                }
            },
            Some(place) => {
                let target = number(place);
                quote! {
                    let [source, target] = values.of([#written, #target]);
                    #private::join::add_batch(pass, target, source);
                }
            }
        };
        needed.guard(&code)
    }

    /// Takes the pieces out of memory.
    fn take(pieces: &Pieces) -> TokenStream {
        let (names, numbers) = (&pieces.names, pieces.places.iter().map(|place| number(*place)));
        quote!(let [#(#names),*] = values.of([#(#numbers),*]);)
    }

    /// Where the derivatives by the input go, as an option: nowhere if nobody reads them.
    fn input_gradient(&self, place: Place, target: &TokenStream, needed: &Needed) -> TokenStream {
        match place {
            Place::Outside => quote!(input_gradient.as_deref_mut()),
            Place::Buffer(_) => needed.place(&self.private, target),
        }
    }

    /// What arrives at a step: the derivatives by its output, its input if it has `kept` that, and where the derivatives by
    /// the input go if the step writes them.
    fn arrived(
        &self,
        number: usize,
        memory: &Training,
        pieces: &mut Pieces,
        kept: bool,
        written: Option<&Needed>,
        saved: &TokenStream,
    ) -> TokenStream {
        let (private, step) = (&self.private, &self.training.steps[number]);
        let arriving = pieces.name(memory.arriving[number], "output_gradient", quote!(&[]));
        let source = match kept {
            true => pieces.name(memory.places[step.inputs[0]], "source", quote!(input)),
            false => quote!(&[]),
        };
        let input_gradient = match written {
            Some(needed) => {
                let place = memory.contributions[number][0].written;
                let target = pieces.name(place, "target", quote!());
                self.input_gradient(place, &target, needed)
            }
            None => quote!(#private::Option::None),
        };
        quote! {
            let arrived = #private::Backward {
                input: #source,
                output_gradient: #arriving,
                input_gradient: #input_gradient,
                saved: #saved,
            };
        }
    }

    fn backward_apart(&self, number: usize, saves_input: bool, needed: &Needed, memory: &Training) -> TokenStream {
        let step = &self.training.steps[number];
        let (layer, settings, pass) = (self.layer(step.work), self.settings(step.work), self.pass_of(step));
        let mut pieces = Pieces::default();
        let arrived = self.arrived(number, memory, &mut pieces, saves_input, Some(needed), &self.saved(step));
        let (take, gradient) = (Self::take(&pieces), self.gradient_of(step));
        quote! {
            #take
            #arrived
            #layer.backward(&#settings, #pass, arrived, #gradient);
        }
    }

    /// The derivatives by the parameters of a normalization after a convolution. Those by what it takes are left to the
    /// convolution.
    fn backward_normalized(&self, number: usize, memory: &Training) -> TokenStream {
        let step = &self.training.steps[number];
        let (layer, settings) = (self.layer(step.work), self.settings(step.work));
        let mut pieces = Pieces::default();
        let arrived = self.arrived(number, memory, &mut pieces, true, None, &self.saved(step));
        let (take, gradient) = (Self::take(&pieces), self.gradient_of(step));
        quote! {
            #take
            #arrived
            #layer.add_errors(&#settings, pass, arrived, #gradient);
        }
    }

    /// A convolution whose outputs are normalized: what arrives are the derivatives by what comes out of that.
    fn backward_measured(
        &self,
        number: usize,
        before: Option<Normalized<'_>>,
        needed: &Needed,
        memory: &Training,
    ) -> TokenStream {
        let step = &self.training.steps[number];
        let (layer, settings, saved) =
            (self.layer(step.work), self.settings(step.work), self.saved_after(step, before));
        let mut pieces = Pieces::default();
        let arrived = self.arrived(number, memory, &mut pieces, true, Some(needed), &quote!(saved_here));
        let convolved = pieces.name(memory.places[step.output], "convolved", quote!(&[]));
        let (take, gradients) = (Self::take(&pieces), self.gradient_of(step));
        quote! {
            #take
            #saved
            #arrived
            #layer.backward(&#settings, pass, before, arrived, #convolved, #gradients);
        }
    }

    /// Where the derivatives by the weights of a step go.
    fn gradient_of(&self, step: &Step<'_>) -> TokenStream {
        let private = &self.private;
        match step.work {
            Work::Layer(node) | Work::Pooled(Pooled { convolution: node, .. }) if step.trained != Trained::No => {
                let fields = node.path.fields();
                quote!(gradients.as_deref_mut().map(|gradients| &mut gradients.#fields))
            }
            Work::Normalized(Normalized { normalization, .. }) => {
                let fields = normalization.path.fields();
                quote!(gradients.as_deref_mut().map(|gradients| &mut gradients.#fields))
            }
            Work::Measured(normalized, before) => Self::gradients_of_measured(normalized, before),
            Work::Nested(node) if step.trained != Trained::No => {
                let (fields, repeated) = (node.path.fields(), matches!(node.body, Body::Repeat { .. }));
                let slice = if repeated {
                    quote!(gradients.#fields.as_mut_slice())
                } else {
                    quote!(#private::from_mut(&mut gradients.#fields))
                };
                quote!(gradients.as_deref_mut().map(|gradients| #slice))
            }
            _ => quote!(#private::Option::None),
        }
    }

    /// Where the derivatives by the weights of a convolution go, those by its normalization, and where those by the one
    /// before it go.
    fn gradients_of_measured(normalized: Normalized<'_>, before: Option<Normalized<'_>>) -> TokenStream {
        let Normalized { convolution, normalization, .. } = normalized;
        let gradients = quote!(gradients);
        // Of an array, the compiler tells two elements apart by a pattern alone.
        let fork = before.and_then(|before| normalization.path.fork(&before.normalization.path));
        let take = fork.as_ref().map(|fork| fork.take_apart(&gradients));
        let place = |node: &Node<'_>| match &fork {
            Some(fork) => fork.place(&node.path, &gradients),
            None => {
                let fields = node.path.fields();
                quote!(gradients.#fields)
            }
        };
        let before = before.map_or(quote!([]), |before| place(before.normalization));
        let (convolution, normalization) = (place(convolution), place(normalization));
        quote! {
            gradients.as_deref_mut().map(|gradients| {
                #take
                (&mut #convolution, &#normalization, &mut #before)
            })
        }
    }

    fn backward_nested(&self, number: usize, needed: &Needed, memory: &Training) -> TokenStream {
        let (private, step) = (&self.private, &self.training.steps[number]);
        let mut pieces = Pieces::default();
        let arrived = self.arrived(number, memory, &mut pieces, true, Some(needed), &self.saved(step));
        let inner = memory.nested[number].map_or(Place::Outside, Place::Buffer);
        let inner = pieces.name(inner, "inner", quote!(&mut []));
        let (layer, gradient, pass) = (self.layer(step.work), self.gradient_of(step), self.pass_of(step));
        let take = Self::take(&pieces);
        quote! {
            #take
            #arrived
            #private::nested::backward(#layer, #pass, arrived, #inner, #gradient);
        }
    }

    fn backward_in_place(&self, number: usize, saves: Saves, memory: &Training) -> TokenStream {
        let (private, step) = (&self.private, &self.training.steps[number]);
        let (layer, settings) = (self.layer(step.work), self.settings(step.work));
        let mut pieces = Pieces::default();
        let arriving = pieces.name(memory.arriving[number], "gradient", quote!());
        let saved = match saves {
            Saves::Nothing => quote!(&[]),
            Saves::Input => pieces.name(memory.places[step.inputs[0]], "saved", quote!(input)),
            Saves::Output => pieces.name(memory.places[step.output], "saved", quote!(input)),
        };
        let take = Self::take(&pieces);
        if memory.contributions[number][0].written == Place::Outside {
            return quote! {
                if let #private::Option::Some(target) = input_gradient.as_deref_mut() {
                    #take
                    #private::join::copy(pass, target, #arriving);
                    #layer.backward_in_place(&#settings, pass, #saved, target);
                }
            };
        }
        quote! {
            #take
            #layer.backward_in_place(&#settings, pass, #saved, #arriving);
        }
    }

    fn backward_join(&self, number: usize, memory: &Training, needed: &[Needed]) -> TokenStream {
        let step = &self.training.steps[number];
        let Work::Join(join) = step.work else { return TokenStream::new() };
        let output = self.shape(&self.training.shapes[step.output]);
        let mut offset = quote!(0);
        let mut code = TokenStream::new();
        for (index, input) in step.inputs.iter().enumerate() {
            let width = self.shape(&self.training.shapes[*input]);
            let contribution = &memory.contributions[number][index];
            let part = match join {
                Join::Add => self.backward_add(number, index, memory),
                Join::Multiply => self.backward_multiply(number, index, memory),
                Join::Concat => self.backward_concat(number, index, memory, &[&output, &offset, &width]),
            };
            offset = quote!(#offset + #width.last());
            code.extend(needed[*input].guard(&part));
            code.extend(self.add(contribution, &needed[*input]));
        }
        code
    }

    /// The derivatives arrive as they are.
    fn backward_add(&self, number: usize, index: usize, memory: &Training) -> TokenStream {
        let private = &self.private;
        self.joined(number, index, memory, |arriving, _| quote!(#private::join::copy(pass, target, #arriving);))
    }

    /// The derivatives by a factor are those by the product, times the other factors.
    fn backward_multiply(&self, number: usize, index: usize, memory: &Training) -> TokenStream {
        let (private, step) = (&self.private, &self.training.steps[number]);
        self.joined(number, index, memory, |arriving, pieces| {
            let mut code = quote!(#private::join::copy(pass, target, #arriving););
            for (other, value) in step.inputs.iter().enumerate().filter(|(other, _)| *other != index) {
                let factor = pieces.name(memory.places[*value], &format!("factor_{other}"), quote!(input));
                code.extend(quote!(#private::join::multiply_batch(pass, target, #factor);));
            }
            code
        })
    }

    /// The derivatives by a branch are its columns of those that arrive.
    fn backward_concat(
        &self,
        number: usize,
        index: usize,
        memory: &Training,
        [output, offset, width]: &[&TokenStream; 3],
    ) -> TokenStream {
        let private = &self.private;
        self.joined(number, index, memory, |arriving, _| {
            quote!(#private::join::read_columns(target, #width.last(), #arriving, #output.last(), #offset);)
        })
    }

    /// One input's part of a join: `write` gives the code that fills `target`.
    fn joined(
        &self,
        number: usize,
        index: usize,
        memory: &Training,
        write: impl Fn(&TokenStream, &mut Pieces) -> TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let written = memory.contributions[number][index].written;
        let mut pieces = Pieces::default();
        let arriving = pieces.name(memory.arriving[number], "arriving", quote!());
        if written == memory.arriving[number] {
            return TokenStream::new();
        }
        let target = pieces.name(written, "target", quote!(target));
        let code = write(&arriving, &mut pieces);
        let take = Self::take(&pieces);
        let _ = target;
        match written {
            Place::Outside => quote! {
                if let #private::Option::Some(target) = input_gradient.as_deref_mut() {
                    #take
                    #code
                }
            },
            Place::Buffer(_) => quote!(#take #code),
        }
    }
}
