//! One layer as written, `name: Kind(arguments) -> [shape]`, or a block of layers, `name: residual { layers }`.

use super::ShapeSyntax;
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Path, PathArguments, Token};

/// A layer or a block as written.
pub(crate) struct LayerSyntax {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Option<Ident>,
    pub(crate) kind: Ident,
    /// What stands between the parentheses.
    pub(crate) arguments: TokenStream,
    /// The kind and its arguments: where mistakes of the layer are shown.
    pub(crate) tokens: TokenStream,
    pub(crate) stated: Option<ShapeSyntax>,
    pub(crate) content: Content,
    /// The layer beside a residual block.
    pub(crate) shortcut: Option<Box<LayerSyntax>>,
}

/// What belongs to a layer besides its arguments.
pub(crate) enum Content {
    /// Nothing: a layer.
    Layer,
    /// The path of a layer of the user's own.
    Custom(Path),
    /// The layers of a block.
    Block(Vec<LayerSyntax>),
    /// The branches of a block.
    Branches(Vec<BranchSyntax>),
    /// Tokens that are no layer; the mistake has been reported.
    Mistake,
}

/// A branch as written: `name: { layers }`.
pub(crate) struct BranchSyntax {
    pub(crate) name: Option<Ident>,
    pub(crate) layers: Vec<LayerSyntax>,
    pub(crate) tokens: TokenStream,
}

/// The blocks whose braces hold layers, and those whose braces hold branches.
pub(crate) const BLOCKS: [&str; 2] = ["residual", "repeat"];
pub(crate) const JOINS: [&str; 3] = ["concat", "add", "multiply"];

/// Reads layers. A mistake inside one does not keep the others from being read.
pub(crate) fn layers(tokens: TokenStream, errors: &mut Errors) -> Vec<LayerSyntax> {
    between_commas(tokens).into_iter().map(|tokens| layer(tokens, errors)).collect()
}

fn layer(tokens: TokenStream, errors: &mut Errors) -> LayerSyntax {
    let Some(raw) = errors.ok(RawLayer::parse.parse2(tokens.clone())) else {
        return LayerSyntax {
            attributes: Vec::new(),
            name: None,
            kind: Ident::new("mistake", Span::call_site()),
            arguments: TokenStream::new(),
            tokens,
            stated: None,
            content: Content::Mistake,
            shortcut: None,
        };
    };
    let RawLayer { attributes, name, kind, arguments, tokens, stated, path, body } = raw;
    let content = match (path, body) {
        (Some(path), _) => Content::Custom(path),
        (None, None) => Content::Layer,
        (None, Some(body)) if JOINS.iter().any(|join| kind == join) => Content::Branches(branches(body, errors)),
        (None, Some(body)) => Content::Block(layers(body, errors)),
    };
    let shortcut = if kind == "residual" { shortcut(&kind, &arguments, errors) } else { None };
    LayerSyntax { attributes, name, kind, arguments, tokens, stated, content, shortcut }
}

/// `shortcut = Kind(..)`, the only argument of a residual block.
fn shortcut(kind: &Ident, arguments: &TokenStream, errors: &mut Errors) -> Option<Box<LayerSyntax>> {
    if arguments.is_empty() {
        return None;
    }
    let read = |stream: ParseStream<'_>| -> syn::Result<TokenStream> {
        let name: Option<Ident> = stream.parse()?;
        if name.is_none_or(|name| name != "shortcut") || !stream.peek(Token![=]) {
            let message =
                "`residual` takes `shortcut` alone\nhelp: write `residual(shortcut = Conv2d(64, kernel = 1)) { .. }`";
            return Err(syn::Error::new_spanned(kind, message));
        }
        stream.parse::<Token![=]>()?;
        stream.parse()
    };
    let tokens = errors.ok(read.parse2(arguments.clone()))?;
    Some(Box::new(layer(tokens, errors)))
}

fn branches(tokens: TokenStream, errors: &mut Errors) -> Vec<BranchSyntax> {
    let parts = between_commas(tokens).into_iter();
    parts
        .filter_map(|tokens| {
            let (name, body) = errors.ok(raw_branch.parse2(tokens.clone()))?;
            Some(BranchSyntax { name, layers: layers(body, errors), tokens })
        })
        .collect()
}

fn raw_branch(stream: ParseStream<'_>) -> syn::Result<(Option<Ident>, TokenStream)> {
    let name = read_name(stream)?;
    if !stream.peek(syn::token::Brace) {
        return Err(stream.error("expected a branch\nhelp: a branch is layers in braces: `{ Dense(8), Relu }`"));
    }
    let body;
    syn::braced!(body in stream);
    let body = body.parse()?;
    end(stream)?;
    Ok((name, body))
}

