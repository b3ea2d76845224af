//! Shapes as written, `[28, 28, CHANNELS]`, and sizes: any constant expression of type `usize`.

use nn_core::shape::{MOST_DIMENSIONS, Shape};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, Lit, Token};

/// A size: an expression, and its value if it is made of literals alone.
#[derive(Clone)]
pub(crate) struct Size {
    pub(crate) tokens: TokenStream,
    pub(crate) value: Option<usize>,
}

impl Size {
    /// A size that the language itself supplies.
    pub(crate) fn literal(value: usize) -> Self {
        let literal = proc_macro2::Literal::usize_unsuffixed(value);
        Self { tokens: quote!(#literal), value: Some(value) }
    }

    /// The size to stand as a const argument.
    pub(crate) fn argument(&self) -> TokenStream {
        let tokens = &self.tokens;
        if self.value.is_some() { quote!(#tokens) } else { quote!({ #tokens }) }
    }

    /// The size that an expression stands for.
    pub(crate) fn new(expression: &Expr) -> syn::Result<Self> {
        let value = evaluate(expression)?;
        let tokens = match value {
            Some(value) => {
                let mut literal = proc_macro2::Literal::usize_unsuffixed(value);
                literal.set_span(syn::spanned::Spanned::span(expression));
                literal.to_token_stream()
            }
            None => expression.to_token_stream(),
        };
        Ok(Self { tokens, value })
    }
}

/// The value of an expression of literals; `None` if it names anything.
fn evaluate(expression: &Expr) -> syn::Result<Option<usize>> {
    let overflow = || {
        let message = format!("a size is a whole number from 0 to {}\nhelp: write a `usize`, such as `3`", usize::MAX);
        syn::Error::new_spanned(expression, message)
    };
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if matches!(number.suffix(), "" | "usize") => {
                number.base10_parse().map(Some).map_err(|_| overflow())
            }
            _ => Err(syn::Error::new_spanned(
                expression,
                "a size is a whole number\nhelp: write a `usize`, such as `3`, or a constant expression of that type",
            )),
        },
        Expr::Paren(inner) => evaluate(&inner.expr),
        Expr::Group(inner) => evaluate(&inner.expr),
        Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => Err(overflow()),
        Expr::Binary(binary) => {
            let (Some(left), Some(right)) = (evaluate(&binary.left)?, evaluate(&binary.right)?) else {
                return Ok(None);
            };
            let value = match binary.op {
                BinOp::Add(_) => left.checked_add(right),
                BinOp::Sub(_) => left.checked_sub(right),
                BinOp::Mul(_) => left.checked_mul(right),
                BinOp::Div(_) => left.checked_div(right),
                BinOp::Rem(_) => left.checked_rem(right),
                _ => return Ok(None),
            };
            value.map(Some).ok_or_else(overflow)
        }
        _ => Ok(None),
    }
}

/// A shape as written.
#[derive(Clone)]
pub(crate) struct ShapeSyntax {
    pub(crate) sizes: Vec<Size>,
    written: TokenStream,
}

impl ShapeSyntax {
    /// The shape that an array expression stands for.
    pub(crate) fn new(expression: &Expr) -> syn::Result<Self> {
        let Expr::Array(array) = expression else {
            return Err(syn::Error::new_spanned(
                expression,
                "a shape is written in brackets\nhelp: write its sizes, such as `[28, 28, 1]`, or `[784]` if it is flat",
            ));
        };
        Self::of(&array.elems, array.to_token_stream())?.with_known_rank()
    }

    fn of(elements: &Punctuated<Expr, Token![,]>, written: TokenStream) -> syn::Result<Self> {
        let sizes = elements.iter().map(Size::new).collect::<syn::Result<_>>()?;
        Ok(Self { sizes, written })
    }

    /// This shape, unless it has too many dimensions.
    pub(crate) fn with_known_rank(self) -> syn::Result<Self> {
        if self.sizes.len() > MOST_DIMENSIONS {
            let message = format!(
                "a shape has at most {MOST_DIMENSIONS} dimensions, and this one has {}\n\
                 help: the batch is no dimension; join others, as `[rows * columns, channels]`",
                self.sizes.len()
            );
            return Err(syn::Error::new_spanned(&self.written, message));
        }
        Ok(self)
    }

    /// What stands for a shape that could not be read.
    pub(crate) fn unread() -> Self {
        Self { sizes: vec![Size::literal(1)], written: quote!([1]) }
    }

    /// Puts 1 for every size that names anything.
    pub(crate) fn forget_names(&mut self) {
        self.sizes.iter_mut().filter(|size| size.value.is_none()).for_each(|size| *size = Size::literal(1));
    }

    /// The shape, if every size is a literal.
    pub(crate) fn value(&self) -> Option<Shape> {
        let sizes: Option<Vec<usize>> = self.sizes.iter().map(|size| size.value).collect();
        sizes.map(|sizes| Shape::new(&sizes))
    }

    /// The nested array of floats of this shape: `[[[f32; C]; W]; H]`.
    pub(crate) fn array(&self, float: &TokenStream) -> TokenStream {
        self.sizes.iter().rev().fold(float.clone(), |array, size| {
            let size = &size.tokens;
            quote!([#array; #size])
        })
    }

    /// The sizes between commas.
    pub(crate) fn list(&self) -> TokenStream {
        let sizes = self.sizes.iter().map(|size| &size.tokens);
        quote!(#(#sizes),*)
    }
}

impl ToTokens for ShapeSyntax {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.written.to_tokens(tokens);
    }
}

impl Parse for ShapeSyntax {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Self::read(input)?.with_known_rank()
    }
}

impl ShapeSyntax {
    /// Reads a shape of any number of dimensions.
    pub(crate) fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(syn::token::Bracket) {
            return Err(input.error("expected a shape\nhelp: write the sizes in brackets, such as `[28, 28, 1]`"));
        }
        let content;
        let brackets = syn::bracketed!(content in input);
        let elements = content.call(Punctuated::<Expr, Token![,]>::parse_terminated)?;
        let mut written = TokenStream::new();
        brackets.surround(&mut written, |inner| elements.to_tokens(inner));
        Self::of(&elements, written)
    }
}
