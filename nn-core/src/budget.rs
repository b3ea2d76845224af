//! The limits that `#[budget(ram = .., flash = ..)]` sets, and the message when a network outgrows them.

use crate::network::{LayerInfo, Network};
use crate::shape::Message;

/// The rows of a message; how many layers come after them is said.
const MOST_ROWS: usize = 20;
/// The columns of the names and of each number.
const NAMES: usize = 28;
const NUMBERS: usize = 12;
const FLOAT: usize = size_of::<f32>();

/// Compares the bytes of the workspace with the limit of RAM, and the bytes of the weights with that of flash.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check<N: Network>(ram: Option<usize>, flash: Option<usize>) -> Result<(), Message> {
    let mut message = Message::new("`").text(N::NAME).text("` takes ");
    let mut is_over = false;
    let kinds = [("RAM", N::WORKSPACE_BYTES, ram), ("flash", N::WEIGHT_BYTES, flash)];
    let mut kind = 0;
    while kind < kinds.len() {
        let (what, bytes, limit) = kinds[kind];
        if let Some(limit) = limit
            && bytes > limit
        {
            message = message.text(if is_over { ", and " } else { "" }).number(bytes).text(" bytes of ").text(what);
            message = message.text(", ").number(bytes - limit).text(" more than its budget of ").number(limit);
            is_over = true;
        }
        kind += 1;
    }
    if !is_over {
        return Ok(());
    }
    message = message.text("\nhelp: make the layers smaller that take most, or the budget larger\n");
    message = column(column(column(message, "layer", NAMES, false), "output", NUMBERS, true), "weights", NUMBERS, true);
    let (message, hidden) = rows(message.text(" (bytes)"), N::LAYERS, 0, 0);
    Err(match hidden.saturating_sub(MOST_ROWS) {
        0 => message,
        hidden => message.text("\nand ").number(hidden).text(" more layers"),
    })
}

/// The rows of layers, of which `number` were counted before: what each gives, and its weights.
const fn rows(mut message: Message, layers: &[LayerInfo], depth: usize, mut number: usize) -> (Message, usize) {
    let mut index = 0;
    while index < layers.len() {
        let layer = &layers[index];
        if number < MOST_ROWS {
            message = message.text("\n");
            let mut level = 0;
            while level < depth {
                message = message.text("  ");
                level += 1;
            }
            let title = Message::new(layer.name).text(" (").text(layer.kind).text(")");
            message = column(message, title.as_str(), NAMES.saturating_sub(2 * depth), false);
            message = amount(amount(message, layer.output.len() * FLOAT), layer.parameters * FLOAT);
        }
        (message, number) = rows(message, layer.children, depth + 1, number + 1);
        index += 1;
    }
    (message, number)
}

const fn amount(message: Message, number: usize) -> Message {
    column(message, Message::new("").number(number).as_str(), NUMBERS, true)
}

/// A text in a column; numbers stand at the right.
const fn column(mut message: Message, text: &str, width: usize, is_number: bool) -> Message {
    if !is_number {
        message = message.text(text);
    }
    let mut blanks = text.len();
    while blanks < width {
        message = message.text(" ");
        blanks += 1;
    }
    if is_number { message.text(text) } else { message }
}
