//! What stands in for a type that a network names as a layer of the user's own and that is not one, so that the compiler
//! says that once, at the layer, and not at every use.
//!
//! Whether a type is a layer decides which of two constants [`Probe::IS_LAYER`] means, the inherent one or that of a trait;
//! and the constant decides what [`Chosen`] is.

use super::{Backward, Layer, Needs, Pass};
use crate::kernel::Isa;
use crate::plain::Plain;
use core::marker::PhantomData;

/// Asked for `Probe::<T>::IS_LAYER`.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T: Layer> Probe<T> {
    /// The type is a layer.
    pub const IS_LAYER: bool = true;
}

/// The answer for every other type.
pub trait NotLayer {
    /// The type is not a layer.
    const IS_LAYER: bool = false;
}

impl<T> NotLayer for Probe<T> {}

/// A type, or [`Missing`] in its place.
#[derive(Debug)]
pub struct Chosen<T, const IS_LAYER: bool>(PhantomData<T>);

/// The layer that was chosen.
pub trait Choose {
    /// The type itself, or [`Missing`].
    type Layer: Layer;
}

impl<T: Layer> Choose for Chosen<T, true> {
    type Layer = T;
}

impl<T> Choose for Chosen<T, false> {
    type Layer = Missing;
}

impl<T: Layer> Chosen<T, true> {
    /// The settings as they are.
    pub const fn settings(settings: T::Settings) -> T::Settings {
        settings
    }

    /// The layer as it is.
    #[inline(always)]
    pub const fn layer(layer: &T) -> &T {
        layer
    }

    /// The layer as it is.
    #[inline(always)]
    pub const fn layer_mut(layer: &mut T) -> &mut T {
        layer
    }
}

impl<T> Chosen<T, false> {
    /// No settings.
    pub const fn settings<S>(settings: S) -> MissingSettings {
        core::mem::forget(settings);
        MissingSettings
    }

    /// [`Missing`].
    pub const fn layer(_: &T) -> Missing {
        Missing
    }

    /// [`Missing`].
    pub const fn layer_mut(_: &mut T) -> Missing {
        Missing
    }
}

/// A layer that does nothing. No program with it compiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Missing;

// SAFETY: the struct holds no floats.
unsafe impl Plain for Missing {}

/// The settings of [`Missing`].
#[derive(Clone, Copy, Debug)]
pub struct MissingSettings;

impl MissingSettings {
    /// Nothing.
    pub const fn needs(&self) -> Needs {
        Needs::NONE
    }
}

impl Layer for Missing {
    type Settings = MissingSettings;
    type Gradient = ();

    fn infer<I: Isa>(&self, _: I, _: &MissingSettings, _: &[f32], _: &mut [f32]) {}

    fn backward(&self, _: &MissingSettings, _: Pass<'_>, _: Backward<'_>, _: Option<&mut ()>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::MaxPool2d;
    use core::any::TypeId;

    #[test]
    fn layers_are_told_from_other_types() {
        const { assert!(Probe::<MaxPool2d>::IS_LAYER && !Probe::<f32>::IS_LAYER) }
        let chosen = TypeId::of::<<Chosen<MaxPool2d, { Probe::<MaxPool2d>::IS_LAYER }> as Choose>::Layer>();
        assert_eq!(chosen, TypeId::of::<MaxPool2d>());
        let chosen = TypeId::of::<<Chosen<f32, { Probe::<f32>::IS_LAYER }> as Choose>::Layer>();
        assert_eq!(chosen, TypeId::of::<Missing>());
    }
}
