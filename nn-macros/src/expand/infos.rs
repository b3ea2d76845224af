//! The constant `LAYERS`: the facts of every layer and block.

use super::Network;
use crate::layer::Form;
use crate::model::{Body, Branch, Node};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;

impl Network<'_> {
    pub(super) fn layer_infos(&self) -> TokenStream {
        self.infos(self.nodes.iter())
    }

    fn infos<'n>(&self, nodes: impl Iterator<Item = &'n Node<'n>>) -> TokenStream {
        let infos = nodes.map(|node| self.info(node));
        quote!(#(#infos),*)
    }

    fn info(&self, node: &Node<'_>) -> TokenStream {
        let private = &self.private;
        let (name, kind) = (node.name.unraw().to_string(), node.syntax.kind.to_string());
        let (input, output, frozen) = (self.shape(&node.input), self.shape(&node.output), node.frozen);
        match &node.body {
            Body::Layer { layer, .. } => {
                let (ty, settings) = (self.node_type(node), node.path.constant("settings"));
                let (settings, alias) = (self.shape(&settings), layer.form() == Form::Alias);
                let needs = if alias { quote!(#private::Needs::NONE) } else { quote!(#settings.needs()) };
                quote!(#private::layer_info::<#ty>(#name, #kind, #input, #output, #needs, #frozen))
            }
            Body::Residual { .. } => {
                let children = self.infos(node.children());
                quote!(#private::block_info(#name, #kind, #input, #output, &[#children], #frozen))
            }
            Body::Join { branches, .. } => {
                let children = branches.iter().map(|branch| self.branch_info(branch, &input));
                quote!(#private::block_info(#name, #kind, #input, #output, &[#(#children),*], #frozen))
            }
            Body::Repeat { .. } | Body::Network(_) => {
                let (ty, count) = (self.node_type(node), self.count(node));
                let repeated = match &node.body {
                    Body::Repeat { .. } => quote!(#private::Option::Some(#count)),
                    _ => quote!(#private::Option::None),
                };
                quote!(#private::nested::info::<#ty>(#name, #kind, #input, #output, #repeated, #frozen))
            }
            Body::Mistake => TokenStream::new(),
        }
    }

    fn branch_info(&self, branch: &Branch<'_>, input: &TokenStream) -> TokenStream {
        let (private, name, output) = (&self.private, branch.name.unraw().to_string(), self.shape(&branch.output));
        let children = self.infos(branch.nodes.iter());
        quote!(#private::block_info(#name, "branch", #input, #output, &[#children], false))
    }
}
