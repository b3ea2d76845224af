//! The arguments of a layer: positional ones first, then `name = value`.

use super::shape::Size;
use super::{LayerSyntax, ShapeSyntax, suggestion};
use crate::errors::Errors;
use crate::layer::activation::{self, Function};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, Token, UnOp};

/// The names of the arguments that a kind of layer takes.
#[derive(Clone, Copy)]
pub(crate) struct Parameters {
    /// Those that may be written without their names, in this order.
    pub(crate) positional: &'static [&'static str],
    /// Those that are written as `name = value`.
    pub(crate) named: &'static [&'static str],
}

impl Parameters {
    fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.positional.iter().chain(self.named).copied()
    }
}

/// The arguments of one layer. Each method takes one of them; a mistake is added to the errors, and `None` given.
pub(crate) struct Arguments<'a> {
    layer: &'a LayerSyntax,
    given: Vec<(&'static str, Expr)>,
    errors: &'a mut Errors,
}

/// `value` or `name = value`.
struct Argument {
    name: Option<Ident>,
    value: Expr,
}

impl Parse for Argument {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let named = stream.peek(syn::Ident) && stream.peek2(Token![=]) && !stream.peek2(Token![==]);
        let name = if named {
            let name = stream.parse()?;
            stream.parse::<Token![=]>()?;
            Some(name)
        } else {
            None
        };
        Ok(Self { name, value: ungrouped(stream.parse()?) })
    }
}

/// What a macro passes on as `$value:expr` comes in a group without brackets, which here stands for nothing.
fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

impl<'a> Arguments<'a> {
    /// Reads the arguments of a layer; `None` if they are not arguments at all.
    pub(crate) fn read(layer: &'a LayerSyntax, parameters: Parameters, errors: &'a mut Errors) -> Option<Self> {
        let parsed = Punctuated::<Argument, Token![,]>::parse_terminated.parse2(layer.arguments.clone());
        let parsed = errors.ok(parsed)?;
        let mut arguments = Self { layer, given: Vec::new(), errors };
        let mut sound = true;
        for (position, argument) in parsed.into_iter().enumerate() {
            sound &= arguments.accept(position, argument, parameters).is_some();
        }
        sound.then_some(arguments)
    }

