//! What each layer takes of a chip, in floats and in int8.

use super::Network;
use super::int8::Int8;
use crate::layer::Form;
use crate::model::{Body, Finished, Node, Operation, Pooled, Work};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl Network<'_> {
    /// The costs in floats.
    pub(super) fn float_costs(&self) -> TokenStream {
        self.costs(self.nodes.iter(), &|node| self.float_cost(node))
    }

    /// The costs of nodes, given those that are a node's own.
    fn costs<'n>(
        &self,
        nodes: impl Iterator<Item = &'n Node<'n>>,
        own: &dyn Fn(&Node<'_>) -> TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let costs = nodes.map(|node| {
            let cost = own(node);
            match &node.body {
                Body::Residual { .. } => {
                    let children = self.costs(node.children(), own);
                    quote!(#cost.block(&[#children]))
                }
                Body::Join { branches, .. } => {
                    let branches = branches.iter().map(|branch| self.costs(branch.nodes.iter(), own));
                    let none = quote!(#private::Cost::of::<()>(#private::Option::None));
                    quote!(#cost.block(&[#(#none.block(&[#branches])),*]))
                }
                Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_) | Body::Mistake => cost,
            }
        });
        quote!(#(#costs),*)
    }

    /// The bytes in use at some steps of a plan, given the bytes of a number.
    fn ram(&self, times: &[Literal], plan: &TokenStream, size: usize) -> TokenStream {
        let (private, size) = (&self.private, Literal::usize_unsuffixed(size));
        match times {
            [] => quote!(#private::Option::None),
            _ => quote!(#plan.bytes_at(&[#(#times),*], #size)),
        }
    }

    fn float_cost(&self, node: &Node<'_>) -> TokenStream {
        let (private, facts) = (&self.private, &self.facts);
        let does = |work: Work<'_>, output: usize| match work {
            Work::Layer(other) | Work::Activation(other) | Work::Nested(other) => core::ptr::eq(other, node),
            Work::Pooled(Pooled { convolution, .. }) | Work::Finished(Finished { convolution, .. }) => {
                core::ptr::eq(convolution, node)
            }
            Work::Join(_) => self.inference.shapes[output] == node.output,
            Work::Measured(..) | Work::Normalized(_) | Work::Copy => false,
        };
        let steps = self.inference.steps.iter().enumerate();
        let times = steps.filter(|(_, step)| step.form != Form::Alias && does(step.work, step.output));
        let times: Vec<_> = times.map(|(time, _)| Literal::usize_unsuffixed(time)).collect();
        let ram = self.ram(&times, &quote!(#facts::INFERENCE), 4);
        match &node.body {
            Body::Repeat { .. } => {
                let (ty, count) = (self.node_type(node), self.count(node));
                quote!(#private::nested::cost_of_repeated::<#ty>(#count, #ram))
            }
            Body::Network(_) => {
                let ty = self.node_type(node);
                quote!(#private::nested::cost::<#ty>(#ram))
            }
            Body::Layer { .. } => {
                let ty = self.node_type(node);
                quote!(#private::Cost::of::<#ty>(#ram))
            }
            Body::Residual { .. } | Body::Join { .. } | Body::Mistake => quote!(#private::Cost::of::<()>(#ram)),
        }
    }
}

impl Int8<'_, '_> {
    /// The costs in int8.
    pub(super) fn costs(&self) -> TokenStream {
        self.network.costs(self.network.nodes.iter(), &|node| self.cost(node))
    }

    fn cost(&self, node: &Node<'_>) -> TokenStream {
        let (private, facts) = (&self.network.private, &self.network.facts);
        let operations = self.graph.operations.iter().enumerate();
        let own = operations.filter(|(_, operation)| operation.node().is_some_and(|owner| core::ptr::eq(owner, node)));
        let (times, own): (Vec<_>, Vec<&Operation<'_>>) =
            own.map(|(time, operation)| (Literal::usize_unsuffixed(time), operation)).unzip();
        let ram = self.network.ram(&times, &quote!(#facts::INT8), 1);
        match node.body {
            Body::Repeat { .. } => {
                let (ty, count) = (self.network.node_type(node), self.network.count(node));
                return quote!(#private::quant::cost_of_repeated::<#ty>(#count, #ram));
            }
            Body::Network(_) => {
                let ty = self.network.node_type(node);
                return quote!(#private::quant::cost::<#ty>(#ram));
            }
            Body::Layer { .. } | Body::Residual { .. } | Body::Join { .. } | Body::Mistake => {}
        }
        let forms = own.into_iter().map(|operation| self.form_type(operation));
        quote!(#private::Cost::of::<()>(#ram) #(.and::<#forms>())*)
    }
}
