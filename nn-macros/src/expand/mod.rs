//! The code of a network. Everything that computes is in `nn-core`; what is written here names layers and places.

mod backward;
mod checks;
mod chosen;
mod costs;
mod documentation;
mod enforce;
mod facts;
mod half;
mod inference;
mod infos;
mod int8;
mod items;
mod needed;
mod repeated;
mod stub;
mod taken;
mod training;
mod warnings;

pub(crate) use enforce::enforce;
pub(crate) use stub::stub;

use crate::check::{self, Shapes};
use crate::errors::Errors;
use crate::layer::{Form, Input};
use crate::model::{self, Body, Graph, Head, Node, Normalized, Place, Step, Work};
use crate::parse::Declaration;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Visibility;

/// What the weights are that an inference is written for.
#[derive(Clone, Copy)]
enum Weights {
    Floats,
    HalfFloats,
}

/// A checked network, and the names that its code uses. The layers of a `repeat` are one too.
struct Network<'a> {
    declaration: &'a Declaration,
    visibility: Visibility,
    name: Ident,
    nodes: &'a [Node<'a>],
    shapes: Shapes,
    /// The path of `typednet::__private`.
    private: TokenStream,
    /// The hidden struct whose constants are the network's shapes, settings and plans.
    facts: Ident,
    /// The shape that goes in, as an expression, and the types of one sample in and out.
    input_shape: TokenStream,
    input: TokenStream,
    output: TokenStream,
    /// Documentation and attributes of the struct.
    attributes: TokenStream,
    inference: Graph<'a>,
    training: Graph<'a>,
    head: Head,
    /// Whether it is the layers of a `repeat`.
    is_repeated: bool,
}

