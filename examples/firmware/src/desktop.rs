//! What the programs need of a desktop.

extern crate std;

use crate::text::Text;
use std::io::Write;

/// Prints a line.
pub fn print(line: &Text) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(line.as_bytes()).and_then(|()| output.write_all(b"\n"));
}

/// Marks the beginning or the end of what is counted: nothing here.
pub fn mark() {}
