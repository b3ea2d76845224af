//! What is allowed and may still be a mistake. A macro on stable Rust cannot warn; but the use of a deprecated constant
//! is a warning, at the place that the name of the constant has.

use super::Network;
use crate::model::{Body, Node};
use nn_core::shape::rule;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Network<'_> {
    pub(super) fn warnings(&self) -> TokenStream {
        let mut warnings = TokenStream::new();
        self.each_node(&mut |node| {
            if let Some(message) = self.left_out(node) {
                warnings.extend(self.warning(node, &message));
            }
        });
        if let Some(last) = self.nodes.last().filter(|last| last.does_nothing_at_inference() && self.is_declared()) {
            let message = format!(
                "{} is the last layer, so training drops the outputs themselves\n\
                 help: put it before the last layer that has weights",
                last.title()
            );
            warnings.extend(self.warning(last, &message));
        }
        warnings
    }

    /// What is said of a pool that does not reach the end of its image, unless the author states what comes out.
    fn left_out(&self, node: &Node<'_>) -> Option<String> {
        let Body::Layer { layer, .. } = &node.body else { return None };
        let (window, input) = (layer.window()?, self.shapes.get(&node.input)?);
        let output = self.shapes.get(&node.output)?;
        if node.stated().is_some() {
            return None;
        }
        rule::left_out(&node.title(), input, output, window).map(|message| message.to_string())
    }

    fn warning(&self, node: &Node<'_>, message: &str) -> TokenStream {
        let conditions = self.declaration.conditions();
        let allowed = self.declaration.attributes.iter().filter(|attribute| attribute.path().is_ident("allow"));
        let name = Ident::new("MAY_BE_A_MISTAKE", node.syntax.kind.span());
        quote! {
            #conditions
            #(#allowed)*
            const _: () = {
                #[deprecated(note = #message)]
                const #name: () = ();
                #name
            };
        }
    }
}
