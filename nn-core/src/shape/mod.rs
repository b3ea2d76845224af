//! Shapes, and the arithmetic that layers do on them.
//!
//! Each rule stands in one place, [`rule`], as a total `const fn`: the macro evaluates it while it expands a declaration
//! with literal sizes, rustc evaluates it where a size is a constant that only rustc knows, and either way a broken rule
//! gives the same [`Message`].

mod message;
pub mod rule;
pub mod type_level;
mod window;

pub use message::Message;
pub use window::{Padding, Window};

use core::fmt;

/// The largest number of dimensions.
pub const MOST_DIMENSIONS: usize = 6;

/// The sizes of one sample, outermost first, channels last: `[height, width, channels]` for an image.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    rank: usize,
    sizes: [usize; MOST_DIMENSIONS],
}

impl Shape {
    /// The shape of a single number.
    pub const SCALAR: Self = Self { rank: 0, sizes: [0; MOST_DIMENSIONS] };

    /// The shape that follows a mistake. Every rule that meets it gives it again and stays silent, so that one mistake
    /// is one error.
    pub const UNKNOWN: Self = Self { rank: usize::MAX, sizes: [0; MOST_DIMENSIONS] };

    /// A shape of these sizes; unknown if there are more than [`MOST_DIMENSIONS`].
    pub const fn new(sizes: &[usize]) -> Self {
        if sizes.len() > MOST_DIMENSIONS {
            return Self::UNKNOWN;
        }
        let mut shape = Self { rank: sizes.len(), sizes: [0; MOST_DIMENSIONS] };
        let mut axis = 0;
        while axis < sizes.len() {
            shape.sizes[axis] = sizes[axis];
            axis += 1;
        }
        shape
    }

    /// This shape as each element of an array of `size`: `[3]` within 2 is `[2, 3]`.
    pub const fn within(self, size: usize) -> Self {
        if !self.is_known() || self.rank == MOST_DIMENSIONS {
            return Self::UNKNOWN;
        }
        let mut shape = Self { rank: self.rank + 1, sizes: [0; MOST_DIMENSIONS] };
        shape.sizes[0] = size;
        let mut axis = 0;
        while axis < self.rank {
            shape.sizes[axis + 1] = self.sizes[axis];
            axis += 1;
        }
        shape
    }

    /// Whether no mistake has been met on the way here.
    pub const fn is_known(&self) -> bool {
        self.rank != usize::MAX
    }

    /// The number of dimensions; zero for an unknown shape.
    pub const fn rank(&self) -> usize {
        if self.is_known() { self.rank } else { 0 }
    }

    /// The size along an axis; zero if there is no such axis.
    pub const fn size(&self, axis: usize) -> usize {
        if axis < self.rank() { self.sizes[axis] } else { 0 }
    }

    /// The sizes, outermost first.
    pub const fn sizes(&self) -> &[usize] {
        self.sizes.split_at(self.rank()).0
    }

    /// The number of values: the product of the sizes, as far as it can be counted; zero for an unknown shape.
    pub const fn len(&self) -> usize {
        if !self.is_known() {
            return 0;
        }
        let mut len = 1;
        let mut axis = 0;
        while axis < self.rank {
            len = usize::saturating_mul(len, self.sizes[axis]);
            axis += 1;
        }
        len
    }

    /// Whether the shape has no values.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size of the last axis, along which channels and classes lie; one for a single number.
    pub const fn last(&self) -> usize {
        match self.rank() {
            0 => 1,
            rank => self.sizes[rank - 1],
        }
    }

    /// Whether both shapes are known and equal.
    pub const fn equals(&self, other: &Self) -> bool {
        if !self.is_known() || self.rank != other.rank {
            return false;
        }
        let mut axis = 0;
        while axis < self.rank {
            if self.sizes[axis] != other.sizes[axis] {
                return false;
            }
            axis += 1;
        }
        true
    }

    /// Both shapes side by side along the last axis; `None` if another size differs.
    pub const fn joined(&self, other: &Self) -> Option<Self> {
        if !self.is_known() || self.rank == 0 || self.rank != other.rank {
            return None;
        }
        let mut joined = *self;
        let last = self.rank - 1;
        joined.sizes[last] = usize::saturating_add(self.sizes[last], other.sizes[last]);
        let mut axis = 0;
        while axis < last {
            if self.sizes[axis] != other.sizes[axis] {
                return None;
            }
            axis += 1;
        }
        Some(joined)
    }

    /// Whether this is `[height, width, channels]`.
    pub const fn is_image(&self) -> bool {
        self.rank() == 3
    }
}

/// Written as in the language: `[28, 28, 1]`, and `[?]` for an unknown shape.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_known() { fmt::Debug::fmt(self.sizes(), f) } else { f.write_str("[?]") }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_shape_knows_its_sizes() {
        let image = Shape::new(&[28, 27, 3]);
        assert_eq!((image.rank(), image.len(), image.last()), (3, 28 * 27 * 3, 3));
        assert_eq!(image.to_string(), "[28, 27, 3]");
        assert!(image.equals(&Shape::new(&[28, 27, 3])) && !image.equals(&Shape::new(&[28, 27])));
    }

    #[test]
    fn an_unknown_shape_stays_unknown() {
        assert!(!Shape::UNKNOWN.within(3).is_known());
        assert_eq!((Shape::UNKNOWN.len(), Shape::UNKNOWN.rank(), Shape::UNKNOWN.size(0)), (0, 0, 0));
        assert!(!Shape::UNKNOWN.equals(&Shape::UNKNOWN));
        assert!(!Shape::new(&[1; 7]).is_known());
        assert_eq!(Shape::UNKNOWN.to_string(), "[?]");
    }
}
