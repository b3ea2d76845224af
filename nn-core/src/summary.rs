//! The table of a network's layers.

use crate::network::{LayerInfo, Network};
use crate::shape::Shape;
use crate::tensor::Tensor;
use core::fmt::{self, Display, Write};
use core::marker::PhantomData;

/// The table of the layers of `N`, as Keras's `summary()` shows it, with multiply-accumulate operations added.
///
/// What it looks like stands at [`Table`].
pub struct Summary<N>(PhantomData<N>);

impl<N: Network> Summary<N> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }

    /// What the table shows.
    pub fn table(&self) -> Table<'static> {
        Table {
            name: N::NAME,
            input: N::Input::SHAPE,
            output: N::Output::SHAPE,
            layers: N::LAYERS,
            parameters: N::PARAMETERS,
            macs: N::MACS,
            workspace_bytes: N::WORKSPACE_BYTES,
        }
    }
}

impl<N: Network> fmt::Debug for Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<N: Network> Display for Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.table(), f)
    }
}

/// What a summary shows of a network. Its `Display` needs no memory of its own:
///
/// ```
/// use nn_core::layer::WeightInfo;
/// use nn_core::network::LayerInfo;
/// use nn_core::shape::Shape;
/// use nn_core::summary::Table;
///
/// const KERNEL: WeightInfo = WeightInfo { name: "kernel", shape: Shape::new(&[64, 10]), trained: true };
/// const BIAS: WeightInfo = WeightInfo { name: "bias", shape: Shape::new(&[10]), trained: true };
/// const DIGIT: LayerInfo = LayerInfo {
///     name: "digit",
///     kind: "Dense",
///     input: Shape::new(&[64]),
///     output: Shape::new(&[10]),
///     parameters: 650,
///     macs: 640,
///     weights: &[KERNEL, BIAS],
///     children: &[],
///     repeated: None,
///     frozen: false,
/// };
///
/// let table = Table {
///     name: "Digits",
///     input: Shape::new(&[64]),
///     output: Shape::new(&[10]),
///     layers: &[DIGIT],
///     parameters: 650,
///     macs: 640,
///     workspace_bytes: 40,
/// };
/// assert_eq!(table.to_string(), "\
/// Digits: [64] -> [10]
/// ┌───────────────┬──────────────┬────────────┬──────┐
/// │ Layer (kind)  │ Output shape │ Parameters │ MACs │
/// ├───────────────┼──────────────┼────────────┼──────┤
/// │ digit (Dense) │ [10]         │        650 │  640 │
/// └───────────────┴──────────────┴────────────┴──────┘
/// Parameters:  650 (2.54 KB)
/// Trained:     650 (2.54 KB)
/// Not trained: 0 (0 B)
/// MACs:        640
/// Workspace:   40 bytes
/// ");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The name of the network.
    pub name: &'a str,
    /// The shape of one sample that goes in.
    pub input: Shape,
    /// The shape of one sample that comes out.
    pub output: Shape,
    /// The layers. Those inside of a block stand indented below it.
    pub layers: &'a [LayerInfo],
    /// The number of all weights.
    pub parameters: usize,
    /// The multiply-accumulate operations of one inference.
    pub macs: usize,
    /// The bytes that an inference needs besides weights and input.
    pub workspace_bytes: usize,
}

