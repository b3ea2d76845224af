//! A window that slides over an image: what convolutions and pools have in common.

use crate::kernel::Geometry;

/// What happens at the border of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The window stays inside the image: `output = (input - extent) / stride + 1`, rounded down.
    Valid,
    /// The image is extended as evenly as possible, the odd row and column at the end: `output = input / stride`,
    /// rounded up.
    Same,
}

/// The size of a window and how it moves, rows before columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Cells of the window.
    pub kernel: [usize; 2],
    /// How far it moves from one output to the next.
    pub stride: [usize; 2],
    /// The distance between neighbouring cells of the window.
    pub dilation: [usize; 2],
    /// What happens at the border.
    pub padding: Padding,
}

impl Window {
    /// The number of pixels that the window spans: `(kernel - 1) * dilation + 1`.
    pub const fn extent(&self) -> [usize; 2] {
        [extent(self.kernel[0], self.dilation[0]), extent(self.kernel[1], self.dilation[1])]
    }

    /// The number of positions of the window on an image of this height and width; zero where it does not fit and where
    /// a size or a stride is zero.
    pub const fn output(&self, input: [usize; 2]) -> [usize; 2] {
        [self.positions(0, input[0]), self.positions(1, input[1])]
    }

    /// The rows and columns added before the image: the smaller half of what [`Padding::Same`] adds in all.
    pub const fn before(&self, input: [usize; 2]) -> [usize; 2] {
        [self.added(0, input[0]) / 2, self.added(1, input[1]) / 2]
    }

    /// The window on an image of this height and width.
    pub const fn on(&self, input: [usize; 2]) -> Geometry {
        Geometry {
            input,
            output: self.output(input),
            kernel: self.kernel,
            stride: self.stride,
            dilation: self.dilation,
            before: self.before(input),
        }
    }

    const fn positions(&self, axis: usize, input: usize) -> usize {
        let (extent, stride) = (self.extent()[axis], self.stride[axis]);
        if extent == 0 || stride == 0 {
            return 0;
        }
        match self.padding {
            Padding::Same => input.div_ceil(stride),
            Padding::Valid if input < extent => 0,
            Padding::Valid => (input - extent) / stride + 1,
        }
    }

    const fn added(&self, axis: usize, input: usize) -> usize {
        match self.padding {
            Padding::Valid => 0,
            Padding::Same => {
                let positions = self.positions(axis, input);
                if positions == 0 {
                    return 0;
                }
                (positions - 1)
                    .saturating_mul(self.stride[axis])
                    .saturating_add(self.extent()[axis])
                    .saturating_sub(input)
            }
        }
    }
}

const fn extent(kernel: usize, dilation: usize) -> usize {
    if kernel == 0 || dilation == 0 { 0 } else { (kernel - 1).saturating_mul(dilation).saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(kernel: usize, stride: usize, dilation: usize, padding: Padding) -> Window {
        Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [dilation; 2], padding }
    }

    #[test]
    fn the_conventions_are_those_of_keras() {
        assert_eq!(window(3, 1, 1, Padding::Valid).output([28, 27]), [26, 25]);
        assert_eq!(window(3, 2, 1, Padding::Same).output([28, 7]), [14, 4]);
        // One row is added in all, and it goes to the end.
        assert_eq!(window(3, 2, 1, Padding::Same).before([28, 7]), [0, 1]);
        assert_eq!(window(3, 1, 2, Padding::Valid).output([8, 8]), [4, 4]);
        assert_eq!(window(2, 2, 1, Padding::Valid).output([13, 13]), [6, 6]);
    }

    #[test]
    fn a_window_that_does_not_fit_has_no_positions() {
        assert_eq!(window(5, 1, 1, Padding::Valid).output([4, 5]), [0, 1]);
        for (kernel, stride, dilation) in [(0, 1, 1), (1, 0, 1), (1, 1, 0)] {
            assert_eq!(window(kernel, stride, dilation, Padding::Same).output([4, 4]), [0, 0]);
        }
    }
}
