//! The author's constant expressions. Each becomes one constant, which the rest of the code names, so that what is wrong
//! with the expression itself (a misspelled name, another type, an overflow) is one error.

use crate::expand::enforce;
use nn_core::shape::rule::Limit;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

/// The constants of a network, each an associated one of a hidden struct.
#[derive(Default)]
pub(crate) struct Constants {
    owner: Option<Ident>,
    definitions: Vec<TokenStream>,
    limits: Vec<Limited>,
}

/// A constant whose value has limits, which only rustc can check.
struct Limited {
    expression: TokenStream,
    constant: TokenStream,
    layer: String,
    argument: &'static str,
    limit: Limit,
}

impl Constants {
    /// Names the hidden struct after the network.
    pub(crate) fn belong_to(&mut self, network: &Ident) {
        self.owner = Some(format_ident!("__{network}Constants"));
    }

    /// Adds an expression of a type, and gives the path of its constant.
    pub(crate) fn add(&mut self, argument: &str, ty: &TokenStream, expression: &Expr) -> TokenStream {
        let Some(owner) = &self.owner else {
            return expression.to_token_stream();
        };
        let name = format_ident!("{argument}_{}", self.definitions.len() + 1);
        self.definitions.push(quote!(const #name: #ty = #expression;));
        quote_spanned!(expression.span()=> #owner::#name)
    }

    /// Adds an expression whose value has a limit.
    pub(crate) fn add_limited(
        &mut self,
        layer: String,
        argument: &'static str,
        limit: Limit,
        expression: &Expr,
    ) -> TokenStream {
        let constant = self.add(argument, &quote!(f32), expression);
        let expression = expression.to_token_stream();
        self.limits.push(Limited { expression, constant: constant.clone(), layer, argument, limit });
        constant
    }

    /// The hidden struct, and the checks of the limits.
    pub(crate) fn expand(&self, private: &TokenStream, conditions: &TokenStream) -> TokenStream {
        let (Some(owner), false) = (&self.owner, self.definitions.is_empty()) else {
            return TokenStream::new();
        };
        let definitions = &self.definitions;
        let checks = self.limits.iter().map(|limited| {
            let Limited { expression, constant, layer, argument, limit } = limited;
            let limit = format_ident!("{limit:?}");
            let rule = quote!(#private::rule::limited(#layer, #argument, #constant, #private::rule::Limit::#limit));
            enforce(private, conditions, expression, &rule)
        });
        quote! {
            #conditions
            #[doc(hidden)]
            #[allow(dead_code, non_camel_case_types)]
            struct #owner;
            #conditions
            #[allow(arithmetic_overflow, dead_code, non_upper_case_globals, unconditional_panic)]
            impl #owner {
                #(#definitions)*
            }
            #(#checks)*
        }
    }
}