impl Table<'_> {
    /// The number of weights that training changes by gradients.
    pub fn trained(&self) -> usize {
        trained(self.layers)
    }

    /// The longest text of each column, its heading included.
    fn widths(&self) -> [usize; COLUMNS] {
        let mut widths = HEADINGS.map(|heading| length(&heading));
        let measured = each_row(self.layers, 0, &mut |cells| {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = length(cell).max(*width);
            }
            Ok(())
        });
        debug_assert!(measured.is_ok(), "measuring a text does not fail");
        widths
    }
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}: {} -> {}", self.name, self.input, self.output)?;
        rule(f, ["┌", "┬", "┐"], widths)?;
        row(f, HEADINGS.each_ref().map(|heading| heading as &dyn Display), widths)?;
        rule(f, ["├", "┼", "┤"], widths)?;
        each_row(self.layers, 0, &mut |cells| row(f, cells, widths))?;
        rule(f, ["└", "┴", "┘"], widths)?;
        let trained = self.trained();
        writeln!(f, "Parameters:  {}", Weights(self.parameters))?;
        writeln!(f, "Trained:     {}", Weights(trained))?;
        writeln!(f, "Not trained: {}", Weights(self.parameters.saturating_sub(trained)))?;
        writeln!(f, "MACs:        {}", Grouped(self.macs))?;
        writeln!(f, "Workspace:   {} bytes", Grouped(self.workspace_bytes))
    }
}

fn trained(layers: &[LayerInfo]) -> usize {
    let own = |layer: &LayerInfo| -> usize {
        layer.weights.iter().filter(|weight| weight.trained).map(|weight| weight.shape.len()).sum()
    };
    let all = |layer: &LayerInfo| layer.repeated.unwrap_or(1) * (own(layer) + trained(layer.children));
    layers.iter().filter(|layer| !layer.frozen).map(all).sum()
}

const COLUMNS: usize = 4;
const HEADINGS: [&str; COLUMNS] = ["Layer (kind)", "Output shape", "Parameters", "MACs"];
/// The columns before this one are words, which begin at the left; the others are numbers, which end at the right.
const FIRST_NUMBER: usize = 2;

/// Calls `each` with the cells of each layer's row, those of a block's layers after its own.
fn each_row(
    layers: &[LayerInfo],
    depth: usize,
    each: &mut dyn FnMut([&dyn Display; COLUMNS]) -> fmt::Result,
) -> fmt::Result {
    for layer in layers {
        each([&Title { layer, depth }, &layer.output, &Grouped(layer.parameters), &Grouped(layer.macs)])?;
        each_row(layer.children, depth + 1, each)?;
    }
    Ok(())
}

/// A line of cells.
fn row(f: &mut fmt::Formatter<'_>, cells: [&dyn Display; COLUMNS], widths: [usize; COLUMNS]) -> fmt::Result {
    for (column, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
        let missing = width.saturating_sub(length(cell));
        if column < FIRST_NUMBER {
            write!(f, "│ {cell}{:missing$} ", "")?;
        } else {
            write!(f, "│ {:missing$}{cell} ", "")?;
        }
    }
    f.write_str("│\n")
}

/// A line between rows, given its left end, its crossings and its right end.
fn rule(f: &mut fmt::Formatter<'_>, [left, crossing, right]: [&str; 3], widths: [usize; COLUMNS]) -> fmt::Result {
    for (column, width) in widths.into_iter().enumerate() {
        f.write_str(if column == 0 { left } else { crossing })?;
        // A blank stands on either side of a cell.
        (0..width + 2).try_for_each(|_| f.write_str("─"))?;
    }
    writeln!(f, "{right}")
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
struct Title<'a> {
    layer: &'a LayerInfo,
    depth: usize,
}

impl Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:1$}{2} ({3})", "", 2 * self.depth, self.layer.name, self.layer.kind)?;
        self.layer.repeated.map_or(Ok(()), |count| write!(f, " x {count}"))
    }
}

/// A number with a comma before every three digits: `693,962`.
struct Grouped(usize);

impl Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            small @ 0..1000 => write!(f, "{small}"),
            large => write!(f, "{},{:03}", Self(large / 1000), large % 1000),
        }
    }
}

/// A number of weights and its size: `693,962 (2.65 MB)`.
struct Weights(usize);

impl Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", Grouped(self.0), Bytes(self.0.saturating_mul(size_of::<f32>())))
    }
}

