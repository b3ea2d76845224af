//! From tokens to what was written: a declaration, its shapes and its layers, every part with its place.

mod arguments;
mod budget;
mod declaration;
mod head;
mod layer;
mod shape;
mod suggest;

pub(crate) use arguments::{Arguments, Parameters, float};
pub(crate) use declaration::{Declaration, declaration};
pub(crate) use layer::{BLOCKS, BranchSyntax, Content, JOINS, LayerSyntax};
pub(crate) use shape::{ShapeSyntax, Size};
pub(crate) use suggest::suggestion;

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};

/// Reads tokens. What is missing at their end is shown at the last of them, and not at the whole macro.
fn read<T>(tokens: TokenStream, parser: impl Fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let last = tokens.clone().into_iter().last();
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    if let Some(last) = last {
        group.set_span(last.span());
    }
    let inside = |stream: ParseStream<'_>| {
        let content;
        syn::parenthesized!(content in stream);
        parser(&content)
    };
    inside.parse2(group.to_token_stream())
}
