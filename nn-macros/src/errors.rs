//! Mistakes, collected so that all of them are shown at once, and the constants in which only rustc can find them.

use crate::constants::Constants;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    /// What is left to rustc.
    pub(crate) constants: Constants,
}

impl Errors {
    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(errors) => errors.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Adds a mistake at these tokens.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl core::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// The value of a result whose mistake is added.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        self.found.is_some()
    }

    /// The mistakes as calls of `compile_error!`.
    pub(crate) fn finish(self) -> TokenStream {
        self.found.map(|errors| errors.into_compile_error()).unwrap_or_default()
    }
}
