//! One layer as written: `name: Kind(arguments) -> [shape]`.

use super::ShapeSyntax;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Token};

/// A layer as written.
pub(crate) struct LayerSyntax {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Option<Ident>,
    pub(crate) kind: Ident,
    /// What stands between the parentheses.
    pub(crate) arguments: TokenStream,
    /// The kind and its arguments: where mistakes of the layer are shown.
    pub(crate) tokens: TokenStream,
    pub(crate) stated: Option<ShapeSyntax>,
}

impl Parse for LayerSyntax {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = stream.call(Attribute::parse_outer)?;
        let name = if stream.peek2(Token![:]) && !stream.peek2(Token![::]) {
            let name = stream.call(Ident::parse)?;
            stream.parse::<Token![:]>()?;
            Some(name)
        } else {
            None
        };
        let kind: Ident = stream.parse().map_err(|error| {
            let message = "expected a layer\nhelp: write `name: Kind(arguments)`, such as `hidden: Dense(128)`";
            syn::Error::new(error.span(), message)
        })?;
        let mut arguments = TokenStream::new();
        let mut tokens = quote!(#kind);
        if stream.peek(syn::token::Paren) {
            let content;
            let parentheses = syn::parenthesized!(content in stream);
            arguments = content.parse()?;
            parentheses.surround(&mut tokens, |inner| inner.extend(arguments.clone()));
        }
        let stated = if stream.peek(Token![->]) {
            stream.parse::<Token![->]>()?;
            Some(stream.parse()?)
        } else {
            None
        };
        if !stream.is_empty() {
            return Err(stream.error("expected a comma after the layer\nhelp: layers are separated by commas"));
        }
        Ok(Self { attributes, name, kind, arguments, tokens, stated })
    }
}
