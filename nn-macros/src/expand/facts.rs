//! The hidden struct whose constants are the shapes, the settings of the layers, and where everything lies in memory.

use super::Network;
use crate::layer::Form;
use crate::model::{self, Body, Buffer, Finished, Graph, Len, Node, Normalized, Pooled, Work};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

impl Network<'_> {
    pub(super) fn facts(&self) -> TokenStream {
        let (facts, conditions) = (&self.facts, self.declaration.conditions());
        let (shapes, settings) = (self.shape_constants(), self.settings_constants());
        let (plans, memory) = (self.plan_constants(), self.memory_constants());
        quote! {
            #conditions
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            struct #facts;
            #conditions
            #[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
            impl #facts {
                #shapes
                #settings
                #plans
                #memory
            }
        }
    }

    fn shape_constants(&self) -> TokenStream {
        let private = &self.private;
        let input = format_ident!("INPUT");
        let shape = match self.shapes.get(&input) {
            Some(shape) => self.known_shape(&shape),
            None => {
                let shape = &self.input_shape;
                quote!(#private::rule::shape(#private::rule::input(#shape)))
            }
        };
        let mut constants = quote!(const #input: #private::Shape = #shape;);
        let mut add = |node: &Node<'_>| {
            let (name, shape) = (&node.output, self.shape_value(node));
            constants.extend(quote!(const #name: #private::Shape = #shape;));
        };
        self.each_node(&mut |node| add(node));
        self.each_unrolled_node(&mut |node| add(node));
        constants
    }

    /// The shape that comes out of a node, as an expression.
    fn shape_value(&self, node: &Node<'_>) -> TokenStream {
        let private = &self.private;
        if let Some(shape) = self.shapes.get(&node.output) {
            return self.known_shape(&shape);
        }
        if let Some(stated) = node.stated() {
            // It is checked apart. What follows is checked from here on, so that one mistake is one error.
            let sizes = stated.list();
            return quote!(#private::Shape::new(&[#sizes]));
        }
        let rule = self.rule(node, "");
        quote!(#private::rule::shape(#rule))
    }

    fn known_shape(&self, shape: &nn_core::shape::Shape) -> TokenStream {
        let private = &self.private;
        let sizes = shape.sizes().iter().copied().map(Literal::usize_unsuffixed);
        quote!(#private::Shape::new(&[#(#sizes),*]))
    }

    fn settings_constants(&self) -> TokenStream {
        let private = &self.private;
        let mut constants = TokenStream::new();
        let mut number = 0;
        let mut add = |node: &Node<'_>| {
            let Body::Layer { layer, activation } = &node.body else { return };
            if layer.form() != Form::Alias {
                let (name, ty) = (node.path.constant("settings"), self.node_type(node));
                let mut settings = layer.settings(private, &self.shape(&node.input), number);
                if let Some(chosen) = self.chosen(node) {
                    settings = quote!(#chosen::settings(#settings));
                }
                constants.extend(quote!(const #name: <#ty as #private::Layer>::Settings = #settings;));
            }
            if let Some(function) = activation {
                let name = node.path.constant("activation");
                let settings = function.settings(private, &self.shape(&node.output));
                constants.extend(quote!(const #name: #private::layer::activation::Settings = #settings;));
            }
            number += 1;
        };
        self.each_node(&mut |node| add(node));
        self.each_unrolled_node(&mut |node| add(node));
        for step in &self.inference.steps {
            constants.extend(match step.work {
                Work::Pooled(pooled) => self.pooled_settings(pooled),
                Work::Finished(finished) => self.finished_settings(finished),
                _ => continue,
            });
        }
        for step in &self.training.steps {
            if let Work::Measured(normalized, before) = step.work {
                constants.extend(self.normalized_settings(normalized, before));
            }
        }
        constants
    }

    /// The settings of a convolution with the pool after it.
    fn pooled_settings(&self, pooled: Pooled<'_>) -> TokenStream {
        let private = &self.private;
        let Pooled { convolution, function, pool } = pooled;
        let name = pool.path.constant("pooled");
        let settings = [convolution, pool].map(|node| self.settings(Work::Layer(node)));
        let [convolution, pool] = settings;
        let function = self.function(function);
        quote! {
            const #name: #private::layer::max_pooled::Settings =
                #private::layer::max_pooled::Settings::new(#convolution, #function, #pool);
        }
    }

    /// The settings of a convolution with the normalization and the activation after it.
    fn finished_settings(&self, finished: Finished<'_>) -> TokenStream {
        let private = &self.private;
        let Finished { convolution, normalization, function, .. } = finished;
        let (name, ty) = (convolution.path.constant("finished"), self.node_type(convolution));
        let convolution = self.settings(Work::Layer(convolution));
        let normalization = match normalization {
            Some(node) => {
                let settings = self.settings(Work::Layer(node));
                quote!(#private::Option::Some(#settings))
            }
            None => quote!(#private::Option::None),
        };
        let function = self.function(function);
        quote! {
            const #name: #private::layer::finished::Settings<<#ty as #private::Layer>::Settings> =
                #private::layer::finished::Settings::new(#convolution, #normalization, #function);
        }
    }

    /// The settings of a convolution with the normalization and the activation after it, in training, and with those after
    /// the convolution before it.
    fn normalized_settings(&self, normalized: Normalized<'_>, before: Option<Normalized<'_>>) -> TokenStream {
        let private = &self.private;
        let Normalized { convolution, normalization, function, .. } = normalized;
        let (name, ty) = (convolution.path.constant("normalized"), self.node_type(convolution));
        let [convolution, normalization] = [convolution, normalization].map(|node| self.settings(Work::Layer(node)));
        let function = self.function(function);
        let after = before.map(|Normalized { normalization, function, .. }| {
            let (normalization, function) = (self.settings(Work::Layer(normalization)), self.function(function));
            quote!(.after(#normalization, #function))
        });
        quote! {
            const #name: #private::layer::normalized::Settings<<#ty as #private::Layer>::Settings> =
                #private::layer::normalized::Settings::new(
                    #convolution, (#convolution.needs(), #convolution.at_once()), #normalization, #function,
                )#after;
        }
    }

    /// A function that may be there.
    fn function(&self, function: Option<&str>) -> TokenStream {
        let private = &self.private;
        match function {
            Some(function) => {
                let function = format_ident!("{function}");
                quote!(#private::Option::Some(#private::layer::Function::#function))
            }
            None => quote!(#private::Option::None),
        }
    }

    /// Where the values of both passes lie.
    fn plan_constants(&self) -> TokenStream {
        let inference = model::Inference::new(&self.inference, self.is_repeated);
        let training = model::Training::new(&self.training);
        let memory = |node: &Node<'_>| {
            let (private, ty) = (&self.private, self.node_type(node));
            match node.body {
                Body::Repeat { .. } => quote!(<#ty as #private::nested::Repeated>::FLOATS),
                _ => quote!(#private::nested::memory::<#ty>()),
            }
        };
        let inference = self.plan("INFERENCE", &self.inference, &inference.buffers, &memory);
        let activations = |node: &Node<'_>| {
            let (private, ty, count) = (&self.private, self.node_type(node), self.count(node));
            quote!(#private::nested::activations::<#ty>(#count))
        };
        let training = self.plan("TRAINING", &self.training, &training.buffers, &activations);
        quote!(#inference #training)
    }

    pub(super) fn plan(
        &self,
        name: &str,
        graph: &Graph<'_>,
        buffers: &[Buffer],
        nested: &dyn Fn(&Node<'_>) -> TokenStream,
    ) -> TokenStream {
        let (private, name, count) = (&self.private, format_ident!("{name}"), buffers.len());
        let buffers = buffers.iter().map(|buffer| {
            let len = match buffer.len {
                Len::Value(value) => {
                    let shape = self.shape(&graph.shapes[value]);
                    quote!(#shape.len())
                }
                Len::Nested(step) => match graph.steps[step].work {
                    Work::Nested(node) => nested(node),
                    _ => quote!(0),
                },
            };
            let (first, last) = (Literal::usize_unsuffixed(buffer.first), Literal::usize_unsuffixed(buffer.last));
            quote!(#private::Buffer::new(#len, #first, #last))
        });
        quote!(const #name: #private::Plan<#count> = #private::Plan::new([#(#buffers),*]);)
    }

    /// What layers save besides values, and which weights are trained.
    fn memory_constants(&self) -> TokenStream {
        let private = &self.private;
        let saving = self.saving();
        let (count, needs) = (saving.len(), saving.iter().map(|step| self.step_needs(step.work)));
        let weighted = self.weighted();
        let capacity = weighted.iter().map(|node| match &node.body {
            Body::Layer { .. } => quote!(1),
            _ if node.frozen => quote!(0),
            _ => {
                let (ty, count) = (self.node_type(node), self.count(node));
                quote!(#count * <#ty as #private::Trainable>::SPANS.len())
            }
        });
        let parts = weighted.iter().map(|node| self.span_part(node));
        let trained = self.trained_constants();
        quote! {
            #trained
            const SAVED: #private::SavedPlan<#count> = #private::SavedPlan::new([#(#needs),*]);
            const SPANS: #private::SpanList<{ 0 #(+ #capacity)* }> = #private::SpanList::new(&[#(#parts),*]);
        }
    }

    fn step_needs(&self, work: Work<'_>) -> TokenStream {
        let private = &self.private;
        match work {
            Work::Nested(node) => {
                let (ty, count) = (self.node_type(node), self.count(node));
                quote!(#private::nested::needs::<#ty>(#count))
            }
            _ => {
                let settings = self.settings(work);
                quote!(#settings.needs())
            }
        }
    }

    fn span_part(&self, node: &Node<'_>) -> TokenStream {
        let (private, ty) = (&self.private, self.node_type(node));
        match &node.body {
            Body::Repeat { .. } if node.frozen => {
                let count = self.count(node);
                quote!(#private::SpanPart::frozen::<[#ty; #count]>())
            }
            _ if node.frozen => quote!(#private::SpanPart::frozen::<#ty>()),
            Body::Layer { .. } => quote!(#private::SpanPart::layer::<#ty>()),
            _ => {
                let count = self.count(node);
                quote!(#private::SpanPart::network::<#ty>(#count))
            }
        }
    }
}
