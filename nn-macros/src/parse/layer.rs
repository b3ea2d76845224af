//! One layer as written, `name: Kind(arguments) -> [shape]`, or a block of layers, `name: residual { layers }`.

use super::{ShapeSyntax, read, suggestion};
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, PathArguments, Token};

/// A layer or a block as written.
pub(crate) struct LayerSyntax {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Option<Ident>,
    /// Its kind; of a user's own layer, the name of the type.
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
    let Some(raw) = errors.ok(read(tokens.clone(), RawLayer::parse)) else {
        return mistake(tokens);
    };
    let RawLayer { attributes, name, mut kind, arguments, tokens, stated, path, body } = raw;
    if let Some(last) = path.as_ref().and_then(|path| path.segments.last()) {
        kind = last.ident.clone();
    }
    let content = match (path, body) {
        (Some(path), _) => Content::Custom(path),
        (None, None) => Content::Layer,
        (None, Some(body)) if JOINS.iter().any(|join| kind == join) => Content::Branches(branches(body, errors)),
        (None, Some(body)) => Content::Block(layers(body, errors)),
    };
    let shortcut = if kind == "residual" && matches!(content, Content::Block(_)) {
        shortcut(&kind, &arguments, errors)
    } else {
        None
    };
    LayerSyntax { attributes, name, kind, arguments, tokens, stated, content, shortcut }
}

/// What stands for tokens that are no layer.
fn mistake(tokens: TokenStream) -> LayerSyntax {
    LayerSyntax {
        attributes: Vec::new(),
        name: None,
        kind: Ident::new("mistake", Span::call_site()),
        arguments: TokenStream::new(),
        tokens,
        stated: None,
        content: Content::Mistake,
        shortcut: None,
    }
}

/// `shortcut = Kind(..)`, the only argument of a residual block.
fn shortcut(kind: &Ident, arguments: &TokenStream, errors: &mut Errors) -> Option<Box<LayerSyntax>> {
    if arguments.is_empty() {
        return None;
    }
    let value = |stream: ParseStream<'_>| -> syn::Result<TokenStream> {
        let name: Option<Ident> = stream.parse()?;
        if name.is_none_or(|name| name != "shortcut") || !stream.peek(Token![=]) {
            let message =
                "`residual` takes `shortcut` alone\nhelp: write `residual(shortcut = Conv2d(64, kernel = 1)) { .. }`";
            return Err(syn::Error::new_spanned(kind, message));
        }
        stream.parse::<Token![=]>()?;
        stream.parse()
    };
    let tokens = errors.ok(read(arguments.clone(), value))?;
    Some(Box::new(layer(tokens, errors)))
}

fn branches(tokens: TokenStream, errors: &mut Errors) -> Vec<BranchSyntax> {
    let parts = between_commas(tokens).into_iter();
    parts
        .map(|tokens| match errors.ok(read(tokens.clone(), raw_branch)) {
            Some((name, body)) => BranchSyntax { name, layers: layers(body, errors), tokens },
            None => BranchSyntax { name: None, layers: vec![mistake(tokens.clone())], tokens },
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
        if stream.peek2(Token![::]) {
            return Err(with_path(&stream.call(Path::parse_mod_style)?));
        }
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
        if stream.peek(syn::token::Bracket) {
            let message = format!("arguments stand in parentheses\nhelp: write `{kind}(..)`");
            return Err(stream.error(message));
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
                let is_layer = kind.to_string().starts_with(char::is_uppercase);
                let message = match is_layer {
                    true => format!("arguments stand in parentheses\nhelp: write `{kind}(..)`"),
                    false => {
                        let blocks = BLOCKS.iter().chain(&JOINS).copied();
                        format!("there is no block `{kind}`\n{}", suggestion(&kind.to_string(), blocks))
                    }
                };
                Err(syn::Error::new_spanned(kind, message))
            }
        }
    }
}

/// The path of a user's own layer, with const arguments or without: `my::Rotary<8>`.
fn custom_path(stream: ParseStream<'_>) -> syn::Result<Path> {
    let mut path = stream.call(Path::parse_mod_style).map_err(|error| {
        let message = "`custom` is followed by the path of a layer of your own\n\
                       help: write for example `custom my::Rotary(4)`";
        syn::Error::new(error.span(), message)
    })?;
    if let (true, Some(last)) = (stream.peek(Token![<]), path.segments.last_mut()) {
        last.arguments = PathArguments::AngleBracketed(stream.parse()?);
    }
    Ok(path)
}

/// The mistake that a layer was written with a path.
fn with_path(path: &Path) -> syn::Error {
    let last = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
    let whole = path.to_token_stream().to_string().replace(' ', "");
    let message = format!(
        "layers are named without a path\nhelp: write `{last}`, or `custom {whole}` if it is a layer of your own"
    );
    syn::Error::new_spanned(path, message)
}

/// `name:`, if it is there.
fn read_name(stream: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    if !stream.peek2(Token![:]) || stream.peek2(Token![::]) {
        return Ok(None);
    }
    let written: TokenTree = stream.fork().parse()?;
    let name = stream.parse().map_err(|error: syn::Error| {
        let message = format!(
            "a layer cannot be called `{written}`\n\
             help: its name becomes a field of the struct; choose another word, or leave the name out"
        );
        syn::Error::new(error.span(), message)
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
