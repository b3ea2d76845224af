//! The limits that `#[budget(ram = .., flash = ..)]` and `#[budget(int8, ..)]` set, and the message when a network outgrows them.

use crate::cost::{Cost, Costs};
use crate::network::{LayerInfo, Network};
use crate::shape::Message;

/// The rows of a message; how many layers come after them is said.
const MOST_ROWS: usize = 20;
/// The characters of the names and of each number.
const NAMES: usize = 28;
const NUMBERS: usize = 12;
const FLOAT: usize = size_of::<f32>();

/// Compares the bytes of the workspace with the limit of RAM, and the bytes of the weights with that of flash.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check<N: Network>(ram: Option<usize>, flash: Option<usize>) -> Result<(), Message> {
    compare(Message::new("`").text(N::NAME).text("` takes "), N::LAYERS, N::COSTS, FLOAT, [ram, flash])
}

/// The same for [`Quantized<N>`](crate::quant::Quantized).
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check_int8<N: Network>(ram: Option<usize>, flash: Option<usize>) -> Result<(), Message> {
    let message = Message::new("`Quantized<").text(N::NAME).text(">` ");
    match N::INT8_COSTS {
        Some(costs) => compare(message.text("takes "), N::LAYERS, costs, 1, [ram, flash]),
        None => Err(message.text(
            "does not exist: a layer inside has no int8 form\nhelp: declare the network without it, or leave `int8` out of \
             its budget",
        )),
    }
}

/// Compares costs with limits, given the bytes of a number.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
const fn compare(
    mut message: Message,
    layers: &[LayerInfo],
    costs: Costs,
    number: usize,
    limits: [Option<usize>; 2],
) -> Result<(), Message> {
    let mut is_over = false;
    let kinds = [("RAM", costs.workspace_bytes, limits[0]), ("flash", costs.weight_bytes, limits[1])];
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
    message = column(column(column(message, "layer", NAMES, false), "output", NUMBERS, true), "RAM", NUMBERS, true);
    message = column(message, "weights", NUMBERS, true).text(" (bytes)");
    let (message, hidden) = rows(message, layers, costs.layers, Inside { depth: 0, around: 0, number }, 0);
    Err(match hidden.saturating_sub(MOST_ROWS) {
        0 => message,
        hidden => message.text("\nand ").number(hidden).text(" more layers"),
    })
}

/// Where rows stand: how deep within blocks, the bytes in use around the networks there, and the bytes of a number.
#[derive(Clone, Copy)]
struct Inside {
    depth: usize,
    around: usize,
    number: usize,
}

/// The rows of layers, of which `count` were counted before: what each gives, the RAM in use while it runs, and its
/// weights.
const fn rows(
    mut message: Message,
    layers: &[LayerInfo],
    costs: &[Cost],
    at: Inside,
    mut count: usize,
) -> (Message, usize) {
    let mut index = 0;
    while index < layers.len() && index < costs.len() {
        let (layer, cost) = (&layers[index], &costs[index]);
        if count < MOST_ROWS {
            message = message.text("\n");
            let mut level = 0;
            while level < at.depth {
                message = message.text("  ");
                level += 1;
            }
            let title = Message::new(layer.name).text(" (").text(layer.kind).text(")");
            message = column(message, title.as_str(), NAMES.saturating_sub(2 * at.depth), false);
            message = amount(message, layer.output.len() * at.number);
            message = match cost.ram {
                Some(ram) => amount(message, at.around + ram),
                None => column(message, "-", NUMBERS, true),
            };
            message = amount(message, cost.flash);
        }
        let inside = Inside { depth: at.depth + 1, around: at.around + cost.around, ..at };
        (message, count) = rows(message, layer.children, cost.children, inside, count + 1);
        index += 1;
    }
    (message, count)
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
