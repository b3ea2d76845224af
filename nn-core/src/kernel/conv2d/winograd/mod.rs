//! Convolutions of three by three cells with fewer multiplications: Winograd's minimal filtering.
//!
//! An image is cut into tiles of four by four outputs. Directly, a tile takes 144 multiplications for each channel and
//! filter; the outputs are the products of two polynomials, and those are known by their values at six points, so that
//! 36 are enough: `output = A^T [(G kernel G^T) * (B^T image B)] A`, where `*` multiplies each pair of values, and the sum
//! over the channels is taken before the transform by `A`. Each of the 36 products is then one of matrices, tiles by
//! channels and channels by filters.
//!
//! Sources: S. Winograd, "Arithmetic Complexity of Computations" (1980); A. Lavin and S. Gray, "Fast Algorithms for
//! Convolutional Neural Networks" (2016). The points are chosen for small errors of rounding: see `transforms.rs`.
//!
//! The sums are rounded in another way than those of all multiplications, so that [`Portable`](super::super::Portable),
//! whose bits are the same on every machine, does without.
//!
//! A value that is not finite makes all outputs of the tiles that see it not finite, or not a number, and not those alone
//! whose windows hold it.

mod by_weights;
mod cells;
mod errors;
mod filters;
mod forward;
mod images;
mod outputs;
mod products;
mod scratch;
mod transforms;

use super::{ConvolutionSizes, Geometry};
use crate::kernel::{Isa, Job};
pub use by_weights::ByWeights;
pub use filters::Filters;
pub use forward::{Kernel, Minimal};

/// Outputs of a tile, in each direction.
const OUTPUTS: usize = 4;
/// Cells of the kernel, in each direction.
const CELLS: usize = 3;
/// Pixels that a tile's windows see, in each direction, and products in each direction.
const SPAN: usize = OUTPUTS + CELLS - 1;
/// The products of a tile, for each channel and filter.
const PRODUCTS: usize = SPAN * SPAN;
/// Channels, or filters, that lie side by side: one vector of the widest set, two of the others. Those that are missing are
/// zero.
const WIDTH: usize = 16;
/// The tiles whose sums are taken side by side.
const STRIP: usize = 12;

/// The fewest and the most channels and filters for which this way is taken: with fewer the transforms take as long as
/// what they save, and more do not fit into the memory on the stack.
const CHANNELS: [usize; 2] = [12, 128];
/// The fewest tiles of an image: a kernel's transform takes as long as the products of some tiles.
const FEWEST_TILES: usize = 4;
/// The direct multiplications of a tile, for each channel and filter, from which on this way is the faster one: 36 and
/// what the transforms take.
const WORTH: usize = 80;

/// The most tiles whose transforms are kept at once for a gradient by weights.
const MOST_TILES: usize = 32;
/// The fewest images that are convolved at once, if there are as many.
const FEW_IMAGES: usize = 4;

/// Whether there is memory for it: not where no operating system gives threads a large stack.
const HAS_ROOM: bool = cfg!(not(target_os = "none"));

/// The image that goes in and the one that comes out, of a convolution or of its gradient by the input.
#[derive(Clone, Copy, Debug)]
pub struct Planes {
    input: [usize; 2],
    output: [usize; 2],
    before: [usize; 2],
    channels: usize,
    filters: usize,
}

impl Planes {
    /// Those of the convolution, if this way is taken: the sizes alone decide.
    pub const fn forward(sizes: &ConvolutionSizes) -> Option<Self> {
        if !is_plain(sizes) {
            return None;
        }
        let ConvolutionSizes { geometry: Geometry { input, output, before, .. }, channels, filters, .. } = *sizes;
        Self { input, output, before, channels, filters }.if_worth()
    }

    /// Those of the gradient by the input, which is the convolution of the output's gradient with the kernel turned around.
    pub const fn backward(sizes: &ConvolutionSizes) -> Option<Self> {
        if !is_plain(sizes) {
            return None;
        }
        let ConvolutionSizes { geometry: Geometry { input, output, before, .. }, channels, filters, .. } = *sizes;
        let before = [CELLS - 1 - before[0], CELLS - 1 - before[1]];
        Self { input: output, output: input, before, channels: filters, filters: channels }.if_worth()
    }

    const fn if_worth(self) -> Option<Self> {
        let [fewest, most] = CHANNELS;
        let enough = self.channels >= fewest && self.filters >= fewest && self.channels <= most;
        let direct = self.cells(0).saturating_mul(self.cells(1));
        let tiles = self.tiles();
        if HAS_ROOM && enough && tiles >= FEWEST_TILES && direct >= tiles.saturating_mul(WORTH) {
            Some(self)
        } else {
            None
        }
    }

