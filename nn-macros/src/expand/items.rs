//! The struct of the weights, the struct of their derivatives, and the checks that rustc makes.

use super::Network;
use super::enforce;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

impl Network<'_> {
    pub(super) fn items(&self) -> TokenStream {
        let (weights, gradients) = (self.weights_struct(), self.gradients_struct());
        let (debug, checks) = (self.debug(), self.checks());
        quote!(#weights #gradients #debug #checks)
    }

    fn weights_struct(&self) -> TokenStream {
        let declaration = self.declaration;
        let (attributes, visibility, name) = (&declaration.attributes, &declaration.visibility, &declaration.name);
        let (conditions, private) = (declaration.conditions(), &self.private);
        let documentation = self.documentation();
        let fields = self.weighted().map(|(number, node)| {
            let (name, attributes, ty) = (&node.name, &node.syntax.attributes, self.layer_type(number));
            let line = self.field_documentation(number);
            quote!(#(#attributes)* #[doc = #line] pub #name: #ty)
        });
        quote! {
            #(#attributes)*
            #documentation
            #[repr(C)]
            #visibility struct #name {
                #(#fields),*
            }
            // SAFETY: the struct is laid out as in C, and each field is a layer, which is plain.
            #conditions
            unsafe impl #private::Plain for #name {}
        }
    }

    fn gradients_struct(&self) -> TokenStream {
        let declaration = self.declaration;
        let (visibility, name) = (&declaration.visibility, format_ident!("{}Gradients", declaration.name));
        let (conditions, private) = (declaration.conditions(), &self.private);
        let line = format!("The derivatives of a loss by the weights of [`{}`].", declaration.name);
        let fields = self.weighted().map(|(number, node)| {
            let (field, ty) = (&node.name, self.layer_type(number));
            let line = format!("The derivatives by `{field}`.");
            quote!(#[doc = #line] pub #field: <#ty as #private::Layer>::Gradient)
        });
        let text = name.to_string();
        quote! {
            #conditions
            #[doc = #line]
            #[repr(C)]
            #visibility struct #name {
                #(#fields),*
            }
            // SAFETY: the struct is laid out as in C, and each field is a layer's gradient, which is plain.
            #conditions
            unsafe impl #private::Plain for #name {}
            #conditions
            impl #private::Debug for #name {
                fn fmt(&self, formatter: &mut #private::Formatter<'_>) -> #private::FmtResult {
                    formatter.write_str(#text)
                }
            }
        }
    }

    /// `Debug` prints the name alone, unless the author derives it.
    fn debug(&self) -> TokenStream {
        if self.declaration.derives("Debug") {
            return TokenStream::new();
        }
        let (name, conditions, private) = (&self.declaration.name, self.declaration.conditions(), &self.private);
        let text = name.to_string();
        quote! {
            #conditions
            impl #private::Debug for #name {
                fn fmt(&self, formatter: &mut #private::Formatter<'_>) -> #private::FmtResult {
                    formatter.write_str(#text)
                }
            }
        }
    }

    /// The shape rules of the layers whose sizes only rustc knows, each at its layer, and the layout of the struct.
    fn checks(&self) -> TokenStream {
        let (name, private, conditions) = (&self.declaration.name, &self.private, self.declaration.conditions());
        let enforce =
            |place: &dyn ToTokens, rule: TokenStream| enforce(private, &conditions, place.to_token_stream(), &rule);
        let mut checks = TokenStream::new();
        if self.shapes.known[0].is_none() {
            let sizes = self.declaration.input.list();
            let rule = quote!(#private::rule::input(#private::Shape::new(&[#sizes])));
            checks.extend(enforce(&self.declaration.input, rule));
        }
        for (number, node) in self.nodes.iter().enumerate() {
            let (title, input, output) = (node.title(), self.shape_constant(number), self.shape_constant(number + 1));
            let Some(layer) = &node.layer else { continue };
            let known = self.shapes.known[number].and_then(|shape| layer.outcome(&title, shape)).is_some();
            if !known {
                checks.extend(enforce(&node.syntax.tokens, layer.rule(private, &title, &input)));
            }
            if let (Some(stated), true) = (node.stated(), self.shapes.known[number + 1].is_none()) {
                let (rule, sizes) = (layer.rule(private, "", &input), stated.list());
                let given = quote!(#private::rule::shape(#rule));
                let stated_shape = quote!(#private::Shape::new(&[#sizes]));
                checks.extend(enforce(stated, quote!(#private::rule::stated(#title, #given, #stated_shape))));
            }
            if number + 1 == self.nodes.len() && self.output_is_open() {
                let declared = self.declaration.output.list();
                let rule = quote!(#private::rule::output(#output, #private::Shape::new(&[#declared])));
                checks.extend(enforce(&node.syntax.tokens, rule));
            }
        }
        let floats = self.weighted().map(|(number, _)| {
            let ty = self.layer_type(number);
            quote!(<#ty as #private::Plain>::FLOATS)
        });
        quote! {
            #checks
            #conditions
            const _: () = #private::assert_layout::<#name>(&[#(#floats),*]);
        }
    }

    /// Whether only rustc can compare what the last layer gives with the declared output.
    fn output_is_open(&self) -> bool {
        self.shapes.known[self.nodes.len()].is_none() || self.declaration.output.value().is_none()
    }
}
