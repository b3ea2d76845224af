//! The language of typednet: `network!`, from tokens to a struct.
//!
//! A declaration passes through four stages: `parse` reads tokens, `model` turns the layers into a tree and a graph of
//! steps, `check` applies the shape rules, and `expand` writes the code. What is particular to a kind of layer stands in
//! `layer`, one file each. Mistakes are collected, so that one run of the compiler shows all of them.

#![forbid(unsafe_code)]

mod check;
mod errors;
mod expand;
mod layer;
mod model;
mod parse;

use errors::Errors;
use proc_macro::TokenStream;

/// The macro behind `typednet::network!`, which passes the path of its crate in brackets before the declaration.
#[proc_macro]
pub fn network(tokens: TokenStream) -> TokenStream {
    expand_network(tokens.into()).into()
}

fn expand_network(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let mut errors = Errors::default();
    let Some(declaration) = parse::declaration(tokens, &mut errors) else {
        return errors.finish();
    };
    let nodes = model::build(&declaration.layers, model::Around::beginning(), &mut errors);
    let shapes = check::shapes(&declaration, &nodes, &mut errors);
    if errors.any() {
        let stub = expand::stub(&declaration, &nodes);
        let errors = errors.finish();
        return quote::quote! { #errors #stub };
    }
    expand::network(&declaration, &nodes, &shapes)
}
