//! Names on the way from a network to a layer, and what is called after them.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// The names on the way from the network to a layer or a block.
#[derive(Clone, Default)]
pub(crate) struct Path(Vec<Part>);

/// A field, and which of its elements if it is an array.
#[derive(Clone, PartialEq, Eq)]
struct Part {
    name: Ident,
    index: Option<usize>,
}

impl Path {
    pub(crate) fn child(&self, name: &Ident) -> Self {
        let part = Part { name: name.clone(), index: None };
        Self(self.0.iter().cloned().chain([part]).collect())
    }

    /// The same with an element of the array that it leads to.
    pub(super) fn element(&self, index: usize) -> Self {
        let mut path = self.clone();
        if let Some(last) = path.0.last_mut() {
            last.index = Some(index);
        }
        path
    }

    /// The array that an element is of.
    fn array(mut self) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.index = None;
        }
        self
    }

    /// The path on from here.
    pub(super) fn join(&self, rest: &Self) -> Self {
        Self(self.0.iter().chain(&rest.0).cloned().collect())
    }

    /// The fields: `block1.conv`, or `blocks[2].conv`.
    pub(crate) fn fields(&self) -> TokenStream {
        let parts = self.0.iter().map(|Part { name, index }| {
            let index = index.map(Literal::usize_unsuffixed).map(|index| quote!([#index]));
            quote!(#name #index)
        });
        quote!(#(#parts).*)
    }

    /// The name of a constant that belongs to this path: `settings_block1__conv`, or `settings_blocks__2__conv`.
    pub(crate) fn constant(&self, prefix: &str) -> Ident {
        let parts = self.0.iter().map(|Part { name, index }| match index {
            Some(index) => format!("{}__{index}", plain(name)),
            None => plain(name),
        });
        format_ident!("{prefix}_{}", parts.collect::<Vec<_>>().join("__"))
    }

    /// The name of the type of a block: `DigitsBlock1`, at the place of the block's name.
    pub(crate) fn type_name(&self, network: &Ident) -> Ident {
        let mut type_name = plain(network);
        for Part { name, .. } in &self.0 {
            for word in plain(name).split('_') {
                let mut letters = word.chars();
                type_name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                type_name.push_str(letters.as_str());
            }
        }
        Ident::new(&type_name, self.0.last().map_or_else(Span::call_site, |part| part.name.span()))
    }

    /// As a person writes it: `block1.conv`.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|part| plain(&part.name)).collect::<Vec<_>>().join(".")
    }

    /// Where the ways to two layers part within an array, if they do.
    pub(crate) fn fork(&self, other: &Self) -> Option<Fork> {
        let common = self.0.iter().zip(&other.0).take_while(|(one, two)| one == two).count();
        let (one, two) = (self.0.get(common)?, other.0.get(common)?);
        let array = Self(self.0[..common].to_vec()).child(&one.name);
        match (one.index, two.index) {
            (Some(one_index), Some(two_index)) if one.name == two.name => {
                Some(Fork { array, indices: [one_index.min(two_index), one_index.max(two_index)] })
            }
            _ => None,
        }
    }
}

/// An array, and two of its elements, that of the smaller index first.
pub(crate) struct Fork {
    array: Path,
    indices: [usize; 2],
}

impl Fork {
    /// The names of the two elements.
    const NAMES: [&str; 2] = ["element", "later_element"];

    /// Code that names the two elements of the array within `owner`, a place that can be changed.
    pub(crate) fn take_apart(&self, owner: &TokenStream) -> TokenStream {
        let [first, second] = self.indices;
        let before = (0..first).map(|_| quote!(_));
        let between = (first + 1..second).map(|_| quote!(_));
        let [one, two] = Self::NAMES.map(|name| format_ident!("{name}"));
        let array = self.array.fields();
        quote!(let [#(#before,)* #one, #(#between,)* #two, ..] = &mut #owner.#array;)
    }

    /// The place of a layer within `owner`, of which the two elements were taken.
    pub(crate) fn place(&self, path: &Path, owner: &TokenStream) -> TokenStream {
        let parts = path.0.split_at_checked(self.array.0.len());
        let element = parts.and_then(|(way, rest)| {
            let index = way.last()?.index;
            let number = self.indices.iter().position(|own| Some(*own) == index)?;
            let array = Path(way.to_vec()).array();
            (array.0 == self.array.0).then(|| (format_ident!("{}", Self::NAMES[number]), Path(rest.to_vec()).fields()))
        });
        match element {
            Some((element, rest)) => quote!(#element.#rest),
            None => {
                let fields = path.fields();
                quote!(#owner.#fields)
            }
        }
    }
}

/// A name without the mark of a raw one.
pub(super) fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}
