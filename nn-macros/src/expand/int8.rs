//! `impl Quantizable`: the struct of the prepared operations, how they are prepared, and one inference in bytes.

use super::Network;
use super::repeated::Alone;
use super::taken::Taken;
use crate::model::{Body, Inference, Int8Graph, Join, Node, Operation, Path, Step, Work, int8};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

impl Network<'_> {
    pub(super) fn int8(&self) -> TokenStream {
        match int8(self.nodes) {
            Some(graph) => {
                let memory = Inference::new(&graph.graph, self.is_repeated);
                Int8 { network: self, memory, graph }.code()
            }
            None => {
                let (private, conditions, none) = (&self.private, self.declaration.conditions(), TokenStream::new());
                let repeated = self.is_repeated.then(|| self.infer_int8_in_place(&quote!(0), &none));
                let without = super::without_int8(private, &conditions, &self.name, &quote!(CustomLayer));
                quote!(#without #repeated)
            }
        }
    }
}

impl Network<'_> {
    /// The layers of a `repeat` in bytes, on data that they write over, given the bytes that they need besides.
    fn infer_int8_in_place(&self, bytes: &TokenStream, steps: &TokenStream) -> TokenStream {
        let (private, name, conditions) = (&self.private, &self.name, self.declaration.conditions());
        quote! {
            #conditions
            impl #private::quant::Repeated for #name {
                const BYTES: usize = #bytes;

                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_int8_in_place<I: #private::Isa>(
                    form: &Self::Form,
                    isa: I,
                    rounding: #private::quant::Rounding,
                    data: &mut [i8],
                    memory: &mut [i8],
                ) {
                    #steps
                }
            }
        }
    }
}

/// The int8 form of a network.
pub(super) struct Int8<'n, 'a> {
    pub(super) network: &'n Network<'a>,
    pub(super) graph: Int8Graph<'n>,
    memory: Inference,
}

