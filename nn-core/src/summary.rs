//! The table of a network's layers.

use crate::network::Network;
use core::fmt;
use core::marker::PhantomData;

/// The table of the layers of `N`, as Keras's `summary()` shows it, with multiply-accumulate operations added.
pub struct Summary<N>(PhantomData<N>);

impl<N: Network> Summary<N> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<N: Network> fmt::Debug for Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<N: Network> fmt::Display for Summary<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", N::NAME)
    }
}
