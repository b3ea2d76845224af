//! The shape rules of the layers whose sizes only rustc knows, each at its layer, and the layout of the struct.

use super::{Network, enforce};
use crate::model::{Body, Branch, Join, Node};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Network<'_> {
    pub(super) fn checks(&self) -> TokenStream {
        let (name, private, conditions) = (&self.name, &self.private, self.declaration.conditions());
        let mut checks = self.check_input();
        self.each_node(&mut |node| {
            if self.is_open(node) {
                checks.extend(self.enforce(&node.syntax.tokens, &self.rule(node, &node.title())));
            }
            if node.is_softmax() && self.shapes.get(&node.output).is_none() {
                let (private, title, output) = (&self.private, node.title(), self.shape(&node.output));
                checks.extend(self.enforce(&node.syntax.tokens, &quote!(#private::rule::softmax(#title, #output))));
            }
            if let Body::Layer { layer, .. } = &node.body {
                let check = layer.check(&self.private, &node.title());
                checks.extend(check.map(|check| self.enforce(&node.syntax.tokens, &check)));
            }
            if let Body::Repeat { count, .. } = &node.body {
                let (private, title, count) = (&self.private, node.title(), &count.tokens);
                checks.extend(self.enforce(&node.syntax.tokens, &quote!(#private::rule::count(#title, #count))));
            }
            checks.extend(self.check_branches(node));
            checks.extend(self.check_stated(node));
        });
        checks.extend(self.check_output());
        checks.extend(self.check_budgets());
        let floats = self.weighted().into_iter().map(|node| {
            let (ty, count) = (self.field_type(node), self.count(node));
            quote!(#private::floats_of::<#ty>(#count))
        });
        quote! {
            #checks
            #conditions
            const _: () = #private::assert_layout::<#name>(&[#(#floats),*]);
        }
    }

    /// The check of a rule, whose message is shown at `place`.
    fn enforce(&self, place: impl ToTokens, rule: &TokenStream) -> TokenStream {
        enforce(&self.private, &self.declaration.conditions(), place, rule)
    }

    /// Whether only rustc can tell what comes out of a node.
    fn is_open(&self, node: &Node<'_>) -> bool {
        match &node.body {
            Body::Layer { layer, .. } => {
                let input = self.shapes.get(&node.input);
                input.and_then(|shape| layer.outcome("", shape)).is_none()
            }
            Body::Join { .. } | Body::Mistake => false,
            Body::Residual { .. } | Body::Repeat { .. } | Body::Network(_) => {
                self.shapes.get(&node.output).is_none() || self.shapes.get(&node.input).is_none()
            }
        }
    }

    /// The shape rule of a node as an expression. What was stated of the shape does not count here.
    pub(super) fn rule(&self, node: &Node<'_>, title: &str) -> TokenStream {
        let private = &self.private;
        let input = self.shape(&node.input);
        match &node.body {
            Body::Layer { layer, .. } => layer.rule(private, title, &input),
            Body::Residual { nodes, shortcut } => {
                let inner = self.shape(nodes.last().map_or(&node.input, |node| &node.output));
                let beside = self.shape(shortcut.as_ref().map_or(&node.input, |node| &node.output));
                let has_shortcut = shortcut.is_some();
                quote!(#private::rule::residual(#title, #beside, #inner, #has_shortcut))
            }
            Body::Join { join, branches } => self.join_rule(*join, branches, title),
            Body::Repeat { nodes, .. } => {
                let inner = nodes.last().map(|last| {
                    let (facts, last) =
                        (quote::format_ident!("__{}Facts", node.path.type_name(&self.name)), &last.output);
                    quote!(#facts::#last)
                });
                quote!(#private::rule::repeat(#title, #input, #inner))
            }
            Body::Network(path) => quote! {
                #private::rule::network(
                    #title,
                    #input,
                    #private::input_shape::<#path>(),
                    #private::output_shape::<#path>(),
                )
            },
            Body::Mistake => quote!(#private::rule::same(#private::Shape::UNKNOWN)),
        }
    }

    /// The rule of a block of branches: each branch after the first is joined to those before it.
    fn join_rule(&self, join: Join, branches: &[Branch<'_>], title: &str) -> TokenStream {
        let private = &self.private;
        let rule = match join {
            Join::Concat => quote!(#private::rule::concat),
            Join::Add | Join::Multiply => quote!(#private::rule::elementwise),
        };
        let mut outputs = branches.iter().map(|branch| self.shape(&branch.output));
        let first = outputs.next().unwrap_or_else(|| quote!(#private::Shape::UNKNOWN));
        outputs.fold(
            quote!(#private::rule::same(#first)),
            |before, branch| quote!(#rule(#title, #private::rule::shape(#before), #branch)),
        )
    }

    /// The rule of each branch, at the branch.
    fn check_branches(&self, node: &Node<'_>) -> TokenStream {
        let Body::Join { join, branches } = &node.body else {
            return TokenStream::new();
        };
        let mut checks = TokenStream::new();
        if self.shapes.get(&node.output).is_none() || node.stated().is_some() {
            for (number, branch) in branches.iter().enumerate().skip(1) {
                let known = branches[..=number].iter().all(|branch| self.shapes.get(&branch.output).is_some());
                if !known {
                    let rule = self.join_rule(*join, &branches[..=number], &node.title());
                    checks.extend(self.enforce(&branch.syntax.tokens, &rule));
                }
            }
        }
        checks
    }

    fn check_input(&self) -> TokenStream {
        let private = &self.private;
        let input = quote::format_ident!("INPUT");
        if self.shapes.get(&input).is_some() {
            return TokenStream::new();
        }
        let shape = &self.input_shape;
        self.enforce(&self.declaration.input, &quote!(#private::rule::input(#shape)))
    }

    /// What was stated after a node, if only rustc can compare it.
    fn check_stated(&self, node: &Node<'_>) -> TokenStream {
        let private = &self.private;
        let Some(stated) = node.stated() else {
            return TokenStream::new();
        };
        if stated.value().is_some() && !self.is_open(node) && self.shapes.get(&node.output).is_some() {
            return TokenStream::new();
        }
        let (rule, sizes, title) = (self.rule(node, ""), stated.list(), node.title());
        let given = quote!(#private::rule::shape(#rule));
        let rule = quote!(#private::rule::stated(#title, #given, #private::Shape::new(&[#sizes])));
        self.enforce(stated, &rule)
    }

    /// The declared output, if only rustc can compare it.
    fn check_output(&self) -> TokenStream {
        let (private, declared) = (&self.private, &self.declaration.output);
        let Some(last) = self.nodes.last().filter(|_| self.is_declared()) else {
            return TokenStream::new();
        };
        if self.shapes.get(&last.output).is_some() && declared.value().is_some() {
            return TokenStream::new();
        }
        let (output, sizes) = (self.shape(&last.output), declared.list());
        self.enforce(&last.syntax.tokens, &quote!(#private::rule::output(#output, #private::Shape::new(&[#sizes]))))
    }

    /// The limits of the network, compared by rustc with what it takes.
    fn check_budgets(&self) -> TokenStream {
        let (private, name) = (&self.private, &self.name);
        let limit = |limit: &Option<TokenStream>| match limit {
            Some(limit) => quote!(#private::Option::Some(#limit)),
            None => quote!(#private::Option::None),
        };
        let budgets = self.declaration.budgets.iter().filter(|_| self.is_declared());
        let checks = budgets.map(|budget| {
            let (ram, flash) = (limit(&budget.ram), limit(&budget.flash));
            let check = if budget.int8 { quote!(check_int8) } else { quote!(check) };
            self.enforce(&budget.tokens, &quote!(#private::budget::#check::<#name>(#ram, #flash)))
        });
        checks.collect()
    }

    /// Whether this is the declared network, and not the layers of a `repeat`.
    pub(super) fn is_declared(&self) -> bool {
        self.name == self.declaration.name
    }
}
