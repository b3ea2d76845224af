//! The types of a user's own layers, or what stands in for those that are no layers: see `nn_core::layer::Chosen`.

use super::Network;
use crate::model::{Body, Node};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

impl Network<'_> {
    /// The name of the choice, if the node is a layer of the user's own.
    pub(super) fn chosen(&self, node: &Node<'_>) -> Option<Ident> {
        let is_own = matches!(&node.body, Body::Layer { layer, .. } if layer.is_own());
        is_own.then(|| format_ident!("__{}Chosen", node.path.type_name(&self.name)))
    }

    /// The choices of all nodes.
    pub(super) fn choices(&self) -> TokenStream {
        let (private, conditions) = (&self.private, self.declaration.conditions());
        let mut choices = TokenStream::new();
        self.each_node(&mut |node| {
            let Some(chosen) = self.chosen(node) else { return };
            let ty = self.field_type(node);
            choices.extend(quote! {
                #conditions
                #[doc(hidden)]
                #[allow(non_camel_case_types)]
                type #chosen = #private::layer::Chosen<#ty, {
                    #[allow(unused_imports)]
                    use #private::layer::NotLayer as _;
                    #private::layer::Probe::<#ty>::IS_LAYER
                }>;
            });
        });
        choices
    }
}
