//! The head of a declaration, `pub struct Name: [inputs] -> [outputs]`, read as far as it can be.

use super::ShapeSyntax;
use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Generics, Token, Visibility};

/// A declaration whose layers are still tokens.
pub(super) struct Head {
    pub(super) krate: TokenStream,
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) name: Ident,
    pub(super) input: ShapeSyntax,
    pub(super) output: ShapeSyntax,
    pub(super) body: TokenStream,
    /// What is wrong after the name. A shape that could not be read is `[1]`, so that the struct exists all the same.
    pub(super) mistake: Option<syn::Error>,
    /// What follows the braces.
    pub(super) rest: TokenStream,
}

const EXAMPLE: &str = "a network is declared as `struct Name: [28, 28, 1] -> [10] { layer, layer, .. }`";

impl Parse for Head {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        syn::bracketed!(krate in stream);
        let krate = krate.parse()?;
        let attributes = stream.call(Attribute::parse_outer)?;
        let visibility = stream.parse()?;
        if !stream.peek(Token![struct]) {
            return Err(stream.error(format!("expected a network\nhelp: {EXAMPLE}")));
        }
        stream.parse::<Token![struct]>()?;
        let name = stream.parse()?;
        let (mut input, mut output) = (ShapeSyntax::unread(), ShapeSyntax::unread());
        let mut mistake = shapes(stream, &mut input, &mut output).err();
        while !stream.is_empty() && !stream.peek(syn::token::Brace) {
            let token: TokenTree = stream.parse()?;
            mistake.get_or_insert_with(|| {
                syn::Error::new(token.span(), format!("expected layers in braces\nhelp: {EXAMPLE}"))
            });
        }
        let body = match stream.is_empty() {
            true => {
                let message = format!("the network has no braces with layers\nhelp: {EXAMPLE}");
                mistake.get_or_insert_with(|| syn::Error::new_spanned(&name, message));
                TokenStream::new()
            }
            false => braces(stream)?,
        };
        Ok(Self { krate, attributes, visibility, name, input, output, body, mistake, rest: stream.parse()? })
    }
}

fn braces(stream: ParseStream<'_>) -> syn::Result<TokenStream> {
    let body;
    syn::braced!(body in stream);
    body.parse()
}

/// `: [inputs] -> [outputs]`. After a mistake, what comes behind it is read all the same.
fn shapes(stream: ParseStream<'_>, input: &mut ShapeSyntax, output: &mut ShapeSyntax) -> syn::Result<()> {
    let mut mistake = None;
    if stream.peek(Token![<]) {
        let parameters: Generics = stream.parse()?;
        let message = "a network has no parameters: its sizes are constants\n\
                       help: leave them out, and take sizes from `const` items";
        mistake = Some(syn::Error::new_spanned(parameters, message));
    }
    if stream.peek(Token![:]) {
        stream.parse::<Token![:]>()?;
    } else if stream.peek(syn::token::Bracket) {
        let error =
            stream.error("expected a colon between the name and the shape of the input\nhelp: write `Name: [..]`");
        mistake.get_or_insert(error);
    } else {
        let message = format!("expected the shapes of input and output\nhelp: {EXAMPLE}");
        return Err(mistake.unwrap_or_else(|| stream.error(message)));
    }
    *input = ShapeSyntax::read(stream)?;
    if !stream.peek(Token![->]) {
        let message = "expected the shape of the output\nhelp: write it after an arrow: `[28, 28, 1] -> [10]`";
        return Err(mistake.unwrap_or_else(|| stream.error(message)));
    }
    stream.parse::<Token![->]>()?;
    *output = ShapeSyntax::read(stream)?;
    let Some(mistake) = mistake else {
        input.clone().with_known_rank()?;
        output.clone().with_known_rank()?;
        return Ok(());
    };
    // They may name a parameter, which does not exist.
    input.forget_names();
    output.forget_names();
    Err(mistake)
}