    /// Finds out which argument this is.
    fn accept(&mut self, position: usize, argument: Argument, parameters: Parameters) -> Option<()> {
        let kind = &self.layer.kind;
        let name = match &argument.name {
            Some(name) => {
                let found = name.to_string();
                let Some(known) = parameters.names().find(|known| *known == found) else {
                    let help = if parameters.names().next().is_none() {
                        format!("help: `{kind}` takes no arguments")
                    } else {
                        suggestion(&found, parameters.names())
                    };
                    self.errors.at(name, format!("`{kind}` has no argument `{found}`\n{help}"));
                    return None;
                };
                known
            }
            None => match parameters.positional.get(position) {
                Some(name) => name,
                None => {
                    let message = too_many(kind, parameters);
                    self.errors.at(&argument.value, message);
                    return None;
                }
            },
        };
        if self.given.iter().any(|(given, _)| *given == name) {
            let place = argument.name.map_or_else(|| argument.value.to_token_stream(), |name| quote!(#name));
            self.errors.at(place, format!("`{name}` is given twice\nhelp: leave one of the two out"));
            return None;
        }
        self.given.push((name, argument.value));
        Some(())
    }

    fn take(&mut self, name: &str) -> Option<Expr> {
        let index = self.given.iter().position(|(given, _)| *given == name)?;
        Some(self.given.swap_remove(index).1)
    }

    /// Adds a mistake at an argument.
    fn wrong(&mut self, value: &Expr, message: impl core::fmt::Display) {
        self.errors.at(value, message);
    }

    /// An argument that must be there.
    fn required(&mut self, name: &str, example: &str) -> Option<Expr> {
        let value = self.take(name);
        if value.is_none() {
            let kind = &self.layer.kind;
            let message = format!("`{kind}` needs `{name}`\nhelp: write for example `{kind}({example})`");
            self.errors.at(&self.layer.tokens, message);
        }
        value
    }

    /// A size that must be there.
    pub(crate) fn size(&mut self, name: &str, example: &str) -> Option<Size> {
        let value = self.required(name, example)?;
        self.errors.ok(Size::new(&value))
    }

    /// A size with a default.
    pub(crate) fn size_or(&mut self, name: &str, default: usize) -> Option<Size> {
        match self.take(name) {
            Some(value) => self.errors.ok(Size::new(&value)),
            None => Some(Size::literal(default)),
        }
    }

    /// A size for rows and columns that must be there: `3` or `(3, 5)`.
    pub(crate) fn pair(&mut self, name: &str, example: &str) -> Option<[Size; 2]> {
        let value = self.required(name, example)?;
        self.read_pair(name, &value)
    }

    /// A size for rows and columns with a default.
    pub(crate) fn pair_or(&mut self, name: &str, default: [Size; 2]) -> Option<[Size; 2]> {
        match self.take(name) {
            Some(value) => self.read_pair(name, &value),
            None => Some(default),
        }
    }

    fn read_pair(&mut self, name: &str, value: &Expr) -> Option<[Size; 2]> {
        let Expr::Tuple(pair) = value else {
            let size = self.errors.ok(Size::new(value))?;
            return Some([size.clone(), size]);
        };
        if pair.elems.len() != 2 {
            let found = pair.elems.len();
            self.wrong(
                value,
                format!(
                    "`{name}` has {found} sizes\nhelp: write `{name} = 3`, or `{name} = (3, 5)` for rows and columns"
                ),
            );
            return None;
        }
        Some([self.errors.ok(Size::new(&pair.elems[0]))?, self.errors.ok(Size::new(&pair.elems[1]))?])
    }

    /// A shape that must be there.
    pub(crate) fn shape(&mut self, name: &str, example: &str) -> Option<ShapeSyntax> {
        let value = self.required(name, example)?;
        self.errors.ok(ShapeSyntax::new(&value))
    }

    /// `true` or `false`.
    pub(crate) fn boolean_or(&mut self, name: &str, default: bool) -> Option<bool> {
        match self.take(name) {
            None => Some(default),
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(value), .. })) => Some(value.value),
            Some(other) => {
                self.wrong(&other, format!("`{name}` is `true` or `false`\nhelp: write `{name} = {}`", !default));
                None
            }
        }
    }

    /// A rate from 0 to 1 that must be there; checked here if it is a literal.
    pub(crate) fn fraction(&mut self, name: &str, example: &str) -> Option<TokenStream> {
        let value = self.required(name, example)?;
        let tokens = float(&value);
        let literal = tokens.to_string().parse::<f32>();
        if value.to_token_stream().to_string().starts_with('-')
            || literal.is_ok_and(|rate| !(0.0..=1.0).contains(&rate))
        {
            self.wrong(&value, format!("`{name}` is a fraction from 0 to 1\nhelp: write for example `{example}`"));
            return None;
        }
        Some(tokens)
    }

    /// Adds the mistake that an argument is missing.
    pub(crate) fn missing<T>(&mut self, name: &str, example: &str) -> Option<T> {
        self.required(name, example).and(None)
    }

    /// A constant expression of type `f32`, with a default.
    pub(crate) fn float_or(&mut self, name: &str, default: f32) -> TokenStream {
        self.take(name).map_or_else(|| quote!(#default), |value| float(&value))
    }

    /// One of some words, such as `valid` and `same`; `None` if it was not given or is not one of them.
    pub(crate) fn word(&mut self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, ()> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let found = value.to_token_stream().to_string();
        if let Some(word) = words.iter().find(|word| **word == found) {
            return Ok(Some(word));
        }
        let help = suggestion(&found, words.iter().copied());
        self.wrong(&value, format!("`{found}` is no {name}\n{help}"));
        Err(())
    }

    /// The activation, `Some(None)` if there is none.
    pub(crate) fn activation(&mut self, name: &str) -> Option<Option<Function>> {
        match self.take(name) {
            None => Some(None),
            Some(value) => self.errors.ok(activation::read(&value)).map(Some),
        }
    }

    /// The initializer, as an expression; `default` if none is given.
    pub(crate) fn initializer(&mut self, name: &str, default: TokenStream) -> Option<TokenStream> {
        match self.take(name) {
            None => Some(default),
            Some(value) => self.errors.ok(crate::layer::initializer::read(&value)),
        }
    }
}

/// A literal such as `1` or `-1` where a float is meant becomes `1.0` or `-1.0`; anything else stays as it is.
pub(crate) fn float(value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
            let literal = Lit::Float(syn::LitFloat::new(&format!("{number}.0"), number.span()));
            quote!(#literal)
        }
        Expr::Unary(negative) if matches!(negative.op, UnOp::Neg(_)) => {
            let (minus, size) = (&negative.op, float(&negative.expr));
            quote!(#minus #size)
        }
        Expr::Group(group) => float(&group.expr),
        other => quote!(#other),
    }
}

fn too_many(kind: &Ident, parameters: Parameters) -> String {
    match parameters.positional {
        [] if parameters.named.is_empty() => format!("`{kind}` takes no arguments\nhelp: write `{kind}`"),
        [] => format!("`{kind}` takes named arguments only\nhelp: write `{} = ..`", parameters.named[0]),
        positional => {
            let named = parameters.named.iter().map(|name| format!("`{name} = ..`")).collect::<Vec<_>>().join(", ");
            let positional = positional.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let also = if named.is_empty() { String::new() } else { format!("; by name also {named}") };
            format!("one argument too many for `{kind}`\nhelp: without names it takes {positional}{also}")
        }
    }
}
