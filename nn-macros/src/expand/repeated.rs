//! The layers of a `repeat` at inference: they write over what they are given, so that it needs no second place.

use super::{Network, number, range};
use crate::model::Place;
use proc_macro2::TokenStream;
use quote::quote;

/// The memory of a network that runs by itself, in numbers: how many, where its output lies, and the least of any plan.
pub(super) struct Alone {
    pub(super) total: TokenStream,
    pub(super) output: TokenStream,
    pub(super) least: TokenStream,
}

impl Network<'_> {
    /// The memory, given its plan and the place of the output. The layers of a `repeat` have a copy of their input behind
    /// it, since their plan has no place for what they are given.
    pub(super) fn alone(&self, plan: &TokenStream, output: Place) -> Alone {
        let (total, least) = (quote!(#plan.total()), quote!(#plan.lower_bound()));
        if !self.is_repeated {
            return Alone { total, output: range(plan, output), least };
        }
        let facts = &self.facts;
        let data = quote!(#facts::INPUT.len());
        Alone {
            total: quote!({ #total + #data }),
            output: quote!(#total..#total + #data),
            least: quote!((#least + #data)),
        }
    }

    /// The layers of a `repeat` on that copy: `call` runs them on `data`.
    pub(super) fn on_a_copy(&self, plan: &TokenStream, call: &TokenStream) -> TokenStream {
        quote! {
            let (memory, data) = memory.split_at_mut(#plan.total());
            data.copy_from_slice(input);
            #call
        }
    }

    /// Copies the output to where the input was, unless it lies there.
    pub(super) fn back(&self, plan: &TokenStream, output: Place) -> Option<TokenStream> {
        let number = number(output)?;
        Some(quote! {
            let [output] = #plan.of(memory, [#number]);
            data.copy_from_slice(output);
        })
    }
}
