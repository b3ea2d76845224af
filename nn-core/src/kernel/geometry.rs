//! A window on an image: the sizes that convolutions and pools share.

/// How a window slides over an image. All pairs are rows before columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Height and width of the image that goes in.
    pub input: [usize; 2],
    /// Height and width of the image that comes out.
    pub output: [usize; 2],
    /// Cells of the window.
    pub kernel: [usize; 2],
    /// How far the window moves from one output to the next.
    pub stride: [usize; 2],
    /// The distance between neighbouring cells of the window.
    pub dilation: [usize; 2],
    /// Rows and columns that lie before the image where the window begins.
    pub before: [usize; 2],
}
