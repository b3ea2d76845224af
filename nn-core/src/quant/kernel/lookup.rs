//! Any function of a single byte, by a table.

use crate::kernel::{Isa, Job};

/// Replaces each byte `b` by entry `b + 128` of a table, see [`crate::quant::prepare`] for tables.
#[derive(Debug)]
pub struct Lookup<'a> {
    /// The results of all bytes, from -128 on.
    pub table: &'a [i8; 256],
    /// The bytes.
    pub values: &'a mut [i8],
}

impl Job for Lookup<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        for value in self.values {
            // The highest bit turned around is the addition of 128 without a sign.
            *value = self.table[usize::from(*value as u8 ^ 0x80)];
        }
    }
}
