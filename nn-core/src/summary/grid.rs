//! Tables of text: cells in columns, which are as wide as their longest text.

use crate::network::LayerInfo;
use core::fmt::{self, Display, Write};

/// The most columns of a table.
const MOST: usize = 6;

/// The columns of a table, and how wide each is.
pub(super) struct Grid<'a> {
    headings: &'a [&'a str],
    /// The columns before this one are words, which begin at the left; the others are numbers, which end at the right.
    first_number: usize,
    widths: [usize; MOST],
}

impl<'a> Grid<'a> {
    /// A table of at most [`MOST`] columns.
    pub(super) fn new(headings: &'a [&'a str], first_number: usize) -> Self {
        let mut grid = Self { headings, first_number, widths: [0; MOST] };
        for (width, heading) in grid.widths.iter_mut().zip(headings) {
            *width = length(heading);
        }
        grid
    }

    /// Makes the columns wide enough for a row.
    pub(super) fn fit(&mut self, cells: &[&dyn Display]) {
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = length(cell).max(*width);
        }
    }

    /// The first lines.
    pub(super) fn begin(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule(f, ["┌", "┬", "┐"])?;
        self.line(f, self.headings.iter().map(|heading| heading as &dyn Display))?;
        self.middle(f)
    }

    /// A line between rows.
    pub(super) fn middle(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule(f, ["├", "┼", "┤"])
    }

    /// The last line.
    pub(super) fn end(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule(f, ["└", "┴", "┘"])
    }

    /// A line of cells.
    pub(super) fn row(&self, f: &mut fmt::Formatter<'_>, cells: &[&dyn Display]) -> fmt::Result {
        self.line(f, cells.iter().copied())
    }

    fn line<'c>(&self, f: &mut fmt::Formatter<'_>, cells: impl Iterator<Item = &'c dyn Display>) -> fmt::Result {
        for (column, (cell, width)) in cells.zip(self.widths).enumerate() {
            let missing = width.saturating_sub(length(cell));
            if column < self.first_number {
                write!(f, "│ {cell}{:missing$} ", "")?;
            } else {
                write!(f, "│ {:missing$}{cell} ", "")?;
            }
        }
        f.write_str("│\n")
    }

    /// A line without cells, given its left end, its crossings and its right end.
    fn rule(&self, f: &mut fmt::Formatter<'_>, [left, crossing, right]: [&str; 3]) -> fmt::Result {
        for (column, (width, _)) in self.widths.into_iter().zip(self.headings).enumerate() {
            f.write_str(if column == 0 { left } else { crossing })?;
            // A blank stands on either side of a cell.
            (0..width + 2).try_for_each(|_| f.write_str("─"))?;
        }
        writeln!(f, "{right}")
    }
}

/// The number of characters that a value is written with.
fn length(value: &dyn Display) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting does not fail, and a value that cannot be written is as long as what came before.
    let _ = write!(count, "{value}");
    count.0
}

/// A layer's name and kind, indented by its depth within blocks.
pub(super) struct Title<'a> {
    pub(super) layer: &'a LayerInfo,
    pub(super) depth: usize,
}

impl Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:1$}{2} ({3})", "", 2 * self.depth, self.layer.name, self.layer.kind)?;
        self.layer.repeated.map_or(Ok(()), |count| write!(f, " x {count}"))
    }
}

/// A number with a comma before every three digits: `693,962`.
pub(super) struct Grouped(pub(super) usize);

impl Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            small @ 0..1000 => write!(f, "{small}"),
            large => write!(f, "{},{:03}", Self(large / 1000), large % 1000),
        }
    }
}