/// Writes the network.
pub(crate) fn network(declaration: &Declaration, nodes: &[Node<'_>], shapes: &Shapes) -> TokenStream {
    let (training, head) = model::training(nodes);
    let private = private(declaration);
    let (attributes, sizes, float) = (&declaration.attributes, declaration.input.list(), quote!(f32));
    Network {
        declaration,
        visibility: declaration.visibility.clone(),
        name: declaration.name.clone(),
        nodes,
        shapes: shapes.clone(),
        facts: format_ident!("__{}Facts", declaration.name),
        input_shape: quote!(#private::Shape::new(&[#sizes])),
        private,
        input: declaration.input.array(&float),
        output: declaration.output.array(&float),
        attributes: quote!(#(#attributes)*),
        inference: model::inference(nodes),
        training,
        head,
        is_repeated: false,
    }
    .code()
}

/// The name under which the code of a network knows `typednet::__private`.
pub(crate) fn private(declaration: &Declaration) -> TokenStream {
    let name = format_ident!("__{}", declaration.name, span = Span::call_site());
    quote!(#name)
}

/// Gives `typednet::__private` that name.
pub(crate) fn use_private(declaration: &Declaration) -> TokenStream {
    let (krate, private, conditions) = (&declaration.krate, private(declaration), declaration.conditions());
    quote! {
        #conditions
        #[allow(non_snake_case)]
        use #krate::__private as #private;
    }
}

/// `impl Quantizable` for a network that cannot be quantized, as the type `layers` says.
fn without_int8(private: &TokenStream, conditions: &TokenStream, name: &Ident, layers: &TokenStream) -> TokenStream {
    quote! {
        #conditions
        impl #private::quant::Quantizable for #name {
            type Form = #private::quant::operation::Copied;
            type Layers = #private::quant::#layers;
            type Int8Memory = [i8; 0];

            const INT8_LOWER_BOUND: usize = 0;
            const INT8_OUTPUT: #private::Range<usize> = 0..0;
            const INT8_LAYERS: &'static [#private::Cost] = &[];
            const IS_SUPPORTED: bool = false;

            fn visit<V: #private::quant::Visitor>(&self, _: &mut Self::Form, _: &mut V) {}

            fn infer_int8<I: #private::Isa>(
                _: &Self::Form,
                _: I,
                _: #private::quant::Rounding,
                _: &[i8],
                _: &mut [i8],
            ) {
            }
        }
    }
}

/// The name of a head's type.
fn head_type(head: Head) -> TokenStream {
    match head {
        Head::Linear => quote!(Linear),
        Head::Sigmoid => quote!(Sigmoid),
        Head::Softmax => quote!(Softmax),
    }
}

impl<'a> Network<'a> {
    fn code(&self) -> TokenStream {
        let (items, checks, facts) = (self.items(), self.checks(), self.facts());
        let (choices, warnings) = (self.choices(), self.warnings());
        let (inference, training, repeated) = (self.inference(), self.training(), self.repeated());
        let (half, int8) = (self.half(), self.int8());
        quote!(#items #choices #checks #warnings #facts #inference #training #half #int8 #repeated)
    }

    /// The networks that are the layers of a `repeat`.
    fn repeated(&self) -> TokenStream {
        let mut code = TokenStream::new();
        self.each_node(&mut |node| {
            if let Body::Repeat { nodes, .. } = &node.body {
                code.extend(self.body_of(node, nodes).code());
            }
        });
        code
    }

    /// The layers of a `repeat` as a network of its own, from and to flat samples.
    fn body_of(&self, node: &Node<'a>, nodes: &'a [Node<'a>]) -> Self {
        let (private, facts) = (&self.private, &self.facts);
        let name = node.path.type_name(&self.name);
        let mut shapes = Shapes::default();
        let known = self.shapes.get(&node.input);
        let shape = format_ident!("INPUT");
        shapes.set(&shape, known);
        check::sequence(nodes, known, &mut shapes, &mut Errors::default());
        let (training, head) = model::training(nodes);
        let input = &node.input;
        let input_shape = quote!(#facts::#input);
        let sample = match known {
            Some(shape) => {
                let len = Literal::usize_unsuffixed(shape.len());
                quote!([f32; #len])
            }
            None => quote!([f32; #input_shape.len()]),
        };
        let line = format!("The layers of `{}` in [`{}`].", node.path.text(), self.name);
        let derives = self.derives();
        let _ = private;
        Self {
            declaration: self.declaration,
            visibility: self.visibility.clone(),
            facts: format_ident!("__{name}Facts"),
            name,
            nodes,
            shapes,
            private: self.private.clone(),
            input_shape,
            input: sample.clone(),
            output: sample,
            attributes: quote!(#[doc = #line] #derives),
            inference: model::inference(nodes),
            training,
            head,
            is_repeated: true,
        }
    }

    /// Calls `visit` with every node, those inside blocks after the block, those inside `repeat` not at all.
    fn each_node(&self, visit: &mut dyn FnMut(&'a Node<'a>)) {
        fn each<'n>(node: &'n Node<'n>, visit: &mut dyn FnMut(&'n Node<'n>)) {
            visit(node);
            if !matches!(node.body, Body::Repeat { .. }) {
                node.children().for_each(|child| each(child, visit));
            }
        }
        self.nodes.iter().for_each(|node| each(node, visit));
    }

    /// Calls `visit` with the nodes that training runs for each `repeat`, one repetition after the other.
    fn each_unrolled_node(&self, visit: &mut dyn FnMut(&'a Node<'a>)) {
        fn each<'n>(node: &'n Node<'n>, is_unrolled: bool, visit: &mut dyn FnMut(&'n Node<'n>)) {
            if is_unrolled {
                visit(node);
            }
            match &node.body {
                Body::Repeat { unrolled, .. } => unrolled.iter().for_each(|node| each(node, true, visit)),
                _ => node.children().for_each(|child| each(child, is_unrolled, visit)),
            }
        }
        self.nodes.iter().for_each(|node| each(node, false, visit));
    }

    /// The layers that hold weights and the networks inside, in the order in which they lie in memory.
    fn weighted(&self) -> Vec<&'a Node<'a>> {
        let mut weighted = Vec::new();
        self.each_node(&mut |node| {
            let is_leaf = matches!(node.body, Body::Layer { .. } | Body::Repeat { .. } | Body::Network(_));
            if is_leaf && node.has_weights() {
                weighted.push(node);
            }
        });
        weighted
    }

    /// The `derive` attributes of the network, which its blocks share.
    fn derives(&self) -> TokenStream {
        let derives = self.declaration.attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
        quote!(#(#derives)*)
    }

    /// Brings the methods of layers into scope.
    fn use_layers(&self) -> TokenStream {
        let private = &self.private;
        quote! {
            #[allow(unused_imports)]
            use #private::{InPlace as _, Layer as _, Network as _, Trainable as _};
        }
    }

    /// The constant of a shape.
    fn shape(&self, constant: &Ident) -> TokenStream {
        let facts = &self.facts;
        quote!(#facts::#constant)
    }

    /// What a node receives.
    fn input_of(&self, node: &Node<'_>) -> Input {
        Input { shape: self.shapes.get(&node.input), constant: self.shape(&node.input) }
    }

    /// The type of a layer or of the network that a node runs.
    fn node_type(&self, node: &Node<'_>) -> TokenStream {
        match &node.body {
            Body::Layer { .. } => match self.chosen(node) {
                Some(chosen) => {
                    let private = &self.private;
                    quote!(<#chosen as #private::layer::Choose>::Layer)
                }
                None => self.field_type(node),
            },
            Body::Network(path) => quote!(#path),
            Body::Residual { .. } | Body::Join { .. } | Body::Repeat { .. } => {
                let name = node.path.type_name(&self.name);
                quote!(#name)
            }
            Body::Mistake => quote!(()),
        }
    }

    /// The type of a node's field.
    fn field_type(&self, node: &Node<'_>) -> TokenStream {
        match &node.body {
            Body::Layer { layer, .. } => layer.path(&self.private, &node.syntax.kind, &self.input_of(node)),
            _ => self.node_type(node),
        }
    }

    /// The layer in a node's field, to be changed.
    fn layer_mut(&self, node: &Node<'_>) -> TokenStream {
        let fields = node.path.fields();
        match self.chosen(node) {
            Some(chosen) => quote!(#chosen::layer_mut(&mut self.#fields)),
            None => quote!(self.#fields),
        }
    }

    /// The constant that holds the settings of a step.
    fn settings(&self, work: Work<'_>) -> TokenStream {
        let facts = &self.facts;
        let name = match work {
            Work::Layer(node) => node.path.constant("settings"),
            Work::Activation(node) => node.path.constant("activation"),
            Work::Pooled(pooled) => pooled.pool.path.constant("pooled"),
            Work::Finished(finished) => finished.convolution.path.constant("finished"),
            Work::Measured(normalized, _) | Work::Normalized(normalized) => {
                normalized.convolution.path.constant("normalized")
            }
            Work::Nested(_) | Work::Join(_) | Work::Copy => return quote!(()),
        };
        quote!(#facts::#name)
    }

    /// The layer that does a step: a field of the network, or a layer without weights.
    fn layer(&self, work: Work<'_>) -> TokenStream {
        let private = &self.private;
        match work {
            Work::Layer(node) if node.has_weights() => {
                let fields = node.path.fields();
                match self.chosen(node) {
                    Some(chosen) => quote!(#chosen::layer(&self.#fields)),
                    None => quote!(self.#fields),
                }
            }
            Work::Layer(node) => self.node_type(node),
            Work::Activation(_) => quote!(#private::layer::Activation),
            Work::Pooled(pooled) => {
                let fields = pooled.convolution.path.fields();
                quote!(#private::layer::MaxPooled(&self.#fields))
            }
            Work::Finished(finished) => {
                let convolution = finished.convolution.path.fields();
                let normalization = match finished.normalization {
                    Some(node) => {
                        let fields = node.path.fields();
                        quote!(self.#fields)
                    }
                    None => quote!(()),
                };
                quote!(#private::layer::Finished(&self.#convolution, &#normalization))
            }
            Work::Measured(normalized, before) => self.normalized(normalized, before),
            Work::Normalized(normalized) => self.normalized(normalized, None),
            Work::Nested(node) => self.nested(node, &quote!(&self)),
            Work::Join(_) | Work::Copy => quote!(#private::layer::Identity),
        }
    }

    /// A convolution with its normalization, and with the one before it.
    fn normalized(&self, normalized: Normalized<'_>, before: Option<Normalized<'_>>) -> TokenStream {
        let private = &self.private;
        let before = before.map_or(quote!(()), |before| {
            let fields = before.normalization.path.fields();
            quote!(self.#fields)
        });
        let (convolution, normalization) =
            (normalized.convolution.path.fields(), normalized.normalization.path.fields());
        quote!(#private::layer::Normalized(&#before, &self.#convolution, &self.#normalization))
    }

    /// The networks that a node runs as a slice, within the weights or the gradients.
    fn nested(&self, node: &Node<'_>, within: &TokenStream) -> TokenStream {
        let (private, fields) = (&self.private, node.path.fields());
        match (&node.body, within.to_string().starts_with("& mut")) {
            (Body::Repeat { .. }, _) => quote!(#within.#fields),
            (_, true) => quote!(#private::from_mut(#within.#fields)),
            (_, false) => quote!(#private::from_ref(#within.#fields)),
        }
    }

    /// How often a node runs its network.
    fn count(&self, node: &Node<'_>) -> TokenStream {
        match &node.body {
            Body::Repeat { count, .. } => count.argument(),
            _ => quote!(1),
        }
    }

    /// The steps of training whose layers may save more than values.
    fn saving(&self) -> Vec<&Step<'a>> {
        let saves = |step: &&Step<'_>| match step.work {
            Work::Nested(_) | Work::Pooled(_) | Work::Measured(..) => true,
            Work::Layer(_) => matches!(step.form, Form::Apart { .. }),
            // It shares with the step before it.
            Work::Normalized(_) => false,
            Work::Finished(_) | Work::Activation(_) | Work::Join(_) | Work::Copy => false,
        };
        self.training.steps.iter().filter(saves).collect()
    }
}

/// The number of a buffer; nothing for what lies outside.
fn number(place: Place) -> Option<Literal> {
    match place {
        Place::Buffer(number) => Some(Literal::usize_unsuffixed(number)),
        Place::Outside => None,
    }
}

/// The range of a buffer in a plan; an empty one for what lies outside.
fn range(plan: &TokenStream, place: Place) -> TokenStream {
    match number(place) {
        Some(number) => quote!(#plan.range(#number)),
        None => quote!(0..0),
    }
}
