//! The table of what each layer takes of a chip.

use super::grid::{Grid, Grouped, Title};
use crate::cost::{Cost, Costs};
use crate::network::LayerInfo;
use core::fmt::{self, Display};

/// What a network takes in a number format.
#[derive(Clone, Copy)]
pub(super) struct Format {
    pub(super) costs: Costs,
    /// The headings of flash and RAM.
    pub(super) headings: [&'static str; 2],
    /// What the bytes of flash of each layer are divided by.
    pub(super) of_flash: usize,
    /// The bytes of the workspace that are in use besides those that layers state.
    pub(super) around: usize,
}

impl Format {
    /// What the costs say as they are.
    pub(super) const fn new(costs: Costs, headings: [&'static str; 2]) -> Self {
        Self { costs, headings, of_flash: 1, around: 0 }
    }
}

/// The headings of networks of floats, of half floats and of bytes.
pub(super) const FLOAT: [&str; 2] = ["f32 flash", "f32 RAM"];
pub(super) const HALF: [&str; 2] = ["f16 flash", "f16 RAM"];
pub(super) const INT8: [&str; 2] = ["int8 flash", "int8 RAM"];

/// The table of the multiply-accumulate operations and bytes of each layer.
pub(super) struct CostTable<'a> {
    pub(super) layers: &'a [LayerInfo],
    pub(super) macs: usize,
    pub(super) first: Format,
    pub(super) second: Option<Format>,
}

impl Display for CostTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second.map_or(["", ""], |second| second.headings);
        let first = self.first.headings;
        let headings = ["Layer (kind)", "MACs", first[0], first[1], second[0], second[1]];
        let shown = if self.second.is_some() { headings.len() } else { headings.len() - 2 };
        let mut grid = Grid::new(&headings[..shown], 1);
        self.each_row(&mut |cells| {
            grid.fit(&cells[..shown]);
            Ok(())
        })?;
        self.total(&mut |cells| {
            grid.fit(&cells[..shown]);
            Ok(())
        })?;
        grid.begin(f)?;
        self.each_row(&mut |cells| grid.row(f, &cells[..shown]))?;
        grid.middle(f)?;
        self.total(&mut |cells| grid.row(f, &cells[..shown]))?;
        grid.end(f)
    }
}

/// What is done with the cells of a row.
type Row<'r> = dyn FnMut([&dyn Display; 6]) -> fmt::Result + 'r;

impl CostTable<'_> {
    fn each_row(&self, each: &mut Row<'_>) -> fmt::Result {
        let formats = [Some(&self.first), self.second.as_ref()];
        let costs = formats.map(|format| format.map_or(&[][..], |format| format.costs.layers));
        let of_flash = formats.map(|format| format.map_or(1, |format| format.of_flash));
        let around = formats.map(|format| format.map_or(0, |format| format.around));
        rows(self.layers, costs, Depth { depth: 0, of_flash, around }, each)
    }

    /// The row below.
    fn total(&self, each: &mut Row<'_>) -> fmt::Result {
        let bytes = |costs: &Costs| [costs.weight_bytes, costs.workspace_bytes].map(Grouped);
        let first = bytes(&self.first.costs);
        let second = self.second.as_ref().map_or([0, 0].map(Grouped), |second| bytes(&second.costs));
        each([&"Total", &Grouped(self.macs), &first[0], &first[1], &second[0], &second[1]])
    }
}

/// How deep within blocks, and for each format, what the bytes of flash are divided by, and the bytes in use around the
/// networks there.
#[derive(Clone, Copy)]
struct Depth {
    depth: usize,
    of_flash: [usize; 2],
    around: [usize; 2],
}

/// Calls `each` with the cells of each layer's row, those of a block's layers after its own.
fn rows(layers: &[LayerInfo], costs: [&[Cost]; 2], at: Depth, each: &mut Row<'_>) -> fmt::Result {
    for (number, layer) in layers.iter().enumerate() {
        let costs = costs.map(|costs| costs.get(number));
        let flash = [0, 1].map(|format| Grouped(costs[format].map_or(0, |cost| cost.flash) / at.of_flash[format]));
        let ram = [0, 1].map(|format| Ram(costs[format].and_then(|cost| Some(cost.ram? + at.around[format]))));
        let title = Title { layer, depth: at.depth };
        each([&title, &Grouped(layer.macs), &flash[0], &ram[0], &flash[1], &ram[1]])?;
        let around = [0, 1].map(|format| at.around[format] + costs[format].map_or(0, |cost| cost.around));
        let children = costs.map(|cost| cost.map_or(&[][..], |cost| cost.children));
        rows(layer.children, children, Depth { depth: at.depth + 1, around, ..at }, each)?;
    }
    Ok(())
}

/// Bytes in use, or none.
struct Ram(Option<usize>);

impl Display for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(bytes) => Grouped(bytes).fmt(f),
            None => f.write_str("-"),
        }
    }
}
