//! Class labels whose number of classes is part of the type.

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
