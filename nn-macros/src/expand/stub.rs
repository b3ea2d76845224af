//! What stands in for a network that has mistakes, so that its users see only those.

use super::{head_type, private};
use crate::model::{self, Node};
use crate::parse::Declaration;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A struct of the declared name that is a network of the declared input and output, and computes nothing.
pub(crate) fn stub(declaration: &Declaration, nodes: &[Node<'_>]) -> TokenStream {
    let (private, conditions) = (private(declaration), declaration.conditions());
    let (visibility, name) = (&declaration.visibility, &declaration.name);
    let gradients = format_ident!("{name}Gradients");
    let float = quote!(f32);
    let (input, output) = (declaration.input.array(&float), declaration.output.array(&float));
    let text = name.to_string();
    let head = head_type(model::training(nodes).1);
    let half = super::half::without_weights(&private, &conditions, name);
    let int8 = super::without_int8(&private, &conditions, name, &quote!(Int8Layers));
    let documentation = declaration.attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    quote! {
        #conditions
        #(#documentation)*
        #[doc = "A network with mistakes."]
        #[repr(C)]
        #[derive(Clone, PartialEq)]
        #visibility struct #name {}
        #conditions
        impl #private::Debug for #name {
            fn fmt(&self, formatter: &mut #private::Formatter<'_>) -> #private::FmtResult {
                formatter.write_str(#text)
            }
        }
        // SAFETY: the struct is empty.
        #conditions
        unsafe impl #private::Plain for #name {}
        #conditions
        impl #private::Network for #name {
            type Input = #input;
            type Output = #output;
            type Memory = [f32; 0];
            const NAME: &'static str = #text;
            const PARAMETERS: usize = 0;
            const MACS: usize = 0;
            const LAYERS: &'static [#private::LayerInfo] = &[];
            const OUTPUT: #private::Range<usize> = 0..0;
            fn weights(&self) -> &[f32] {
                &[]
            }
            fn weights_mut(&mut self) -> &mut [f32] {
                &mut []
            }
            fn initialize(&mut self, _: u64) {}
            fn infer_on<I: #private::Isa>(&self, _: I, _: &[f32], _: &mut [f32]) {}
        }
        #conditions
        #[doc = "The derivatives of a network with mistakes."]
        #[repr(C)]
        #[derive(Debug)]
        #visibility struct #gradients {}
        // SAFETY: the struct is empty.
        #conditions
        unsafe impl #private::Plain for #gradients {}
        #conditions
        impl #private::Trainable for #name {
            type Gradients = #gradients;
            type Head = #private::head::#head;
            const SPANS: &'static [#private::Span] = &[];
            const TRAINING: #private::TrainingNeeds =
                #private::TrainingNeeds { activations: 0, positions: 0, statistics: 0, partial: 0 };
            const LOGITS: #private::Range<usize> = 0..0;
            const LOGITS_GRADIENT: #private::Range<usize> = 0..0;
            fn forward(&self, _: #private::Pass<'_>, _: &[f32], _: &mut #private::TrainingMemory<'_>) {}
            fn backward_on(
                &self,
                _: #private::Pass<'_>,
                _: &[f32],
                _: &mut #private::TrainingMemory<'_>,
                _: #private::Option<&mut #gradients>,
                _: #private::Option<&mut [f32]>,
            ) {
            }
            fn update_statistics(&mut self, _: &[f32]) {}
        }
        #half
        #int8
    }
}
