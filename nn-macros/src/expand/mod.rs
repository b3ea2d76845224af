//! The code of a network. Everything that computes is in `nn-core`; what is written here names layers and places.

mod documentation;
mod enforce;
mod facts;
mod inference;
mod items;
mod stub;
mod training;

pub(crate) use enforce::enforce;
pub(crate) use stub::stub;

use crate::check::Shapes;
use crate::layer::{Input, Node};
use crate::model::{self, Head, Part, Step};
use crate::parse::Declaration;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// A checked network, and the names that its code uses.
struct Network<'a> {
    declaration: &'a Declaration,
    nodes: &'a [Node<'a>],
    shapes: &'a Shapes,
    /// The path of `typednet::__private`.
    private: TokenStream,
    /// The hidden struct whose constants are the network's shapes, settings and plans.
    facts: Ident,
    inference: Vec<Step>,
    training: Vec<Step>,
    head: Head,
}

/// Writes the network.
pub(crate) fn network(declaration: &Declaration, nodes: &[Node<'_>], shapes: &Shapes) -> TokenStream {
    let (training, head) = model::training(nodes);
    let network = Network {
        declaration,
        nodes,
        shapes,
        private: private(declaration),
        facts: format_ident!("__{}Facts", declaration.name),
        inference: model::inference(nodes),
        training,
        head,
    };
    let items = network.items();
    let facts = network.facts();
    let inference = network.inference();
    let training = network.training();
    quote!(#items #facts #inference #training)
}

pub(crate) fn private(declaration: &Declaration) -> TokenStream {
    let krate = &declaration.krate;
    quote!(#krate::__private)
}

/// The name of a head's type.
fn head_type(head: Head) -> TokenStream {
    match head {
        Head::Linear => quote!(Linear),
        Head::Sigmoid => quote!(Sigmoid),
        Head::Softmax => quote!(Softmax),
    }
}

impl Network<'_> {
    /// Brings the methods of layers into scope.
    fn use_layers(&self) -> TokenStream {
        let private = &self.private;
        quote! {
            #[allow(unused_imports)]
            use #private::{InPlace as _, Layer as _};
        }
    }

    /// The constant of the shape that goes into node `number`, which is the one that comes out of node `number - 1`.
    fn shape_constant(&self, number: usize) -> TokenStream {
        let facts = &self.facts;
        let name = match number.checked_sub(1) {
            Some(before) => format_ident!("shape_{}", self.nodes[before].name),
            None => format_ident!("shape_of_input"),
        };
        quote!(#facts::#name)
    }

    /// What node `number` receives.
    fn input(&self, number: usize) -> Input {
        Input { shape: self.shapes.known[number], constant: self.shape_constant(number) }
    }

    /// The type of node `number`.
    fn layer_type(&self, number: usize) -> TokenStream {
        let node = &self.nodes[number];
        let layer = node.layer.as_ref();
        layer.map(|layer| layer.path(&self.private, &node.syntax.kind, &self.input(number))).unwrap_or_default()
    }

    /// The nodes that hold weights, with their numbers.
    fn weighted(&self) -> impl Iterator<Item = (usize, &Node<'_>)> {
        let weighted = |node: &Node<'_>| node.layer.as_ref().is_some_and(|layer| layer.has_weights());
        self.nodes.iter().enumerate().filter(move |(_, node)| weighted(node))
    }

    /// The constant that holds the settings of a step.
    fn settings_constant(&self, part: Part) -> TokenStream {
        let facts = &self.facts;
        let name = match part {
            Part::Layer(number) => format_ident!("settings_{}", self.nodes[number].name),
            Part::Activation(number) => format_ident!("activation_{}", self.nodes[number].name),
            Part::Copy => return quote!(()),
        };
        quote!(#facts::#name)
    }

    /// The value of the layer that does a step: a field of the network, or a layer without weights.
    fn layer_value(&self, part: Part) -> TokenStream {
        let private = &self.private;
        match part {
            Part::Layer(number) => {
                let name = &self.nodes[number].name;
                if self.weighted().any(|(weighted, _)| weighted == number) {
                    quote!(self.#name)
                } else {
                    self.layer_type(number)
                }
            }
            Part::Activation(_) => quote!(#private::layer::Activation),
            Part::Copy => quote!(#private::layer::Identity),
        }
    }

    /// The shape constant of a value of some steps.
    fn value_shape(&self, steps: &[Step], value: usize) -> TokenStream {
        match value.checked_sub(1).map(|step| steps[step].part) {
            None => self.shape_constant(0),
            Some(Part::Layer(node) | Part::Activation(node)) => self.shape_constant(node + 1),
            Some(Part::Copy) => self.value_shape(steps, value - 1),
        }
    }
}
