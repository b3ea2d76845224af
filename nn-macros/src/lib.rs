//! The language of typednet: `network!`, from tokens to a struct.
//!
//! A declaration passes through four stages: `parse` reads tokens, `model` turns the layers into a tree and a graph of
//! steps, `check` applies the shape rules, and `expand` writes the code. What is particular to a kind of layer stands in
//! `layer`, one file each. Mistakes are collected, so that one run of the compiler shows all of them.

#![forbid(unsafe_code)]

mod check;
mod constants;
mod errors;
mod expand;
mod include;
mod layer;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

/// The macro behind `typednet::network!`, which passes the path of its crate in brackets before the declaration.
#[proc_macro]
pub fn network(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand_network(tokens.into()).into()
}

/// The macro behind `typednet::include_weights!`, which passes the path of its crate in brackets first.
#[proc_macro]
pub fn include_weights(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    include::weights(tokens.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand_network(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(declaration) = parse::declaration(tokens, &mut errors) else {
        return errors.finish();
    };
    let input = format_ident!("INPUT");
    let nodes = model::build(&declaration.layers, &model::Parent::default(), input, &mut errors);
    let shapes = check::shapes(&declaration, &nodes, &mut errors);
    if errors.any() {
        let (private, stub) = (expand::use_private(&declaration), expand::stub(&declaration, &nodes));
        let (errors, rest) = (errors.finish(), expand_rest(&declaration));
        return quote! { #errors #private #stub #rest };
    }
    let constants = errors.constants.expand(&expand::private(&declaration), &declaration.conditions());
    let network = expand::network(&declaration, &nodes, &shapes);
    let private = expand::use_private(&declaration);
    quote! { #private #constants #network }
}

/// A second declaration in the same call is a mistake, but what it declares should exist.
fn expand_rest(declaration: &parse::Declaration) -> TokenStream {
    let (krate, rest) = (&declaration.krate, &declaration.rest);
    let is_declaration = |token| matches!(token, TokenTree::Ident(word) if word == "struct");
    if !rest.clone().into_iter().any(is_declaration) {
        return TokenStream::new();
    }
    expand_network(quote!([#krate] #rest))
}
