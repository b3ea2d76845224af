//! A whole declaration: `pub struct Name: [inputs] -> [outputs] { layers }`.

use super::budget::Budget;
use super::head::Head;
use super::{LayerSyntax, ShapeSyntax};
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, Parser};
use syn::{Attribute, Visibility};

/// What was declared.
pub(crate) struct Declaration {
    /// The path of typednet, as the calling macro gave it.
    pub(crate) krate: TokenStream,
    pub(crate) attributes: Vec<Attribute>,
    /// Of floats, of int8, or of both.
    pub(crate) budgets: Vec<Budget>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) input: ShapeSyntax,
    pub(crate) output: ShapeSyntax,
    /// Whether the shapes of input and output could be read.
    pub(crate) has_shapes: bool,
    pub(crate) layers: Vec<LayerSyntax>,
    /// What follows the declaration, where nothing should.
    pub(crate) rest: TokenStream,
}

/// Reads a declaration. A mistake inside a layer does not keep the other layers from being read.
pub(crate) fn declaration(tokens: TokenStream, errors: &mut Errors) -> Option<Declaration> {
    let Head { krate, mut attributes, visibility, name, input, output, body, mistake, rest } =
        errors.ok(Head::parse.parse2(tokens))?;
    errors.constants.belong_to(&name);
    let budgets = take_budgets(&mut attributes, errors);
    check_attributes(&attributes, errors);
    let has_shapes = mistake.is_none();
    if let Some(mistake) = mistake {
        errors.push(mistake);
    }
    if let Some(token) = rest.clone().into_iter().next() {
        let message = "one `network!` declares one network\nhelp: put the next one into its own `network! { .. }`";
        errors.push(syn::Error::new(token.span(), message));
    }
    let layers = super::layer::layers(body, errors);
    Some(Declaration { krate, attributes, budgets, visibility, name, input, output, has_shapes, layers, rest })
}

/// The budgets of a network, which are no attributes that rustc knows.
fn take_budgets(attributes: &mut Vec<Attribute>, errors: &mut Errors) -> Vec<Budget> {
    let mut budgets: Vec<Budget> = Vec::new();
    for attribute in attributes.extract_if(.., |attribute| attribute.path().is_ident("budget")) {
        let Some(budget) = errors.ok(Budget::read(&attribute)) else { continue };
        if budgets.iter().any(|other| other.int8 == budget.int8) {
            let help = "put the limits into one, `#[budget(ram = .., flash = ..)]`";
            errors.at(&attribute, format!("a network has one budget\nhelp: {help}"));
        }
        budgets.push(budget);
    }
    budgets
}

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
