//! From one order of weights to the other.

use super::{FLIP, Order, reads};
use crate::kernel::{ByteJob, Isa, Job, Products, dispatch};
use alloc::{vec, vec::Vec};

/// Whether inference on this processor reads words.
pub(crate) fn are_read() -> bool {
    dispatch(Ask)
}

/// Asks the way of multiplying that inference takes.
struct Ask;

impl Job for Ask {
    type Output = bool;

    fn run<I: Isa>(self, isa: I) -> bool {
        isa.run_bytes(self)
    }
}

impl ByteJob for Ask {
    type Output = bool;

    fn run<I: Isa, P: Products<I>>(self, _: I, _: P) -> bool {
        reads::<I, P>()
    }
}

impl Order {
    const fn other(self) -> Self {
        match self {
            Self::Filters => Self::Words,
            Self::Words => Self::Filters,
        }
    }

    /// Weights that lie in this order, in the other one.
    pub(crate) fn rearrange(self, weights: &[i8], filters: usize) -> Vec<i8> {
        let products = weights.len() / filters;
        let mut rearranged = vec![0; weights.len()];
        for filter in 0..filters {
            for product in 0..products {
                let place = self.other().place(products, filter, product);
                rearranged[place] = weights[self.place(products, filter, product)];
            }
        }
        rearranged
    }

    /// What sums begin with in this order, as they begin in the other one; the weights lie in this one.
    pub(crate) fn restart(self, weights: &[i8], starts: &[i32]) -> Vec<i32> {
        let products = weights.len() / starts.len().max(1);
        let restart = |(filter, start): (usize, &i32)| {
            let weight = |product| i32::from(weights[self.place(products, filter, product)]);
            let flips = (0..products).fold(0_i32, |sum, product| sum.wrapping_add(FLIP.wrapping_mul(weight(product))));
            match self {
                Self::Filters => start.wrapping_sub(flips),
                Self::Words => start.wrapping_add(flips),
            }
        };
        starts.iter().enumerate().map(restart).collect()
    }
}
