//! Where a window lies inside an image: the rows, and likewise the columns, at which the same cells of it do.
//!
//! A convolution or a pool is cut into rectangles over which the window is whole, or cut in the same way by the border.
//! Within a rectangle no pixel has to be tested for lying inside the image.

use super::Geometry;

/// One axis of a window that moves over an image: at position `p` its cell `k` lies on the pixel
/// `(p * step + k * spacing - before) / division`, if that is a whole number within the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    /// How many positions there are.
    pub positions: usize,
    step: usize,
    cells: usize,
    spacing: usize,
    before: usize,
    division: usize,
    pixels: usize,
}

/// Positions along one axis at which the same cells lie inside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// How many positions.
    pub count: usize,
    /// The first position.
    pub position: usize,
    /// From one position to the next.
    pub position_step: usize,
    /// The pixel under the first cell inside, at the first position.
    pub pixel: usize,
    /// How far that pixel moves from one position to the next.
    pub pixel_step: usize,
    /// How many cells lie inside.
    pub cells: usize,
    /// The first of them.
    pub cell: usize,
    /// From one of them to the next.
    pub cell_step: usize,
    /// How far apart the pixels under them are.
    pub spacing: usize,
}

impl Stretch {
    /// Leaves out the first position.
    pub(crate) fn advance(&mut self) {
        self.count -= 1;
        self.position += self.position_step;
        self.pixel += self.pixel_step;
    }
}

impl Geometry {
    /// Whether there is anything to compute: no size, stride or dilation is zero.
    fn is_proper(&self) -> bool {
        [self.input, self.output, self.kernel, self.stride, self.dilation].as_flattened().iter().all(|&size| size > 0)
    }

    /// The pixels that go into each output.
    pub(crate) fn gather(&self, axis: usize) -> Axis {
        if !self.is_proper() {
            return Axis::without_cells(self.output[axis]);
        }
        Axis {
            positions: self.output[axis],
            step: self.stride[axis],
            cells: self.kernel[axis],
            spacing: self.dilation[axis],
            before: self.before[axis],
            division: 1,
            pixels: self.input[axis],
        }
    }

    /// The outputs into which each pixel goes, through the window turned around: cell `k` here is cell
    /// `kernel - 1 - k` of the window.
    pub(crate) fn spread(&self, axis: usize) -> Axis {
        if !self.is_proper() {
            return Axis::without_cells(self.input[axis]);
        }
        let extent = (self.kernel[axis] - 1) * self.dilation[axis] + 1;
        Axis {
            positions: self.input[axis],
            step: 1,
            cells: self.kernel[axis],
            spacing: self.dilation[axis],
            // Less is added before the image than the window is long, see `Window::before`.
            before: extent - 1 - self.before[axis],
            division: self.stride[axis],
            pixels: self.output[axis],
        }
    }
}

impl Axis {
    /// The axis of a window that lies nowhere.
    fn without_cells(positions: usize) -> Self {
        Self { positions, step: 1, cells: 0, spacing: 1, before: 0, division: 1, pixels: 0 }
    }

    /// All positions, each in one stretch.
    pub(crate) fn stretches(self) -> impl Iterator<Item = Stretch> {
        let period = self.period();
        (0..period).flat_map(move |phase| {
            let mut position = phase;
            core::iter::from_fn(move || {
                let stretch = (position < self.positions).then(|| self.stretch(position))?;
                position += stretch.count * period;
                Some(stretch)
            })
        })
    }

    /// From one position to the next one whose cells fall on pixels in the same way.
    fn period(self) -> usize {
        self.division / greatest_common_divisor(self.step, self.division).max(1)
    }

