//! From tokens to what was written: a declaration, its shapes and its layers, every part with its place.

mod arguments;
mod declaration;
mod layer;
mod shape;
mod suggest;

pub(crate) use arguments::{Arguments, Parameters, float};
pub(crate) use declaration::{Declaration, declaration};
pub(crate) use layer::{BLOCKS, BranchSyntax, Content, JOINS, LayerSyntax};
pub(crate) use shape::{ShapeSyntax, Size};
pub(crate) use suggest::suggestion;