/// A size in units of 1024, as in Keras: `2.65 MB`.
struct Bytes(usize);

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1024 {
            return write!(f, "{} B", self.0);
        }
        let (mut size, mut unit) = (self.0 as f64 / 1024.0, "KB");
        for larger in ["MB", "GB", "TB"] {
            if size >= 1024.0 {
                (size, unit) = (size / 1024.0, larger);
            }
        }
        write!(f, "{size:.2} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::WeightInfo;
    use std::string::ToString;

    const fn weight(name: &'static str, sizes: &[usize], trained: bool) -> WeightInfo {
        WeightInfo { name, shape: Shape::new(sizes), trained }
    }

    const LAYER: LayerInfo = LayerInfo {
        name: "flatten",
        kind: "Flatten",
        input: Shape::new(&[26, 26, 32]),
        output: Shape::new(&[21632]),
        parameters: 0,
        macs: 0,
        weights: &[],
        children: &[],
        repeated: None,
        frozen: false,
    };

    const CONV: LayerInfo = LayerInfo {
        name: "conv",
        kind: "Conv2d",
        output: Shape::new(&[26, 26, 32]),
        parameters: 320,
        macs: 194_688,
        weights: &[weight("kernel", &[3, 3, 1, 32], true), weight("bias", &[32], true)],
        ..LAYER
    };

    const NORM: LayerInfo = LayerInfo {
        name: "norm",
        kind: "BatchNorm",
        output: Shape::new(&[26, 26, 32]),
        parameters: 128,
        macs: 21_632,
        weights: &[
            weight("gamma", &[32], true),
            weight("beta", &[32], true),
            weight("moving_mean", &[32], false),
            weight("moving_variance", &[32], false),
        ],
        ..LAYER
    };

    const BLOCK: LayerInfo = LayerInfo {
        name: "block",
        kind: "residual",
        output: Shape::new(&[26, 26, 32]),
        parameters: 128,
        macs: 21_632,
        children: &[NORM],
        ..LAYER
    };

    const TABLE: Table<'static> = Table {
        name: "Digits",
        input: Shape::new(&[28, 28, 1]),
        output: Shape::new(&[21632]),
        layers: &[CONV, BLOCK, LAYER],
        parameters: 448,
        macs: 216_320,
        workspace_bytes: 86_528,
    };

    #[test]
    fn layers_of_blocks_are_indented_and_columns_line_up() {
        let expected = "\
Digits: [28, 28, 1] -> [21632]
┌────────────────────┬──────────────┬────────────┬─────────┐
│ Layer (kind)       │ Output shape │ Parameters │    MACs │
├────────────────────┼──────────────┼────────────┼─────────┤
│ conv (Conv2d)      │ [26, 26, 32] │        320 │ 194,688 │
│ block (residual)   │ [26, 26, 32] │        128 │  21,632 │
│   norm (BatchNorm) │ [26, 26, 32] │        128 │  21,632 │
│ flatten (Flatten)  │ [21632]      │          0 │       0 │
└────────────────────┴──────────────┴────────────┴─────────┘
Parameters:  448 (1.75 KB)
Trained:     384 (1.50 KB)
Not trained: 64 (256 B)
MACs:        216,320
Workspace:   86,528 bytes
";
        assert_eq!(TABLE.to_string(), expected);
    }

    #[test]
    fn a_network_without_layers_has_a_table() {
        let empty = Table { layers: &[], parameters: 0, macs: 0, workspace_bytes: 0, ..TABLE };
        assert_eq!(empty.to_string().lines().count(), 10);
    }

    #[test]
    fn numbers_are_written_as_in_keras() {
        assert_eq!(Weights(693_962).to_string(), "693,962 (2.65 MB)");
        assert_eq!(
            [0, 999, 1000, 1_000_007].map(|number| Grouped(number).to_string()),
            ["0", "999", "1,000", "1,000,007"]
        );
        assert_eq!(
            [0, 1023, 1024, 3 << 30].map(|size| Bytes(size).to_string()),
            ["0 B", "1023 B", "1.00 KB", "3.00 GB"]
        );
    }
}