    /// Whether the gradient by the kernel of a single image is worth the transform of its sums.
    pub(super) const fn are_worth_a_gradient(&self) -> bool {
        self.tiles() >= STRIP
    }

    /// The cells of all windows that lie inside, along an axis.
    const fn cells(&self, axis: usize) -> usize {
        let (input, output, before) = (self.input[axis], self.output[axis], self.before[axis]);
        let (mut cells, mut cell) = (0_usize, 0);
        while cell < CELLS {
            // Output `at` sees pixel `at + cell - before`.
            let first = before.saturating_sub(cell);
            let end = (input + before).saturating_sub(cell);
            let end = if end < output { end } else { output };
            cells = cells.saturating_add(end.saturating_sub(first));
            cell += 1;
        }
        cells
    }

    /// Tiles along an axis.
    const fn along(&self, axis: usize) -> usize {
        self.output[axis].div_ceil(OUTPUTS)
    }

    /// The tiles of one image.
    pub(super) const fn tiles(&self) -> usize {
        self.along(0).saturating_mul(self.along(1))
    }

    /// How many images to convolve at once, if there are more: they fill strips, and the memory for them is asked for once.
    const fn images(&self) -> usize {
        let enough = MOST_TILES.div_ceil(self.tiles());
        if enough > FEW_IMAGES { enough } else { FEW_IMAGES }
    }

    /// The same, and one if this way is not taken.
    pub const fn images_of(planes: Option<Self>) -> usize {
        match planes {
            Some(planes) => planes.images(),
            None => 1,
        }
    }

    const fn source_len(&self) -> usize {
        self.input[0] * self.input[1] * self.channels
    }

    const fn target_len(&self) -> usize {
        self.output[0] * self.output[1] * self.filters
    }

    /// The floats of the transformed kernel; none if this way is not taken.
    pub const fn transformed_len(planes: Option<Self>) -> usize {
        match planes {
            Some(planes) => planes.filters.div_ceil(WIDTH) * planes.part_len(),
            None => 0,
        }
    }

    /// The floats of the transformed kernel for 16 filters.
    pub const fn part_len(&self) -> usize {
        self.blocks() * size_of::<KernelBlock>() / size_of::<f32>()
    }

    /// Blocks of channels.
    const fn blocks(&self) -> usize {
        self.channels.div_ceil(WIDTH)
    }

    /// The image, and the first row and column of outputs, of a tile: tiles are numbered through all images.
    fn place(&self, tile: usize) -> (usize, [usize; 2]) {
        let (image, tile) = (tile / self.tiles(), tile % self.tiles());
        let across = self.along(1);
        (image, [tile / across * OUTPUTS, tile % across * OUTPUTS])
    }
}

/// Whether the instruction set takes this way where the sizes do.
#[derive(Clone, Copy, Debug)]
pub struct IsTaken;

impl Job for IsTaken {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) -> bool {
        I::FEWER_MULTIPLICATIONS
    }
}

/// Whether the kernel is one of three by three cells that stands still nowhere and leaves nothing out.
const fn is_plain(sizes: &ConvolutionSizes) -> bool {
    let Geometry { kernel, stride, dilation, before, .. } = sizes.geometry;
    kernel[0] == CELLS
        && kernel[1] == CELLS
        && stride[0] == 1
        && stride[1] == 1
        && dilation[0] == 1
        && dilation[1] == 1
        && before[0] < CELLS
        && before[1] < CELLS
        && sizes.groups == 1
}

/// Values that are multiplied by the same, or added to one vector.
type Lanes = [f32; WIDTH];
/// What a tile has for each product, of some channels or filters.
type TileBlock = [Lanes; PRODUCTS];
/// What a kernel has for each product: filters for each of some channels. A row more than that, since of 36 places that are
/// a power of two apart few would be in a cache at once.
type KernelBlock = [[Lanes; WIDTH + 1]; PRODUCTS];

/// Floats as blocks of kernels.
fn kernel_blocks(floats: &[f32]) -> &[KernelBlock] {
    floats.as_chunks().0.as_chunks().0.as_chunks().0
}

/// The same to write to.
fn kernel_blocks_mut(floats: &mut [f32]) -> &mut [KernelBlock] {
    floats.as_chunks_mut().0.as_chunks_mut().0.as_chunks_mut().0
}

/// Floats as blocks of tiles.
fn tile_blocks(floats: &mut [f32]) -> &mut [TileBlock] {
    floats.as_chunks_mut().0.as_chunks_mut().0
}

#[cfg(test)]
mod tests;
