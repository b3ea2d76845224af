//! `impl Network`: the facts, and one inference as straight-line code.

use super::repeated::Alone;
use super::taken::Taken;
use super::{Network, Weights};
use crate::layer::Form;
use crate::model::{Body, Inference, Join, Step, Work};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Network<'_> {
    pub(super) fn inference(&self) -> TokenStream {
        let (private, facts, name) = (&self.private, &self.facts, &self.name);
        let (conditions, text) = (self.declaration.conditions(), name.to_string());
        let (input, output) = (&self.input, &self.output);
        let memory = Inference::new(&self.inference, self.is_repeated);
        let steps = self.inference.steps.iter().enumerate();
        let steps: TokenStream =
            steps.map(|(time, step)| self.inference_step(time, step, &memory, Weights::Floats)).collect();
        let (plan, place) = (quote!(#facts::INFERENCE), memory.places[self.inference.output]);
        let Alone { total, output: output_range, least } = self.alone(&plan, place);
        let (steps, repeated) = match self.is_repeated {
            false => (steps, None),
            true => {
                let call = quote!(#private::nested::Repeated::infer_in_place(self, isa, data, memory););
                (self.on_a_copy(&plan, &call), Some(self.infer_in_place(&steps, self.back(&plan, place))))
            }
        };
        let (layers, costs) = (self.layer_infos(), self.float_costs());
        let (initialize, use_layers) = (self.initialize(), self.use_layers());
        quote! {
            #conditions
            impl #private::Network for #name {
                type Input = #input;
                type Output = #output;
                type Memory = [f32; #total];

                const NAME: &'static str = #text;
                const PARAMETERS: usize = <Self as #private::Plain>::FLOATS;
                const MACS: usize = #private::total_macs(<Self as #private::Network>::LAYERS);
                const WORKSPACE_LOWER_BOUND: usize = 4 * #least;
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
                    #steps
                }
            }
            #repeated
        }
    }

    /// The layers of a `repeat` on data that they write over.
    fn infer_in_place(&self, steps: &TokenStream, back: Option<TokenStream>) -> TokenStream {
        let (private, facts, name) = (&self.private, &self.facts, &self.name);
        let (conditions, use_layers) = (self.declaration.conditions(), self.use_layers());
        quote! {
            #conditions
            impl #private::nested::Repeated for #name {
                const FLOATS: usize = #facts::INFERENCE.total();

                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_in_place<I: #private::Isa>(&self, isa: I, data: &mut [f32], memory: &mut [f32]) {
                    #use_layers
                    #steps
                    #back
                }
            }
        }
    }

    /// A step where its values lie.
    pub(super) fn inference_step(
        &self,
        time: usize,
        step: &Step<'_>,
        memory: &Inference,
        weights: Weights,
    ) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let layer = match weights {
            Weights::Floats => self.layer(step.work),
            Weights::HalfFloats => self.half_layer(step.work),
        };
        let settings = self.settings(step.work);
        let Taken { buffers, inputs, output, inner } = Taken::new(time, step, memory, &quote!(#facts::INFERENCE));
        let (input, in_place) = (&inputs[0], memory.places[step.inputs[0]] == memory.places[step.output]);
        let copy = (!in_place).then(|| quote!(#output.copy_from_slice(#input);));
        let call = match (step.form, step.work) {
            (Form::Alias, _) => return TokenStream::new(),
            (_, Work::Nested(_)) if matches!(weights, Weights::HalfFloats) => match step.is_repeated() {
                true => quote!(#copy #layer.infer_repeated(isa, #output, #inner, widened);),
                false => quote!(#layer.infer(isa, #input, #output, #inner, widened);),
            },
            (_, Work::Nested(node)) if step.is_repeated() => {
                let fields = node.path.fields();
                quote!(#copy #private::nested::infer_repeated(&self.#fields, isa, #output, #inner);)
            }
            (_, Work::Nested(node)) => {
                let fields = node.path.fields();
                quote!(#private::nested::infer(&self.#fields, isa, #input, #output, #inner);)
            }
            (Form::Apart { .. } | Form::Nested, _) => quote!(#layer.infer(isa, &#settings, #input, #output);),
            (Form::InPlace(_), _) => quote!(#copy #layer.infer_in_place(isa, &#settings, #output);),
            (Form::Join, _) => self.inference_join(step, &inputs, &output, memory),
        };
        quote!(#buffers #call)
    }

    fn inference_join(
        &self,
        step: &Step<'_>,
        inputs: &[TokenStream],
        output: &TokenStream,
        memory: &Inference,
    ) -> TokenStream {
        let private = &self.private;
        let Work::Join(join) = step.work else { return TokenStream::new() };
        let target = memory.places[step.output];
        let shape = self.shape(&self.inference.shapes[step.output]);
        let in_place = step.inputs.iter().any(|input| memory.places[*input] == target);
        let mut code = TokenStream::new();
        let mut offset = quote!(0);
        for (index, (value, input)) in step.inputs.iter().zip(inputs).enumerate() {
            let width = self.shape(&self.inference.shapes[*value]);
            if memory.places[*value] != target {
                code.extend(match join {
                    Join::Concat => {
                        quote!(#private::join::write_columns(#output, #shape.last(), #offset, #input, #width.last());)
                    }
                    Join::Add | Join::Multiply if index == 0 && !in_place => quote!(#output.copy_from_slice(#input);),
                    Join::Add => quote!(#private::join::add(#output, #input);),
                    Join::Multiply => quote!(#private::join::multiply(#output, #input);),
                });
            }
            offset = quote!(#offset + #width.last());
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
