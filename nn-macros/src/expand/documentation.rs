//! The documentation of the struct: its layers as a table, which an editor shows where the network is named.

use super::Network;
use crate::layer::Node;
use nn_core::shape::Shape;
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
            format!("A network from `{}` to `{}`.", text(&self.declaration.input), text(&self.declaration.output)),
            String::new(),
            "| Layer | Output | Parameters | MACs |".to_owned(),
            "|---|---|---:|---:|".to_owned(),
        ];
        let rows: Vec<Row> = (0..self.nodes.len()).map(|number| self.row(number)).collect();
        for (node, row) in self.nodes.iter().zip(&rows) {
            let layer = text(&node.syntax.tokens).replace('|', "\\|");
            let (parameters, macs) = (shown(row.parameters), shown(row.macs));
            lines.push(format!("| `{}`: `{layer}` | `{}` | {parameters} | {macs} |", node.name, row.output));
        }
        let total = |number: fn(&Row) -> Option<usize>| rows.iter().map(number).sum::<Option<usize>>();
        let (parameters, macs) = (total(|row| row.parameters), total(|row| row.macs));
        lines.push(format!("| **Total** | | **{}** | **{}** |", shown(parameters), shown(macs)));
        quote!(#(#[doc = #lines])*)
    }

    /// One line on the field of a layer.
    pub(super) fn field_documentation(&self, number: usize) -> String {
        let (node, row) = (&self.nodes[number], self.row(number));
        let (layer, output) = (text(&node.syntax.tokens), row.output);
        match row.parameters {
            Some(parameters) => format!("`{layer}`, which gives `{output}`: {} parameters.", grouped(parameters)),
            None => format!("`{layer}`, which gives `{output}`."),
        }
    }

    fn row(&self, number: usize) -> Row {
        let node = &self.nodes[number];
        let known = self.shapes.known[number].zip(node.layer.as_ref());
        Row {
            output: output(node, self.shapes.known[number + 1]),
            parameters: known.and_then(|(input, layer)| layer.parameters(input)),
            macs: known.and_then(|(input, layer)| layer.needs(input)).map(|needs| needs.macs),
        }
    }
}

/// The shape that comes out of a layer; one that only rustc knows is shown as the author states it.
fn output(node: &Node<'_>, known: Option<Shape>) -> String {
    match (known, node.stated()) {
        (Some(shape), _) => shape.to_string(),
        (None, Some(stated)) => text(stated),
        (None, None) => "see `summary()`".to_owned(),
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
