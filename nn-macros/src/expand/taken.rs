//! The slices that a step of an inference reads and writes, each under a name of its own.

use super::number;
use crate::model::{Inference, Place, Step};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// What a step takes out of the memory.
pub(super) struct Taken {
    /// The statement that names the buffers; nothing if it takes none.
    pub(super) buffers: TokenStream,
    /// The names of what it reads.
    pub(super) inputs: Vec<TokenStream>,
    /// The name of where it writes.
    pub(super) output: TokenStream,
    /// The name of the memory of the networks that it runs.
    pub(super) inner: TokenStream,
}

impl Taken {
    /// That of step number `time`, given the expression of the plan. Each buffer is taken once, since none may be borrowed
    /// twice.
    pub(super) fn new(time: usize, step: &Step<'_>, memory: &Inference, plan: &TokenStream) -> Self {
        let target = memory.places[step.output];
        let sources = step.inputs.iter().map(|input| memory.places[*input]);
        let nested = memory.nested[time].map_or(Place::Outside, Place::Buffer);
        let mut taken = Vec::new();
        for place in [target].into_iter().chain(sources.clone()).chain([nested]) {
            if place != Place::Outside && !taken.contains(&place) {
                taken.push(place);
            }
        }
        let (names, numbers) =
            (taken.iter().map(|place| local(*place, memory)), taken.iter().map(|place| number(*place)));
        let buffers = match taken.is_empty() {
            true => TokenStream::new(),
            false => quote!(let [#(#names),*] = #plan.of(memory, [#(#numbers),*]);),
        };
        Self {
            buffers,
            inputs: sources.map(|place| local(place, memory)).collect(),
            output: local(target, memory),
            inner: local(nested, memory),
        }
    }
}

/// The name of the slice at a place.
pub(super) fn local(place: Place, memory: &Inference) -> TokenStream {
    match place {
        Place::Outside if memory.in_place => quote!(data),
        Place::Outside => quote!(input),
        Place::Buffer(number) => {
            let name = format_ident!("buffer_{number}");
            quote!(#name)
        }
    }
}
