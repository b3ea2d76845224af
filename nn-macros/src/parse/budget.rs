//! `#[budget(ram = 24 KiB, flash = 256 KiB)]`: the most that a network may take; `#[budget(int8, ..)]`: in int8.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Lit, Token};

const HELP: &str = "help: write `#[budget(ram = 24 KiB, flash = 256 KiB)]`, or one of the two, after `int8` for the int8 \
                    network; sizes are numbers or constants, of bytes (`B`), `KiB` or `MiB`";

/// The limits, each as an expression of bytes.
#[derive(Default)]
pub(crate) struct Budget {
    /// Whether they are those of the int8 network.
    pub(crate) int8: bool,
    pub(crate) ram: Option<TokenStream>,
    pub(crate) flash: Option<TokenStream>,
    /// Where it stands.
    pub(crate) tokens: TokenStream,
}

impl Budget {
    /// Reads the attribute.
    pub(crate) fn read(attribute: &Attribute) -> syn::Result<Self> {
        let mut budget: Self = attribute.parse_args()?;
        if budget.ram.is_none() && budget.flash.is_none() {
            return Err(syn::Error::new_spanned(attribute, format!("a budget has a limit\n{HELP}")));
        }
        budget.tokens = attribute.meta.to_token_stream();
        Ok(budget)
    }
}

impl Parse for Budget {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let mut budget = Self::default();
        while !stream.is_empty() {
            let name: Ident = stream.parse()?;
            let limit = match name.to_string().as_str() {
                "int8" if !budget.int8 => {
                    budget.int8 = true;
                    comma(stream)?;
                    continue;
                }
                "int8" => return Err(syn::Error::new(name.span(), format!("`int8` is given twice\n{HELP}"))),
                "ram" => &mut budget.ram,
                "flash" => &mut budget.flash,
                _ => return Err(syn::Error::new(name.span(), format!("a budget has no `{name}`\n{HELP}"))),
            };
            if limit.is_some() {
                return Err(syn::Error::new(name.span(), format!("`{name}` is given twice\n{HELP}")));
            }
            stream.parse::<Token![=]>()?;
            *limit = Some(size(stream)?);
            comma(stream)?;
        }
        Ok(budget)
    }
}

/// What separates limits.
fn comma(stream: ParseStream<'_>) -> syn::Result<()> {
    if !stream.is_empty() {
        stream.parse::<Token![,]>()?;
    }
    Ok(())
}

/// A number and its unit, `24 KiB` or `24KiB`, or an expression.
fn size(stream: ParseStream<'_>) -> syn::Result<TokenStream> {
    let expression: Expr = stream.parse()?;
    if let Expr::Lit(literal) = &expression
        && let Lit::Int(number) = &literal.lit
        && !number.suffix().is_empty()
        && let Some(unit) = bytes(number.suffix())
    {
        let number: usize = number.base10_parse()?;
        return Ok(quote!(#number * #unit));
    }
    if stream.is_empty() || stream.peek(Token![,]) {
        return Ok(expression.into_token_stream());
    }
    let unit: Ident = stream.parse()?;
    match bytes(&unit.to_string()) {
        Some(unit) => Ok(quote!((#expression) * #unit)),
        None => Err(syn::Error::new(unit.span(), format!("no unit of a budget is called `{unit}`\n{HELP}"))),
    }
}

fn bytes(unit: &str) -> Option<Literal> {
    let bytes = match unit {
        "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return None,
    };
    Some(Literal::usize_unsuffixed(bytes))
}
