//! The structs of the weights and of their derivatives: the network's, and one for each block.

use super::Network;
use crate::model::{Body, Branch, Node, Path};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// A field of a struct of weights: its name, its type, the type of its derivatives, and its documentation.
struct Field {
    name: Ident,
    ty: TokenStream,
    gradient: TokenStream,
    documentation: TokenStream,
}

impl<'a> Network<'a> {
    pub(super) fn items(&self) -> TokenStream {
        let mut fields = Vec::new();
        let mut items = TokenStream::new();
        self.fields(self.nodes.iter(), &mut fields, &mut items);
        let documentation = self.documentation();
        let attributes = &self.attributes;
        items.extend(self.pair(&self.name, &quote!(#attributes #documentation), &fields));
        items
    }

    /// The fields of nodes, and the structs of those that are blocks.
    fn fields<'n>(&self, nodes: impl Iterator<Item = &'n Node<'n>>, fields: &mut Vec<Field>, items: &mut TokenStream)
    where
        'a: 'n,
    {
        for node in nodes.filter(|node| node.has_weights()) {
            let name = node.name.clone();
            let documentation = self.field_documentation(node);
            let gradient = self.gradient_type(node, &self.node_type(node));
            let ty = self.field_type(node);
            let ty = match &node.body {
                Body::Repeat { count, .. } => {
                    let count = &count.tokens;
                    quote!([#ty; #count])
                }
                _ => ty,
            };
            fields.push(Field { name, ty, gradient, documentation });
            match &node.body {
                Body::Residual { .. } => self.block(node.path.clone(), node.children(), items),
                Body::Join { branches, .. } => self.branches(node, branches, items),
                Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_) | Body::Mistake => {}
            }
        }
    }

    /// The struct of a block.
    fn block<'n>(&self, path: Path, nodes: impl Iterator<Item = &'n Node<'n>>, items: &mut TokenStream)
    where
        'a: 'n,
    {
        let mut fields = Vec::new();
        self.fields(nodes, &mut fields, items);
        items.extend(self.block_struct(&path, &fields));
    }

    fn block_struct(&self, path: &Path, fields: &[Field]) -> TokenStream {
        let line = format!("`{}` in [`{}`].", path.text(), self.name);
        let derives = self.derives();
        self.pair(&path.type_name(&self.name), &quote!(#[doc = #line] #derives), fields)
    }

    /// The struct of a block of branches, and those of the branches.
    fn branches(&self, node: &Node<'_>, branches: &[Branch<'_>], items: &mut TokenStream) {
        let mut fields = Vec::new();
        for branch in branches.iter().filter(|branch| branch.has_weights()) {
            let mut inner = Vec::new();
            self.fields(branch.nodes.iter(), &mut inner, items);
            items.extend(self.block_struct(&branch.path, &inner));
            let (ty, line) = (branch.path.type_name(&self.name), format!("`{}`.", branch.path.text()));
            let gradient = gradients(&ty);
            fields.push(Field {
                name: branch.name.clone(),
                ty: quote!(#ty),
                gradient: quote!(#gradient),
                documentation: quote!(#[doc = #line]),
            });
        }
        items.extend(self.block_struct(&node.path, &fields));
    }

    fn gradient_type(&self, node: &Node<'_>, ty: &TokenStream) -> TokenStream {
        let private = &self.private;
        match &node.body {
            Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_) if node.frozen => quote!(()),
            Body::Layer { .. } => quote!(<#ty as #private::Layer>::Gradient),
            Body::Network(_) => quote!(<#ty as #private::Trainable>::Gradients),
            Body::Repeat { count, .. } => {
                let count = &count.tokens;
                quote!([<#ty as #private::Trainable>::Gradients; #count])
            }
            Body::Residual { .. } | Body::Join { .. } | Body::Mistake => {
                let name = gradients(&node.path.type_name(&self.name));
                quote!(#name)
            }
        }
    }

    /// A struct of weights and the struct of the derivatives by them.
    fn pair(&self, name: &Ident, attributes: &TokenStream, fields: &[Field]) -> TokenStream {
        let (visibility, private, conditions) = (&self.visibility, &self.private, self.declaration.conditions());
        let gradients = gradients(name);
        let line = format!("The derivatives of a loss by the weights of [`{name}`].");
        let weights = fields.iter().map(|Field { name, ty, documentation, .. }| quote!(#documentation pub #name: #ty));
        let derivatives = fields.iter().map(|Field { name, gradient, .. }| {
            let line = format!("The derivatives by `{name}`.");
            quote!(#[doc = #line] pub #name: #gradient)
        });
        let debug = (!self.declaration.derives("Debug")).then(|| self.debug(name));
        let debug_gradients = self.debug(&gradients);
        quote! {
            #conditions
            #attributes
            #[repr(C)]
            #visibility struct #name {
                #(#weights),*
            }
            // SAFETY: the struct is laid out as in C, and each field is a layer or a block, which is plain.
            #conditions
            unsafe impl #private::Plain for #name {}
            #debug
            #conditions
            #[doc = #line]
            #[repr(C)]
            #visibility struct #gradients {
                #(#derivatives),*
            }
            // SAFETY: the struct is laid out as in C, and each field is a gradient, which is plain.
            #conditions
            unsafe impl #private::Plain for #gradients {}
            #debug_gradients
        }
    }

    /// `Debug` that prints the name alone.
    fn debug(&self, name: &Ident) -> TokenStream {
        let (private, conditions, text) = (&self.private, self.declaration.conditions(), name.to_string());
        quote! {
            #conditions
            impl #private::Debug for #name {
                fn fmt(&self, formatter: &mut #private::Formatter<'_>) -> #private::FmtResult {
                    formatter.write_str(#text)
                }
            }
        }
    }
}

/// The name of the struct of derivatives.
pub(super) fn gradients(name: &Ident) -> Ident {
    format_ident!("{name}Gradients")
}
