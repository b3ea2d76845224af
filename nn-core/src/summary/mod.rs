//! The tables of a network's layers: what they are, and what they take of a chip.

mod costs;
mod grid;

use crate::cost::Costs;
use crate::half::{Half, Halvable};
use crate::network::{LayerInfo, Network};
use crate::quant::Quantizable;
use crate::shape::Shape;
use crate::tensor::Tensor;
use core::fmt::{self, Display};
use core::marker::PhantomData;
use costs::{CostTable, FLOAT, Format, HALF, INT8};
use grid::{Grid, Grouped, Title};

/// The table of the layers of `N`, as Keras's `summary()` shows it, with multiply-accumulate operations added, and a second
/// one of what each layer takes of a chip.
///
/// What the first looks like stands at [`Table`]. The second shows, in floats and in int8 if the network has such a form,
/// the bytes of flash of each layer, and the bytes of the workspace that are in use while it runs:
///
/// ```text
/// ┌─────────────────────┬─────────┬───────────┬─────────┬────────────┬──────────┐
/// │ Layer (kind)        │    MACs │ f32 flash │ f32 RAM │ int8 flash │ int8 RAM │
/// ├─────────────────────┼─────────┼───────────┼─────────┼────────────┼──────────┤
/// ```
///
/// A `-` is for a layer without a step of its own: it changes no number, or is part of the layer before it. The totals
/// are the sizes of the weights and of the workspace. Some bytes of an int8 network belong to no layer: what the bytes of
/// its input and output stand for.
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
        Display::fmt(&self.table(), f)?;
        if N::COSTS.layers.is_empty() {
            return Ok(());
        }
        let second = N::INT8_COSTS.map(|costs| Format::new(costs, INT8));
        let table = CostTable { layers: N::LAYERS, macs: N::MACS, first: Format::new(N::COSTS, FLOAT), second };
        write!(f, "What one inference takes, in bytes of weights and of workspace:\n{table}")
    }
}

/// The table of what the layers of `N` take in int8.
pub struct Int8Summary<N>(PhantomData<N>);

impl<N: Quantizable> Int8Summary<N> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<N: Quantizable> fmt::Debug for Int8Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<N: Quantizable> Display for Int8Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (input, output) = (N::Input::SHAPE, N::Output::SHAPE);
        let first = Format::new(crate::quant::costs::<N>(), INT8);
        let table = CostTable { layers: N::LAYERS, macs: N::MACS, first, second: None };
        write!(f, "Quantized<{}>: {input} -> {output}\n{table}", N::NAME)
    }
}

/// The table of what the layers of `N` take if their weights are half floats. The memory of a workspace for weights as
/// floats is counted with every layer.
pub struct HalfSummary<N>(PhantomData<N>);

impl<N: Halvable> HalfSummary<N> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<N: Halvable> fmt::Debug for HalfSummary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl<N: Halvable> Display for HalfSummary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (input, output) = (N::Input::SHAPE, N::Output::SHAPE);
        let (weight_bytes, workspace_bytes) = (Half::<N>::WEIGHT_BYTES, Half::<N>::WORKSPACE_BYTES);
        let costs = Costs { weight_bytes, workspace_bytes, layers: N::COSTS.layers };
        let first = Format { of_flash: 2, around: size_of::<N::Widened>(), ..Format::new(costs, HALF) };
        let table = CostTable { layers: N::LAYERS, macs: N::MACS, first, second: None };
        write!(f, "Half<{}>: {input} -> {output}\n{table}", N::NAME)
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
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut grid = Grid::new(&HEADINGS, FIRST_NUMBER);
        each_row(self.layers, 0, &mut |cells| {
            grid.fit(&cells);
            Ok(())
        })?;
        writeln!(f, "{}: {} -> {}", self.name, self.input, self.output)?;
        grid.begin(f)?;
        each_row(self.layers, 0, &mut |cells| grid.row(f, &cells))?;
        grid.end(f)?;
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
/// The columns from this one on are numbers.
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
