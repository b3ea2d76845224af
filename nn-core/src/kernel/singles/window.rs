//! Where the products of a window lie, as the instructions read it: in bytes.

use crate::kernel::conv2d::rectangle::{Rectangle, Steps};

/// The most runs of cells that a window may have.
pub(super) const RUNS: usize = 32;

const FLOAT: usize = size_of::<f32>();

/// A step through the source, and through the kernel or the target.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Step {
    pub(super) source: usize,
    pub(super) other: usize,
}

impl Step {
    /// Of floats.
    fn new(source: usize, other: usize) -> Self {
        Self { source: source.wrapping_mul(FLOAT), other: other.wrapping_mul(FLOAT) }
    }

    /// The same in floats.
    pub(super) const fn floats(self) -> [usize; 2] {
        [floats(self.source), floats(self.other)]
    }
}

/// The floats of so many bytes.
pub(super) const fn floats(bytes: usize) -> usize {
    // A step back is a large number, whose quotient would not be one.
    (bytes.cast_signed() / FLOAT.cast_signed()).cast_unsigned()
}

/// The window of a convolution over a rectangle.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Window {
    /// The products of a run: four times so many.
    pub(super) fours: usize,
    /// And so many more.
    pub(super) rest: usize,
    /// From one place to the next.
    pub(super) place: Step,
    /// From the weights of a product to those of the next.
    pub(super) row: usize,
    /// How many runs there are: at least one, which may be empty.
    pub(super) count: usize,
    /// Where each run begins.
    pub(super) runs: [Step; RUNS],
    reach: Reach,
}

impl Window {
    /// Without a cell.
    pub(super) const NONE: Self = Self {
        fours: 0,
        rest: 0,
        place: Step { source: 0, other: 0 },
        row: 0,
        count: 1,
        runs: [Step { source: 0, other: 0 }; RUNS],
        reach: Reach { place: [0; 2], last: None },
    };

    /// Makes the window over a rectangle of any, on a kernel whose rows have this length; of the runs as many as there is
    /// room for.
    pub(super) fn set(&mut self, rectangle: &Rectangle, row: usize) {
        let Rectangle { runs: [outer, inner], outputs: [_, places], depth, .. } = *rectangle;
        let count = (outer.count * inner.count).min(RUNS);
        let depth = if count == 0 { 0 } else { depth };
        (self.fours, self.rest) = (depth / 4, depth % 4);
        self.place = Step::new(places.source, places.other);
        self.row = row.wrapping_mul(FLOAT);
        self.count = count.max(1);
        self.reach = Reach::new(rectangle, depth, row);
        let mut runs = self.runs.iter_mut();
        for first in 0..outer.count {
            for second in 0..inner.count {
                let Some(run) = runs.next() else { break };
                let source = first * outer.source + second * inner.source;
                *run = Step::new(source, first * outer.other + second * inner.other);
            }
        }
    }

    /// Whether so many places lie within the source, their weights in the kernel, and the sums of each in the target.
    pub(super) fn fits(&self, places: usize, width: usize, slices: [&[f32]; 2], target: &[f32]) -> bool {
        self.reach.fits(places, [1, width], slices, target)
    }
}

/// The window of a depthwise convolution over a rectangle.
#[derive(Debug)]
pub(super) struct Cells {
    /// From a cell to the next in its row, and from the end of a row to the next: in the source, then in the kernel.
    pub(super) source: [usize; 2],
    pub(super) kernel: [usize; 2],
    /// Rows and columns.
    pub(super) count: [usize; 2],
    /// From one place to the next.
    pub(super) place: Step,
    reach: Reach,
}

impl Cells {
    /// Nothing if no cell lies inside.
    pub(super) fn new(rectangle: &Rectangle) -> Option<Self> {
        let Rectangle { runs: [rows, cells], outputs: [_, places], .. } = *rectangle;
        if rows.count == 0 || cells.count == 0 {
            return None;
        }
        let steps = |of: fn(&Steps) -> usize| {
            [of(&cells), of(&rows).wrapping_sub(cells.count * of(&cells))].map(|floats| floats.wrapping_mul(FLOAT))
        };
        let (source, kernel) = (steps(|steps| steps.source), steps(|steps| steps.other));
        Some(Self {
            source,
            kernel,
            count: [rows.count, cells.count],
            place: Step::new(places.source, places.other),
            reach: Reach::new(rectangle, 1, 0),
        })
    }

    /// Whether so many places lie within the source, their weights in the kernel, and the sums of each in the target.
    pub(super) fn fits(&self, places: usize, width: usize, slices: [&[f32]; 2], target: &[f32]) -> bool {
        self.reach.fits(places, [width; 2], slices, target)
    }
}

/// How far a window at a place reaches through source and kernel, in floats.
#[derive(Debug)]
struct Reach {
    place: [usize; 2],
    /// Where the last product begins; nothing if there is none.
    last: Option<[usize; 2]>,
}

impl Reach {
    /// Of runs of so many products on a kernel whose rows have this length.
    fn new(rectangle: &Rectangle, depth: usize, row: usize) -> Self {
        let Rectangle { runs: [outer, inner], outputs: [_, places], .. } = rectangle;
        let far = |count: usize, step: usize| count.saturating_sub(1).saturating_mul(step);
        let last = |of: fn(&Steps) -> usize, product: usize| {
            far(outer.count, of(outer)).saturating_add(far(inner.count, of(inner))).saturating_add(far(depth, product))
        };
        let last = (depth > 0).then(|| [last(|steps| steps.source, 1), last(|steps| steps.other, row)]);
        Self { place: [places.source, places.other], last }
    }

    /// Whether as many floats as `widths` says lie in source and kernel at the last product of each place, and in the
    /// target as many as in the kernel.
    fn fits(&self, places: usize, widths: [usize; 2], [source, kernel]: [&[f32]; 2], target: &[f32]) -> bool {
        let Some(steps) = places.checked_sub(1) else { return false };
        let is_within = |begin: usize, step: usize, width: usize, slice: &[f32]| {
            steps.saturating_mul(step).saturating_add(begin).saturating_add(width) <= slice.len()
        };
        let has_products = self.last.is_none_or(|[in_source, in_kernel]| {
            is_within(in_source, self.place[0], widths[0], source) && is_within(in_kernel, 0, widths[1], kernel)
        });
        has_products && is_within(0, self.place[1], widths[1], target)
    }
}