/// A layer whose block, if it has one, is still tokens.
struct RawLayer {
    attributes: Vec<Attribute>,
    name: Option<Ident>,
    kind: Ident,
    arguments: TokenStream,
    tokens: TokenStream,
    stated: Option<ShapeSyntax>,
    path: Option<Path>,
    body: Option<TokenStream>,
}

impl Parse for RawLayer {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = stream.call(Attribute::parse_outer)?;
        let name = read_name(stream)?;
        let kind: Ident = stream.parse().map_err(|error| {
            let message = "expected a layer\nhelp: write `name: Kind(arguments)`, such as `hidden: Dense(128)`";
            syn::Error::new(error.span(), message)
        })?;
        let mut tokens = quote!(#kind);
        let path = if kind == "custom" {
            let path = custom_path(stream)?;
            path.to_tokens(&mut tokens);
            Some(path)
        } else {
            None
        };
        let mut arguments = TokenStream::new();
        if stream.peek(syn::token::Paren) {
            let content;
            let parentheses = syn::parenthesized!(content in stream);
            arguments = content.parse()?;
            parentheses.surround(&mut tokens, |inner| inner.extend(arguments.clone()));
        }
        let body = Self::body(&kind, stream)?;
        let stated = if stream.peek(Token![->]) {
            stream.parse::<Token![->]>()?;
            Some(stream.parse()?)
        } else {
            None
        };
        end(stream)?;
        Ok(Self { attributes, name, kind, arguments, tokens, stated, path, body })
    }
}

impl RawLayer {
    fn body(kind: &Ident, stream: ParseStream<'_>) -> syn::Result<Option<TokenStream>> {
        let is_block = BLOCKS.iter().chain(&JOINS).any(|block| kind == block);
        match (is_block, stream.peek(syn::token::Brace)) {
            (true, true) => {
                let body;
                syn::braced!(body in stream);
                body.parse().map(Some)
            }
            (false, false) => Ok(None),
            (true, false) => {
                let message = format!("`{kind}` is a block of layers\nhelp: write `{kind} {{ .. }}`");
                Err(syn::Error::new_spanned(kind, message))
            }
            (false, true) => {
                let message =
                    format!("`{kind}` is no block\nhelp: blocks are `residual`, `repeat`, `concat`, `add`, `multiply`");
                Err(syn::Error::new_spanned(kind, message))
            }
        }
    }
}

/// The path of a user's own layer, with const arguments or without: `my::Rotary<8>`.
fn custom_path(stream: ParseStream<'_>) -> syn::Result<Path> {
    let mut path = stream.call(Path::parse_mod_style).map_err(|error| {
        syn::Error::new(error.span(), format!("{error}\nhelp: `custom` is followed by the path of a layer of your own"))
    })?;
    if let (true, Some(last)) = (stream.peek(Token![<]), path.segments.last_mut()) {
        last.arguments = PathArguments::AngleBracketed(stream.parse()?);
    }
    Ok(path)
}

/// `name:`, if it is there.
fn read_name(stream: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    if !stream.peek2(Token![:]) || stream.peek2(Token![::]) {
        return Ok(None);
    }
    let name = stream.parse().map_err(|error: syn::Error| {
        syn::Error::new(error.span(), format!("{error}\nhelp: a layer's name becomes a field of the struct"))
    })?;
    stream.parse::<Token![:]>()?;
    Ok(Some(name))
}

fn end(stream: ParseStream<'_>) -> syn::Result<()> {
    if stream.is_empty() {
        return Ok(());
    }
    Err(stream.error("expected a comma after the layer\nhelp: layers are separated by commas"))
}

/// Splits tokens at their commas. Those inside brackets of any kind do not count.
fn between_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut angles = 0_usize;
    let mut before = ' ';
    for token in tokens {
        let mark = match &token {
            TokenTree::Punct(mark) => mark.as_char(),
            _ => ' ',
        };
        match mark {
            // Outside parentheses, only the path of a user's own layer has angle brackets, and `->` is no bracket.
            '<' => angles += 1,
            '>' if angles > 0 && before != '-' => angles -= 1,
            _ => {}
        }
        before = mark;
        match parts.last_mut() {
            _ if mark == ',' && angles == 0 => parts.push(TokenStream::new()),
            Some(part) => part.extend([token]),
            None => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
