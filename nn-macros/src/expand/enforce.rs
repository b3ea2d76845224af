//! A rule as a constant that holds only if it is kept.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote};

/// A constant whose evaluation ends with the message of a broken rule. rustc shows the message at `place`: the call
/// begins with the span of its first token, so it names the function by a name of that place, and ends with that of its
/// last one.
pub(crate) fn enforce(
    private: &TokenStream,
    conditions: &TokenStream,
    place: impl ToTokens,
    rule: &TokenStream,
) -> TokenStream {
    let mut spans = place.into_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let function = Ident::new("enforce", first);
    let mut argument = Group::new(Delimiter::Parenthesis, rule.clone());
    argument.set_span(last);
    quote! {
        #conditions
        const _: () = {
            use #private::rule::enforce as #function;
            #function #argument
        };
    }
}