    /// The longest stretch that begins at a position where the window is whole; one position where it is cut.
    fn stretch(self, position: usize) -> Stretch {
        if self.division == 1 && self.cells > 0 {
            return self.undivided_stretch(position);
        }
        // None of the divisors is zero: that they are seen not to be leaves firmware without a panic.
        let (period, division) = (self.period().max(1), self.division.max(1));
        let cell_step = division / greatest_common_divisor(self.spacing, division).max(1);
        let left = (self.positions - position).div_ceil(period);
        let mut stretch = Stretch {
            count: left,
            position,
            position_step: period,
            pixel: 0,
            pixel_step: self.step * period / division,
            cells: 0,
            cell: 0,
            cell_step,
            spacing: self.spacing * cell_step / division,
        };
        // Everything is moved up by `before`, so that no number is negative.
        let (begin, shift) = (position * self.step, self.before);
        let aligned = |cell: &usize| (begin + cell * self.spacing) % division == shift % division;
        let Some(first) = (0..cell_step.min(self.cells)).find(aligned) else {
            return Stretch { pixel_step: 0, ..stretch };
        };
        let all = (self.cells - first).div_ceil(cell_step.max(1));
        let place = begin + first * self.spacing;
        // The cells before `outside` lie before the image, those from `end` on behind it.
        let apart = (self.spacing * cell_step).max(1);
        let outside = shift.saturating_sub(place).div_ceil(apart);
        let end = (shift + self.pixels * division).saturating_sub(place).div_ceil(apart).min(all);
        stretch.cells = end.saturating_sub(outside);
        stretch.cell = first + outside * cell_step;
        if stretch.cells == 0 {
            return Stretch { count: 1, ..stretch };
        }
        stretch.pixel = (place + outside * apart - shift) / division;
        if stretch.cells == all {
            let last = stretch.pixel + (all - 1) * stretch.spacing;
            stretch.count = ((self.pixels - 1 - last) / stretch.pixel_step.max(1) + 1).min(left);
        } else {
            stretch.count = 1;
        }
        stretch
    }

    /// The same where every cell of each position lies on a pixel or beyond the border.
    fn undivided_stretch(self, position: usize) -> Stretch {
        // Everything is moved up by `before`, so that no number is negative.
        let (begin, apart) = (position * self.step, self.spacing.max(1));
        let cell = self.before.saturating_sub(begin).div_ceil(apart);
        let end = (self.before + self.pixels).saturating_sub(begin).div_ceil(apart).min(self.cells);
        let stretch = Stretch {
            count: 1,
            position,
            position_step: 1,
            pixel: 0,
            pixel_step: self.step,
            cells: end.saturating_sub(cell),
            cell,
            cell_step: 1,
            spacing: apart,
        };
        if stretch.cells == 0 {
            return stretch;
        }
        let pixel = begin + cell * apart - self.before;
        if stretch.cells < self.cells {
            return Stretch { pixel, ..stretch };
        }
        let last = pixel + (self.cells - 1) * apart;
        let count = ((self.pixels - 1 - last) / self.step.max(1) + 1).min(self.positions - position);
        Stretch { count, pixel, ..stretch }
    }
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::{Padding, Window};
    use std::vec;
    use std::vec::Vec;

    /// Which (position, cell, pixel) an axis names, in order.
    fn triples(axis: Axis) -> Vec<(usize, usize, usize)> {
        let mut found = Vec::new();
        let mut seen = vec![false; axis.positions];
        for stretch in axis.stretches() {
            for index in 0..stretch.count {
                let position = stretch.position + index * stretch.position_step;
                assert!(!core::mem::replace(&mut seen[position], true), "position {position} comes twice");
                for cell in 0..stretch.cells {
                    let pixel = stretch.pixel + index * stretch.pixel_step + cell * stretch.spacing;
                    found.push((position, stretch.cell + cell * stretch.cell_step, pixel));
                }
            }
        }
        assert!(seen.iter().all(|&seen| seen));
        found.sort_unstable();
        found
    }

    #[test]
    fn every_cell_that_lies_inside_is_named_once() {
        for (input, kernel, stride, dilation) in
            (1..9).flat_map(|n| (1..5).flat_map(move |k| (1..5).flat_map(move |s| (1..5).map(move |d| (n, k, s, d)))))
        {
            for padding in [Padding::Valid, Padding::Same] {
                let window = Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [dilation; 2], padding };
                let geometry = window.on([input; 2]);
                let mut expected = Vec::new();
                for position in 0..geometry.output[0] {
                    for cell in 0..kernel {
                        let place = position * stride + cell * dilation;
                        if place >= geometry.before[0] && place - geometry.before[0] < input {
                            expected.push((position, cell, place - geometry.before[0]));
                        }
                    }
                }
                assert_eq!(triples(geometry.gather(0)), expected, "{geometry:?}");
                let mut turned: Vec<_> =
                    expected.iter().map(|&(position, cell, pixel)| (pixel, kernel - 1 - cell, position)).collect();
                turned.sort_unstable();
                assert_eq!(triples(geometry.spread(0)), turned, "{geometry:?}");
            }
        }
    }

    #[test]
    fn the_interior_is_one_stretch() {
        let window = Window { kernel: [3; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same };
        let counts: Vec<_> = window.on([28; 2]).gather(0).stretches().map(|stretch| stretch.count).collect();
        assert_eq!(counts, [1, 26, 1]);
    }
}
