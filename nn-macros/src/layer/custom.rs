//! `custom my::Layer(arguments)`: a layer of the user's own.
//!
//! Its type implements `Layer` and supplies two inherent functions, which take the shape that arrives and the arguments
//! that were written: `const fn output_shape(Shape, ..) -> Shape` and `const fn settings(Shape, ..) -> Settings`. The
//! settings have `const fn needs(&self) -> Needs`.

use super::{Built, Form, Input, Layer};
use crate::errors::Errors;
use crate::parse::LayerSyntax;
use nn_core::layer::Needs;
use nn_core::shape::Shape;
use nn_core::shape::rule::Outcome;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Path, Token};

struct Custom {
    path: Path,
    arguments: Vec<Expr>,
}

pub(super) fn build(path: &Path, syntax: &LayerSyntax, errors: &mut Errors) -> Option<Built> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(syntax.arguments.clone());
    let arguments: Vec<Expr> = errors.ok(arguments)?.into_iter().collect();
    if let Some(named) = arguments.iter().find(|argument| matches!(argument, Expr::Assign(_))) {
        errors.at(named, "the arguments of a layer of your own have no names\nhelp: write the value alone");
        return None;
    }
    Some(Built::new(Custom { path: path.clone(), arguments }))
}

impl Custom {
    /// A call of an inherent function of the type, whose mistakes are shown at the type.
    fn call(&self, function: &str, input: &TokenStream) -> TokenStream {
        let (path, arguments) = (&self.path, &self.arguments);
        // At the type, but of this macro: so rustc does not propose to change what nobody wrote.
        let span = Span::call_site().located_at(path.span());
        let function = Ident::new(function, span);
        quote_spanned!(span=> <#path>::#function(#input #(, #arguments)*))
    }
}

impl Layer for Custom {
    fn form(&self) -> Form {
        Form::Apart { saves_input: true }
    }

    fn outcome(&self, _layer: &str, _input: Shape) -> Option<Outcome> {
        None
    }

    fn rule(&self, private: &TokenStream, layer: &str, input: &TokenStream) -> TokenStream {
        let shape = self.call("output_shape", input);
        quote!(#private::rule::custom(#layer, #input, #shape))
    }

    fn path(&self, _private: &TokenStream, _kind: &Ident, _input: &Input) -> TokenStream {
        self.path.to_token_stream()
    }

    fn is_own(&self) -> bool {
        true
    }

    fn has_weights(&self) -> bool {
        true
    }

    fn may_train_nothing(&self) -> bool {
        true
    }

    fn reads_input_when_frozen(&self) -> bool {
        true
    }

    fn check(&self, private: &TokenStream, layer: &str) -> Option<TokenStream> {
        let path = &self.path;
        Some(quote!(#private::check_weights::<#path>(#layer)))
    }

    fn settings(&self, _private: &TokenStream, input: &TokenStream, _number: usize) -> TokenStream {
        self.call("settings", input)
    }

    fn needs(&self, _input: Shape) -> Option<Needs> {
        None
    }

    fn parameters(&self, _input: Shape) -> Option<usize> {
        None
    }
}
