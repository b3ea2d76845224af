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
        self.each_node(&mut |node| warnings.extend(self.left_out(node)));
        each_sequence(self.nodes, &mut |nodes| {
            warnings.extend(nodes.windows(2).filter_map(|pair| self.bias_without_effect(&pair[0], &pair[1])));
        });
        warnings.extend(self.dropped_outputs());
        warnings
    }

    /// What is said of a window that does not reach the end of its image, unless the author states what comes out. If
    /// only rustc knows the sizes, the message cannot name them.
    fn left_out(&self, node: &Node<'_>) -> Option<TokenStream> {
        let Body::Layer { layer, .. } = &node.body else { return None };
        let window = layer.window().filter(|_| node.stated().is_none())?;
        let title = node.title();
        let known = (self.shapes.get(&node.input), self.shapes.get(&node.output), window.value());
        if let (Some(input), Some(output), Some(window)) = known {
            let message = rule::left_out(&title, input, output, window)?;
            return Some(self.warning(node, &message.to_string(), None));
        }
        let private = &self.private;
        let (input, output, window) = (self.shape(&node.input), self.shape(&node.output), window.tokens(private));
        let message = format!(
            "{title} leaves out the last rows or columns: their number less the kernel's is no multiple of the stride\n\
             help: state the shape after it, as in `-> [6, 6, 32]`, if that is meant, or use `padding = same`"
        );
        let condition = quote!(#private::rule::left_out("", #input, #output, #window).is_some());
        Some(self.warning(node, &message, Some(&condition)))
    }

    /// What is said of a bias that is added to each channel before batch normalization takes the channel's mean away.
    fn bias_without_effect(&self, node: &Node<'_>, next: &Node<'_>) -> Option<TokenStream> {
        let (Body::Layer { layer, activation: None }, Body::Layer { layer: normalization, .. }) =
            (&node.body, &next.body)
        else {
            return None;
        };
        if !layer.has_bias() || !normalization.takes_mean_away() || next.frozen {
            return None;
        }
        let message = format!(
            "the bias of {} has no effect, since {} takes the mean of each channel away\n\
             help: write `bias = false`",
            node.title(),
            next.title()
        );
        Some(self.warning(node, &message, None))
    }

    /// What is said of dropout as the last layer.
    fn dropped_outputs(&self) -> Option<TokenStream> {
        let last = self.nodes.last().filter(|last| last.does_nothing_at_inference() && self.is_declared())?;
        let message = format!(
            "{} is the last layer, so training drops the outputs themselves\n\
             help: put it before the last layer that has weights",
            last.title()
        );
        Some(self.warning(last, &message, None))
    }

    /// A warning at a layer: always, or if a condition holds that rustc computes.
    fn warning(&self, node: &Node<'_>, message: &str, condition: Option<&TokenStream>) -> TokenStream {
        let conditions = self.declaration.conditions();
        let attributes = self.declaration.attributes.iter().chain(&node.syntax.attributes);
        let allowed = attributes.filter(|attribute| attribute.path().is_ident("allow"));
        let name = Ident::new("MAY_BE_A_MISTAKE", node.syntax.kind.span());
        let deprecated = quote! {
            #[deprecated(note = #message)]
            const #name: () = ();
        };
        let used = match condition {
            None => quote!(#deprecated #name),
            Some(condition) => quote! {
                struct If<const CONDITION: bool>;
                #[allow(dead_code)]
                impl If<true> {
                    #deprecated
                }
                #[allow(dead_code)]
                impl If<false> {
                    const #name: () = ();
                }
                <If<{ #condition }>>::#name
            },
        };
        quote! {
            #conditions
            #(#allowed)*
            const _: () = { #used };
        }
    }
}

/// Visits layers that follow each other, and those inside blocks. The layers of a `repeat` are a network of their own.
fn each_sequence<'n>(nodes: &'n [Node<'n>], visit: &mut dyn FnMut(&'n [Node<'n>])) {
    visit(nodes);
    for node in nodes {
        match &node.body {
            Body::Residual { nodes, .. } => each_sequence(nodes, visit),
            Body::Join { branches, .. } => branches.iter().for_each(|branch| each_sequence(&branch.nodes, visit)),
            Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_) | Body::Mistake => {}
        }
    }
}
