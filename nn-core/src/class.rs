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

/// Outputs that hold a score for each class along the last axis: what losses and metrics of classes take.
///
/// `[f32; K]` is one position, whose label is a `Class<K>`; `[[f32; K]; T]` is `T` positions, a sequence or the row of an
/// image, whose label is `[Class<K>; T]`; and so on outwards.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold a score for each class",
    note = "losses of classes take outputs such as `[f32; 10]`, whose labels are `Class<10>`"
)]
pub trait Scores: Tensor {
    /// The class of each position.
    type Labels: ClassLabels<Self> + Copy + Send + Sync + 'static;
}

impl<const K: usize> Scores for [f32; K] {
    type Labels = Class<K>;
}

impl<S: Scores, const N: usize> Scores for [S; N] {
    type Labels = [S::Labels; N];
}

/// Labels that name a class for each position of outputs `O`: a [`Class`], an array whose [`highest`] value names it, or
/// arrays of these.
pub trait ClassLabels<O: Tensor> {
    /// The index of the class at a position. Positions are counted from zero in memory order.
    fn class(&self, position: usize) -> usize;
}

impl<const K: usize> ClassLabels<[f32; K]> for Class<K> {
    fn class(&self, _position: usize) -> usize {
        self.index()
    }
}

impl<const K: usize> ClassLabels<[f32; K]> for [f32; K] {
    fn class(&self, _position: usize) -> usize {
        highest(self)
    }
}

impl<S: Tensor, L: ClassLabels<S>, const N: usize> ClassLabels<[S; N]> for [L; N] {
    fn class(&self, position: usize) -> usize {
        let positions = (S::FLOATS / S::SHAPE.last().max(1)).max(1);
        self[position / positions].class(position % positions)
    }
}

/// The class that scores name: the index of the largest one, the first among equals. A single score names class 1 if it
/// is above 0.5, else class 0. Scores that are not numbers are passed over.
pub fn highest(scores: &[f32]) -> usize {
    if let [score] = scores {
        return usize::from(*score > 0.5);
    }
    let mut found = (0, f32::NEG_INFINITY);
    for (class, &score) in scores.iter().enumerate() {
        if score > found.1 {
            found = (class, score);
        }
    }
    found.0
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
        fn classes<L: ClassLabels<[[[f32; 4]; 3]; 2]>>(labels: L) -> [usize; 6] {
            core::array::from_fn(|position| labels.class(position))
        }
        let labels = [[0, 1, 2], [3, 0, 1]].map(|row| row.map(|class| Class::<4>::new(class).unwrap()));
        assert_eq!(classes(labels), [0, 1, 2, 3, 0, 1]);
        let one_hot = labels.map(|row| row.map(|class| [0, 1, 2, 3].map(|index| f32::from(index == class.index()))));
        assert_eq!(classes(one_hot), [0, 1, 2, 3, 0, 1]);
    }

    #[test]
    fn the_first_of_equal_scores_is_the_highest() {
        assert_eq!(highest(&[0.5, f32::NAN, 0.75, 0.75]), 2);
        assert_eq!((highest(&[]), highest(&[0.5]), highest(&[0.51])), (0, 0, 1));
    }
}
