//! A whole declaration: `pub struct Name: [inputs] -> [outputs] { layers }`.

use super::{LayerSyntax, ShapeSyntax};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Token, Visibility};

/// What was declared.
pub(crate) struct Declaration {
    /// The path of typednet, as the calling macro gave it.
    pub(crate) krate: TokenStream,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) input: ShapeSyntax,
    pub(crate) output: ShapeSyntax,
    pub(crate) layers: Vec<LayerSyntax>,
}

/// Reads a declaration. A mistake inside a layer does not keep the other layers from being read.
pub(crate) fn declaration(tokens: TokenStream, errors: &mut Errors) -> Option<Declaration> {
    let head = errors.ok(Head::parse.parse2(tokens))?;
    check_attributes(&head.attributes, errors);
    let layers = super::layer::layers(head.body, errors);
    let Head { krate, attributes, visibility, name, input, output, .. } = head;
    Some(Declaration { krate, attributes, visibility, name, input, output, layers })
}

/// Everything but the layers, which are still tokens.
struct Head {
    krate: TokenStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    input: ShapeSyntax,
    output: ShapeSyntax,
    body: TokenStream,
}

impl Parse for Head {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        syn::bracketed!(krate in stream);
        let krate = krate.parse()?;
        let attributes = stream.call(Attribute::parse_outer)?;
        let visibility = stream.parse()?;
        if !stream.peek(Token![struct]) {
            return Err(stream.error(EXAMPLE));
        }
        stream.parse::<Token![struct]>()?;
        let name = stream.parse()?;
        if !stream.peek(Token![:]) {
            return Err(stream.error(EXAMPLE));
        }
        stream.parse::<Token![:]>()?;
        let input = stream.parse()?;
        stream.parse::<Token![->]>()?;
        let output = stream.parse()?;
        let body;
        syn::braced!(body in stream);
        let body = body.parse()?;
        if !stream.is_empty() {
            return Err(stream
                .error("one `network!` declares one network\nhelp: put the next one into its own `network! { .. }`"));
        }
        Ok(Self { krate, attributes, visibility, name, input, output, body })
    }
}

const EXAMPLE: &str = "expected a network\n\
    help: a network is declared as `struct Name: [28, 28, 1] -> [10] { layer, layer, .. }`";

/// Refuses what would break a network: copies of it on the stack, and other layouts of its memory.
fn check_attributes(attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes {
        if attribute.path().is_ident("repr") {
            errors.at(
                attribute,
                "a network has the layout of its weights, `repr(C)`\nhelp: leave `repr` out; it is there already",
            );
        }
        if attribute.path().is_ident("derive") {
            let result = attribute.parse_nested_meta(|derived| {
                let help = match derived.path.segments.last() {
                    Some(last) if last.ident == "Copy" => "copies would go over the stack; use `boxed_clone()`",
                    Some(last) if last.ident == "Default" => {
                        "a network needs initial weights; use `boxed(seed)`, or `ZERO` for zeros"
                    }
                    _ => return Ok(()),
                };
                let name = derived.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                errors.at(&derived.path, format!("a network cannot derive `{name}`\nhelp: {help}"));
                Ok(())
            });
            errors.ok(result);
        }
    }
}

impl Declaration {
    /// The attributes that decide whether the network exists; all that is generated carries them.
    pub(crate) fn conditions(&self) -> TokenStream {
        let conditions = self.attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        quote!(#(#conditions)*)
    }

    /// Whether the author derives this trait.
    pub(crate) fn derives(&self, name: &str) -> bool {
        let mut found = false;
        for attribute in self.attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            // Whatever cannot be read here is left to rustc, which reads the attribute too.
            let _ = attribute.parse_nested_meta(|derived| {
                found |= derived.path.segments.last().is_some_and(|last| last.ident == name);
                Ok(())
            });
        }
        found
    }
}
