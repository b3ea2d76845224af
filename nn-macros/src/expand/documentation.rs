//! The documentation of the struct: its layers as a table, which an editor shows where the network is named.

use super::Network;
use crate::model::{Body, Node};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// What the table says of a layer.
struct Row {
    output: String,
    parameters: Option<usize>,
    macs: Option<usize>,
}

impl Network<'_> {
    /// The table and the totals, as documentation attributes.
    pub(super) fn documentation(&self) -> TokenStream {
        let mut lines = vec![
            String::new(),
            format!("A network from `{}` to `{}`.", text(self.input_text()), text(self.output_text())),
            String::new(),
            "| Layer | Output | Parameters | MACs |".to_owned(),
            "|---|---|---:|---:|".to_owned(),
        ];
        let (mut parameters, mut macs) = (Some(0), Some(0));
        self.each_node(&mut |node| {
            let (row, layer) = (self.row(node), text(&node.syntax.tokens).replace('|', "\\|"));
            let (path, output) = (node.path.text(), &row.output);
            let (shown_parameters, shown_macs) = (shown(row.parameters), shown(row.macs));
            lines.push(format!("| `{path}`: `{layer}` | `{output}` | {shown_parameters} | {shown_macs} |"));
            parameters = parameters.zip(row.parameters).map(|(sum, more)| sum + more);
            macs = macs.zip(row.macs).map(|(sum, more)| sum + more);
        });
        lines.push(format!("| **Total** | | **{}** | **{}** |", shown(parameters), shown(macs)));
        quote!(#(#[doc = #lines])*)
    }

    /// The attributes of a field: what the author wrote, and one line.
    pub(super) fn field_documentation(&self, node: &Node<'_>) -> TokenStream {
        let (row, layer) = (self.row(node), text(&node.syntax.tokens));
        let output = &row.output;
        let line = match (row.parameters, &node.body) {
            (Some(parameters), Body::Layer { .. }) => {
                format!("`{layer}`, which gives `{output}`: {} parameters.", grouped(parameters))
            }
            _ => format!("`{layer}`, which gives `{output}`."),
        };
        let written = node.syntax.attributes.iter().filter(|attribute| !attribute.path().is_ident("frozen"));
        quote!(#(#written)* #[doc = ""] #[doc = #line])
    }

    fn input_text(&self) -> TokenStream {
        let declared = &self.declaration.input;
        if self.name == self.declaration.name { quote!(#declared) } else { self.input.clone() }
    }

    fn output_text(&self) -> TokenStream {
        let declared = &self.declaration.output;
        if self.name == self.declaration.name { quote!(#declared) } else { self.output.clone() }
    }

    fn row(&self, node: &Node<'_>) -> Row {
        let known = self.shapes.get(&node.input);
        let (parameters, macs) = match &node.body {
            Body::Layer { layer, .. } => (
                known.and_then(|input| layer.parameters(input)),
                known.and_then(|input| layer.needs(input)).map(|needs| needs.macs),
            ),
            // The rows of a block's layers follow.
            Body::Residual { .. } | Body::Join { .. } => (Some(0), Some(0)),
            Body::Repeat { .. } | Body::Network(_) | Body::Mistake => (None, None),
        };
        Row { output: self.output_of(node), parameters, macs }
    }

    /// The shape that comes out of a node; one that only rustc knows is shown as the author states it.
    fn output_of(&self, node: &Node<'_>) -> String {
        match (self.shapes.get(&node.output), node.stated()) {
            (Some(shape), _) => shape.to_string(),
            (None, Some(stated)) => text(stated),
            (None, None) => "see `summary()`".to_owned(),
        }
    }
}

/// A number, or the place where it can be read.
fn shown(number: Option<usize>) -> String {
    number.map_or_else(|| "see `summary()`".to_owned(), grouped)
}

/// A number with commas between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tokens as a person writes them.
fn text(tokens: impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let spaced = [("( ", "("), (" )", ")"), (" ,", ","), ("[ ", "["), (" ]", "]"), (" :: ", "::")]
        .iter()
        .fold(spaced, |text, (from, to)| text.replace(from, to));
    // Between a name and its parenthesis rustc writes no space, but proc-macro2, in tests, does.
    let mut text = String::new();
    for piece in spaced.split_inclusive(" (") {
        let name = piece.strip_suffix(" (").filter(|before| before.ends_with(char::is_alphanumeric));
        match name {
            Some(before) => text.extend([before, "("]),
            None => text.push_str(piece),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 693_962].map(grouped), ["0", "999", "1,000", "693,962"]);
    }

    #[test]
    fn tokens_are_written_as_by_a_person() {
        assert_eq!(text(quote!(Conv2d(32, kernel = (3, 5)))), "Conv2d(32, kernel = (3, 5))");
        assert_eq!(text(quote!([28, 28, 1])), "[28, 28, 1]");
    }
}