impl Int8<'_, '_> {
    fn code(&self) -> TokenStream {
        let network = self.network;
        let (private, name, facts) = (&network.private, &network.name, &network.facts);
        let (conditions, form) = (network.declaration.conditions(), format_ident!("__{name}Int8"));
        let (item, constants, layers) = (self.item(&form), self.constants(), self.layers());
        let (visits, steps) = (self.each(Self::visit), self.each(Self::infer));
        let (last, use_layers) = (self.graph.graph.output, network.use_layers());
        let (plan, place) = (quote!(#facts::INT8), self.memory.places[last]);
        let Alone { total, output, least } = network.alone(&plan, place);
        let (steps, repeated) = match network.is_repeated {
            false => (steps, None),
            true => {
                let call = quote!(<Self as #private::quant::Repeated>::infer_int8_in_place(form, isa, rounding, data, memory););
                let back = network.back(&plan, place);
                let in_place = network.infer_int8_in_place(&quote!(#plan.total()), &quote!(#steps #back));
                (network.on_a_copy(&plan, &call), Some(in_place))
            }
        };
        let (costs, supported) = (self.costs(), self.nested_types());
        let supported = supported.iter().map(|ty| quote!(<#ty as #private::quant::Quantizable>::IS_SUPPORTED));
        quote! {
            #item
            #conditions
            #[allow(dead_code, long_running_const_eval, non_upper_case_globals)]
            impl #facts {
                #constants
            }
            #conditions
            impl #private::quant::Quantizable for #name {
                type Form = #form;
                type Layers = #layers;
                type Int8Memory = [i8; #total];

                const INT8_LOWER_BOUND: usize = #least;
                const INT8_OUTPUT: #private::Range<usize> = #output;
                const INT8_LAYERS: &'static [#private::Cost] = &[#costs];
                const IS_SUPPORTED: bool = true #(&& #supported)*;

                fn visit<V: #private::quant::Visitor>(&self, form: &mut Self::Form, visitor: &mut V) {
                    #use_layers
                    #visits
                    visitor.finish(#last);
                }

                #[inline(always)]
                #[allow(unused_variables)]
                fn infer_int8<I: #private::Isa>(
                    form: &Self::Form,
                    isa: I,
                    rounding: #private::quant::Rounding,
                    input: &[i8],
                    memory: &mut [i8],
                ) {
                    #steps
                }
            }
            #repeated
        }
    }

    fn each(&self, code: fn(&Self, usize, &Operation<'_>, &Step<'_>) -> TokenStream) -> TokenStream {
        let pairs = self.graph.operations.iter().zip(&self.graph.graph.steps);
        pairs.enumerate().map(|(time, (operation, step))| code(self, time, operation, step)).collect()
    }

    /// The struct of the prepared operations.
    fn item(&self, form: &Ident) -> TokenStream {
        let network = self.network;
        let (private, conditions, visibility) =
            (&network.private, network.declaration.conditions(), &network.visibility);
        let (mut fields, mut parts) = (TokenStream::new(), TokenStream::new());
        for operation in &self.graph.operations {
            let (field, text) = (self.field(operation), self.path(operation).text());
            let ty = self.form_type(operation);
            let place = quote!(#private::offset_of!(#form, #field));
            match operation {
                Operation::Networks(node) => {
                    let count = network.count(node);
                    fields.extend(quote!(#field: [#ty; #count],));
                    parts.extend(match node.body {
                        Body::Repeat { .. } => {
                            quote!(#private::quant::FormPart::array::<#ty>(#text, #place, #count),)
                        }
                        _ => quote!(#private::quant::FormPart::one::<#ty>(#text, #place),),
                    });
                }
                _ => {
                    fields.extend(quote!(#field: #ty,));
                    parts.extend(quote!(#private::quant::FormPart::one::<#ty>(#text, #place),));
                }
            }
        }
        quote! {
            #conditions
            #[doc(hidden)]
            #[allow(non_camel_case_types, non_snake_case)]
            #[repr(C)]
            #visibility struct #form {
                #fields
            }
            // SAFETY: each field is a form, at the place that is stated.
            #conditions
            unsafe impl #private::quant::Form for #form {
                const CONTENTS: #private::quant::Contents =
                    #private::quant::Contents { tensors: &[], parts: &[#parts] };
            }
        }
    }

    /// The path of an operation, by which it is called in files and reports.
    fn path(&self, operation: &Operation<'_>) -> Path {
        match operation {
            Operation::Sums { node, .. }
            | Operation::Normalization { node, .. }
            | Operation::Pool { node, .. }
            | Operation::Mean(node)
            | Operation::Networks(node)
            | Operation::Join { node, part: 0, .. }
            | Operation::Function(Work::Layer(node))
            | Operation::Softmax(Work::Layer(node)) => node.path.clone(),
            Operation::Function(Work::Activation(node)) | Operation::Softmax(Work::Activation(node)) => {
                node.path.child(&format_ident!("activation"))
            }
            Operation::Join { node, part, .. } => node.path.child(&format_ident!("part_{part}")),
            Operation::Function(_) | Operation::Softmax(_) | Operation::Copy => {
                Path::default().child(&format_ident!("copy"))
            }
        }
    }

    /// The field of an operation.
    fn field(&self, operation: &Operation<'_>) -> Ident {
        self.path(operation).constant("form")
    }

    /// The constant of the sizes of sums.
    fn sizes(&self, operation: &Operation<'_>) -> TokenStream {
        let (facts, constant) = (&self.network.facts, self.path(operation).constant("int8"));
        quote!(#facts::#constant)
    }

    pub(super) fn form_type(&self, operation: &Operation<'_>) -> TokenStream {
        let private = &self.network.private;
        let of = |name: TokenStream| quote!(#private::quant::operation::#name);
        match operation {
            Operation::Sums { .. } | Operation::Normalization { .. } => {
                let sizes = self.sizes(operation);
                of(quote!(Sums<{ #sizes.weights() + #sizes.slack() }, { #sizes.channels() }, { #sizes.slack() }>))
            }
            Operation::Pool { .. } => of(quote!(Pooled)),
            Operation::Mean(_) => of(quote!(Mean)),
            Operation::Function(_) => of(quote!(Table)),
            Operation::Softmax(_) => of(quote!(Softmax)),
            Operation::Join { join: Join::Add, .. } => of(quote!(Sum)),
            Operation::Join { join: Join::Multiply, .. } => of(quote!(Product)),
            Operation::Join { node, join: Join::Concat, .. } => {
                let count = branches(node);
                of(quote!(Concat<#count>))
            }
            Operation::Networks(node) => {
                let ty = self.network.node_type(node);
                quote!(<#ty as #private::quant::Quantizable>::Form)
            }
            Operation::Copy => of(quote!(Copied)),
        }
    }

    /// The sizes of the sums, and where the values lie.
    fn constants(&self) -> TokenStream {
        let network = self.network;
        let (private, sums) = (&network.private, quote!(SumsSettings));
        let mut constants = TokenStream::new();
        for operation in &self.graph.operations {
            let (node, sizes, pool) = match operation {
                Operation::Sums { node, sizes, pool, .. } => (node, *sizes, *pool),
                Operation::Normalization { node, .. } => (node, "batch_norm", None),
                _ => continue,
            };
            let name = self.path(operation).constant("int8");
            let (sizes, settings) = (format_ident!("{sizes}"), network.settings(Work::Layer(node)));
            let pool = pool.map(|pool| {
                let settings = network.settings(Work::Layer(pool));
                quote!(.pooled(&#settings))
            });
            constants.extend(quote! {
                const #name: #private::quant::operation::#sums =
                    #private::quant::operation::#sums::#sizes(&#settings) #pool;
            });
        }
        let memory = |node: &Node<'_>| {
            let ty = network.node_type(node);
            match node.body {
                Body::Repeat { .. } => quote!(<#ty as #private::quant::Repeated>::BYTES),
                _ => quote!(#private::quant::memory::<#ty>()),
            }
        };
        constants.extend(network.plan("INT8", &self.graph.graph, &self.memory.buffers, &memory));
        constants
    }

    /// Whether all networks inside have int8 forms, as a type.
    fn layers(&self) -> TokenStream {
        let private = &self.network.private;
        let layers = quote!(#private::quant::Int8Layers);
        self.nested_types()
            .iter()
            .fold(layers, |layers, ty| quote!((<#ty as #private::quant::Quantizable>::Layers, #layers)))
    }

    /// The types of the networks inside.
    fn nested_types(&self) -> Vec<TokenStream> {
        let operations = self.graph.operations.iter();
        let types = operations.filter_map(|operation| match operation {
            Operation::Networks(node) => Some(self.network.node_type(node)),
            _ => None,
        });
        types.collect()
    }

    /// Shows an operation to the visitor.
    fn visit(&self, _time: usize, operation: &Operation<'_>, step: &Step<'_>) -> TokenStream {
        let network = self.network;
        let private = &network.private;
        let (field, text) = (self.field(operation), self.path(operation).text());
        let (inputs, output) = (&step.inputs, step.output);
        let len = network.shape(&self.graph.graph.shapes[output]);
        let place = quote! {
            #private::quant::Place { name: #text, inputs: &[#(#inputs),*], output: #output, len: #len.len() }
        };
        if let Operation::Networks(node) = operation {
            let networks = network.nested(node, &quote!(&self));
            return quote!(visitor.networks(#place, #networks, &mut form.#field););
        }
        let step = self.step(operation, step);
        quote!(visitor.step(#place, &#private::quant::operation::#step, &mut form.#field);)
    }

    /// An operation with the layers that it is made of.
    fn step(&self, operation: &Operation<'_>, step: &Step<'_>) -> TokenStream {
        let network = self.network;
        let private = &network.private;
        match operation {
            Operation::Sums { node, normalization, cut, .. } => {
                let (layer, settings) = (network.layer(Work::Layer(node)), network.settings(Work::Layer(node)));
                let normalization = normalization.map(Work::Layer);
                self.sums(operation, [quote!(&#layer), quote!(&#settings)], normalization, *cut)
            }
            Operation::Normalization { node, cut } => {
                let layer = [quote!(&#private::layer::Identity), quote!(&())];
                self.sums(operation, layer, Some(Work::Layer(node)), *cut)
            }
            Operation::Pool { node, made_by } => {
                let (made_by, settings) = (format_ident!("{made_by}"), network.settings(Work::Layer(node)));
                quote!(PoolStep::#made_by(&#settings))
            }
            Operation::Mean(node) => {
                let settings = network.settings(Work::Layer(node));
                quote!(MeanStep::new(&#settings))
            }
            Operation::Function(work) => {
                let settings = network.settings(*work);
                quote!(FunctionStep::new(&#settings))
            }
            Operation::Softmax(work) => {
                let settings = network.settings(*work);
                quote!(SoftmaxStep::new(&#settings))
            }
            Operation::Join { join: Join::Concat, .. } => {
                let columns = step.inputs.iter().map(|input| network.shape(&self.graph.graph.shapes[*input]));
                quote!(ConcatStep { columns: [#(#columns.last()),*] })
            }
            Operation::Join { join, cut, .. } => {
                let name = format_ident!("{}", if *join == Join::Add { "SumStep" } else { "ProductStep" });
                let cut = self.cut(*cut);
                quote!(#name { cut: #cut })
            }
            Operation::Copy | Operation::Networks(_) => quote!(CopyStep),
        }
    }

    /// Sums, given a layer and its settings.
    fn sums(
        &self,
        operation: &Operation<'_>,
        [layer, layer_settings]: [TokenStream; 2],
        normalization: Option<Work<'_>>,
        cut: Option<&'static str>,
    ) -> TokenStream {
        let (network, sizes, cut) = (self.network, self.sizes(operation), self.cut(cut));
        let private = &network.private;
        let normalization = match normalization {
            Some(work) => {
                let (layer, settings) = (network.layer(work), network.settings(work));
                let new = quote!(#private::quant::operation::Normalization::new(&#layer, &#settings));
                quote!(#private::Option::Some(#new))
            }
            None => quote!(#private::Option::None),
        };
        quote! {
            SumsStep {
                layer: #layer,
                layer_settings: #layer_settings,
                settings: &#sizes,
                normalization: #normalization,
                cut: #cut,
            }
        }
    }

    fn cut(&self, cut: Option<&'static str>) -> TokenStream {
        let (private, name) = (&self.network.private, format_ident!("{}", cut.unwrap_or("None").to_uppercase()));
        quote!(#private::quant::operation::cut::#name)
    }

    /// Runs an operation where its values lie.
    fn infer(&self, time: usize, operation: &Operation<'_>, step: &Step<'_>) -> TokenStream {
        let network = self.network;
        let (private, facts) = (&network.private, &network.facts);
        let field = self.field(operation);
        let Taken { buffers, inputs, output, inner } = Taken::new(time, step, &self.memory, &quote!(#facts::INT8));
        let (input, in_place) = (&inputs[0], self.memory.places[step.inputs[0]] == self.memory.places[step.output]);
        let copy = (!in_place).then(|| quote!(#output.copy_from_slice(#input);));
        let call = match operation {
            Operation::Sums { .. } | Operation::Normalization { .. } => {
                let sizes = self.sizes(operation);
                quote!(form.#field.run(isa, rounding, &#sizes, #input, #output))
            }
            Operation::Pool { node, .. } => {
                let settings = network.settings(Work::Layer(node));
                quote!(form.#field.run(isa, &#settings, #input, #output))
            }
            Operation::Mean(_) => quote!(form.#field.run(isa, rounding, #input, #output)),
            Operation::Function(_) => quote!(#copy form.#field.run_in_place(isa, #output)),
            Operation::Softmax(_) => {
                let shape = network.shape(&self.graph.graph.shapes[step.output]);
                quote!(form.#field.run(isa, #shape.last(), #input, #output))
            }
            Operation::Join { join: Join::Concat, .. } => self.concat(&field, step, &inputs, &output),
            Operation::Join { .. } => quote!(form.#field.run(isa, rounding, [#(&*#inputs),*], #output)),
            Operation::Networks(node) => {
                let ty = network.node_type(node);
                match node.body {
                    Body::Repeat { .. } => quote! {
                        #copy #private::quant::infer_repeated::<#ty, I>(&form.#field, isa, rounding, #output, #inner)
                    },
                    _ => quote! {
                        #private::quant::infer_network::<#ty, I>(&form.#field, isa, rounding, #input, #output, #inner)
                    },
                }
            }
            Operation::Copy => quote!(form.#field.run(#input, #output)),
        };
        quote!(#buffers #call;)
    }

    fn concat(&self, field: &Ident, step: &Step<'_>, inputs: &[TokenStream], output: &TokenStream) -> TokenStream {
        let private = &self.network.private;
        let mut offset = quote!(0);
        let mut code = TokenStream::new();
        let total = self.network.shape(&self.graph.graph.shapes[step.output]);
        for (index, (input, value)) in inputs.iter().zip(&step.inputs).enumerate() {
            let width = self.network.shape(&self.graph.graph.shapes[*value]);
            let columns = quote! {
                #private::quant::operation::Columns {
                    input: #width.last(),
                    offset: #offset,
                    output: #total.last(),
                }
            };
            code.extend(quote!(form.#field.run::<_, #index>(isa, rounding, #columns, #input, #output);));
            offset = quote!(#offset + #width.last());
        }
        code
    }
}

/// The number of branches of a block.
fn branches(node: &Node<'_>) -> Literal {
    let count = match &node.body {
        Body::Join { branches, .. } => branches.len(),
        _ => 0,
    };
    Literal::usize_unsuffixed(count)
}
