//! Class labels whose number of classes is part of the type.

use crate::tensor::Tensor;
use thiserror::Error;

/// The label of a sample: one of `CLASSES` classes, counted from zero.
///
/// ```
/// use nn_core::class::Class;
///
/// let seven = Class::<10>::new(7)?;
/// assert_eq!(seven.index(), 7);
/// assert!(Class::<10>::new(10).is_err());
/// # Ok::<(), nn_core::class::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class<const CLASSES: usize>(u32);

/// A label that names no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("label {label} is not one of the {classes} classes 0 to {}", .classes.saturating_sub(1))]
pub struct OutOfRange {
    /// The label that was found.
    pub label: i64,
    /// The number of classes.
    pub classes: usize,
}

impl<const CLASSES: usize> Class<CLASSES> {
    /// The class of this index.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] unless `index < CLASSES`.
    pub const fn new(index: usize) -> Result<Self, OutOfRange> {
        if index < CLASSES { Ok(Self(index as u32)) } else { Err(OutOfRange { label: index as i64, classes: CLASSES }) }
    }

    /// The index of the class, counted from zero and below `CLASSES`.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Outputs that hold a score for each class along the last axis, and the labels that belong to them.
///
/// `[f32; K]` is one position, whose label is a `Class<K>`; `[[f32; K]; T]` is `T` positions, a sequence or the row of an
/// image, whose label is `[Class<K>; T]`; and so on outwards.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold a score for each class",
    note = "losses and metrics of classes take outputs such as `[f32; 10]`, whose labels are `Class<10>`"
)]
pub trait Scores: Tensor {
    /// The class of each position.
    type Labels: Copy + Send + Sync + 'static;

    /// The index of the class at a position, which is counted from zero in memory order.
    fn class(labels: &Self::Labels, position: usize) -> usize;
}

impl<const K: usize> Scores for [f32; K] {
    type Labels = Class<K>;

    fn class(label: &Class<K>, _position: usize) -> usize {
        label.index()
    }
}

impl<S: Scores, const N: usize> Scores for [S; N] {
    type Labels = [S::Labels; N];

    fn class(labels: &Self::Labels, position: usize) -> usize {
        let positions = (S::FLOATS / S::SHAPE.last().max(1)).max(1);
        S::class(&labels[position / positions], position % positions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_of_its_classes() {
        assert_eq!(Class::<3>::new(2).map(Class::index), Ok(2));
        let error = Class::<3>::new(3).unwrap_err();
        assert_eq!(error, OutOfRange { label: 3, classes: 3 });
        assert_eq!(std::format!("{error}"), "label 3 is not one of the 3 classes 0 to 2");
        assert!(Class::<0>::new(0).is_err());
    }

    #[test]
    fn positions_are_counted_in_memory_order() {
        type Image = [[[f32; 4]; 3]; 2];
        let labels = [[0, 1, 2], [3, 0, 1]].map(|row| row.map(|class| Class::<4>::new(class).unwrap()));
        let found: [usize; 6] = core::array::from_fn(|position| Image::class(&labels, position));
        assert_eq!(found, [0, 1, 2, 3, 0, 1]);
    }
}
