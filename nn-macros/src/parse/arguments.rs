//! The arguments of a layer: positional ones first, then `name = value`.

use super::shape::Size;
use super::{LayerSyntax, ShapeSyntax, read, suggestion};
use crate::errors::Errors;
use crate::layer::activation::{self, Function};
use nn_core::shape::rule::{self, Limit};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, Token};

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
    /// Whether it has been said that an argument is missing.
    missing: bool,
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
        if stream.is_empty() {
            return Err(stream.error("expected a value\nhelp: named arguments are written `name = value`"));
        }
        let value = stream.parse()?;
        if !stream.is_empty() && !stream.peek(Token![,]) {
            let message = "expected a comma after the argument\n\
                           help: arguments are written `value` or `name = value`, with commas between them";
            return Err(stream.error(message));
        }
        Ok(Self { name, value: ungrouped(value) })
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
        let parsed: Punctuated<Argument, Token![,]> =
            errors.ok(read(layer.arguments.clone(), |stream| stream.call(Punctuated::parse_terminated)))?;
        let mut arguments = Self { layer, given: Vec::new(), errors, missing: false };
        let mut sound = true;
        for (position, argument) in parsed.into_iter().enumerate() {
            let too_many = argument.name.is_none() && position >= parameters.positional.len();
            sound &= arguments.accept(position, argument, parameters).is_some();
            if too_many {
                // Those that follow are too many as well.
                break;
            }
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
                    let message = too_many(kind, parameters, &argument.value);
                    self.errors.at(&argument.value, message);
                    return None;
                }
            },
        };
        if argument.name.is_none() && self.given.len() < position {
            let value = argument.value.to_token_stream();
            let message = "arguments without names come first\nhelp: ";
            self.errors
                .at(&argument.value, format!("{message}write this one before the others, or as `name = {value}`"));
            return None;
        }
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
    pub(crate) fn wrong(&mut self, value: &Expr, message: impl core::fmt::Display) {
        self.errors.at(value, message);
    }

    /// An argument that must be there.
    fn required(&mut self, name: &str, example: &str) -> Option<Expr> {
        let value = self.take(name);
        if value.is_none() && !core::mem::replace(&mut self.missing, true) {
            let kind = &self.layer.kind;
            let message = format!("`{kind}` needs `{name}`\nhelp: write for example `{kind}({example})`");
            self.errors.at(&self.layer.tokens, message);
        }
        value
    }

    /// A size that must be there.
    pub(crate) fn size(&mut self, name: &str, example: &str) -> Option<Size> {
        let value = self.required(name, example)?;
        self.read_size(name, &value)
    }

    /// A size with a default.
    pub(crate) fn size_or(&mut self, name: &str, default: usize) -> Option<Size> {
        match self.take(name) {
            Some(value) => self.read_size(name, &value),
            None => Some(Size::literal(default)),
        }
    }

    fn read_size(&mut self, name: &str, value: &Expr) -> Option<Size> {
        let size = self.errors.ok(Size::new(value))?;
        Some(match size.value {
            Some(_) => size,
            None => Size { tokens: self.errors.constants.add(name, &quote!(usize), value), value: None },
        })
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
            let size = self.read_size(name, value)?;
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
        let (rows, columns) = (self.read_size(name, &pair.elems[0]), self.read_size(name, &pair.elems[1]));
        Some([rows?, columns?])
    }

    /// A shape that must be there.
    pub(crate) fn shape(&mut self, name: &str, example: &str) -> Option<ShapeSyntax> {
        let value = self.required(name, example)?;
        let mut shape = self.errors.ok(ShapeSyntax::new(&value))?;
        if let Expr::Array(array) = &value {
            let named: Option<_> = array.elems.iter().map(|size| self.read_size(name, size)).collect();
            shape.sizes = named?;
        }
        Some(shape)
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

    /// A number within a limit that must be there.
    pub(crate) fn limited(&mut self, name: &'static str, example: &str, limit: Limit) -> Option<TokenStream> {
        let value = self.required(name, example)?;
        self.within(name, &value, limit)
    }

    /// A number within a limit, with a default.
    pub(crate) fn limited_or(&mut self, name: &'static str, default: f32, limit: Limit) -> Option<TokenStream> {
        match self.take(name) {
            Some(value) => self.within(name, &value, limit),
            None => Some(quote!(#default)),
        }
    }

    /// A number of this name within its limit, which is checked here if it is a literal and else by rustc.
    pub(crate) fn within(&mut self, name: &'static str, value: &Expr, limit: Limit) -> Option<TokenStream> {
        let layer = format!("`{}`", self.layer.kind);
        match number(value) {
            Ok(Some(literal)) => match rule::limited(&layer, name, literal, limit) {
                Ok(()) => Some(float(value)),
                Err(message) => {
                    self.wrong(value, message);
                    None
                }
            },
            Ok(None) => Some(self.errors.constants.add_limited(layer, name, limit, value)),
            Err(()) => {
                self.wrong(value, format!("`{name}` is a number\nhelp: write an `f32`, such as `0.5`"));
                None
            }
        }
    }

    /// Adds the mistake that an argument is missing.
    pub(crate) fn missing<T>(&mut self, name: &str, example: &str) -> Option<T> {
        self.required(name, example).and(None)
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
            Some(value) => activation::read(&value, self).map(Some),
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
        Expr::Unary(syn::ExprUnary { op, expr, .. }) => {
            let number = float(expr);
            quote!(#op #number)
        }
        Expr::Group(group) => float(&group.expr),
        other => quote!(#other),
    }
}

/// The value of a literal; `None` if the expression names anything, an error if it is no number.
fn number(value: &Expr) -> Result<Option<f32>, ()> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) if number.suffix().is_empty() => number.base10_parse().map(Some).map_err(|_| ()),
            Lit::Float(number) if matches!(number.suffix(), "" | "f32") => {
                number.base10_parse().map(Some).map_err(|_| ())
            }
            _ => Err(()),
        },
        Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => {
            Ok(number(&negative.expr)?.map(|value| -value))
        }
        Expr::Paren(inner) => number(&inner.expr),
        Expr::Group(inner) => number(&inner.expr),
        _ => Ok(None),
    }
}

fn too_many(kind: &Ident, parameters: Parameters, value: &Expr) -> String {
    match parameters.positional {
        [] if parameters.named.is_empty() => format!("`{kind}` takes no arguments\nhelp: write `{kind}`"),
        [] => {
            let value = value.to_token_stream();
            let names =
                parameters.named.iter().map(|name| format!("`{name} = {value}`")).collect::<Vec<_>>().join(" or ");
            format!("`{kind}` takes its arguments by name\nhelp: write {names}")
        }
        ["shape"] => format!("`{kind}` takes one shape\nhelp: put its sizes in brackets, as in `{kind}([7, 7, 8])`"),
        positional => {
            let named = parameters.named.iter().map(|name| format!("`{name} = ..`")).collect::<Vec<_>>().join(", ");
            let positional = positional.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let also = if named.is_empty() { String::new() } else { format!("; by name also {named}") };
            format!("one argument too many for `{kind}`\nhelp: without names it takes {positional}{also}")
        }
    }
}
