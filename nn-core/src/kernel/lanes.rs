//! Vectors at the end of a row, where fewer floats may be left than a vector has lanes.

use super::Isa;

/// The largest number of lanes of any instruction set.
pub(crate) const MOST_LANES: usize = 16;

/// The first floats of a slice, as many as a vector has lanes or the slice has floats, and zeros after them.
#[inline(always)]
pub(crate) fn load_some<I: Isa>(isa: I, from: &[f32]) -> I::Vector {
    // A whole load is faster than a partial one on most processors.
    if from.len() >= I::LANES { isa.load(from) } else { isa.load_partial(from) }
}

/// Writes to the first floats of a slice, as many as a vector has lanes or the slice has floats.
#[inline(always)]
pub(crate) fn store_some<I: Isa>(isa: I, vector: I::Vector, to: &mut [f32]) {
    if to.len() >= I::LANES {
        isa.store(vector, to);
    } else {
        isa.store_partial(vector, to);
    }
}

/// The lanes of a vector, followed by zeros.
#[inline(always)]
pub(crate) fn lanes<I: Isa>(isa: I, vector: I::Vector) -> [f32; MOST_LANES] {
    let mut lanes = [0.0; MOST_LANES];
    isa.store(vector, &mut lanes);
    lanes
}

/// Whole numbers of at most 255 as bytes: as many as a vector has lanes or the slice has bytes.
#[inline(always)]
pub(crate) fn store_bytes<I: Isa>(isa: I, vector: I::Vector, to: &mut [u8]) {
    let mut bytes = [0; MOST_LANES];
    for (byte, number) in bytes.iter_mut().zip(lanes(isa, vector)) {
        // Whole numbers from 2^23 on have no bits for a fraction: the low bits are the number itself.
        *byte = (number + 8_388_608.0).to_bits() as u8;
    }
    // Copies of a length that the compiler knows are single instructions.
    match to.len() {
        16 => to.copy_from_slice(&bytes[..16]),
        8 => to.copy_from_slice(&bytes[..8]),
        len => to.copy_from_slice(&bytes[..len]),
    }
}

/// Bytes as numbers, followed by zeros.
#[inline(always)]
pub(crate) fn load_bytes<I: Isa>(isa: I, from: &[u8]) -> I::Vector {
    let mut bytes = [0; MOST_LANES];
    match from.len() {
        16 => bytes.copy_from_slice(&from[..16]),
        8 => bytes[..8].copy_from_slice(&from[..8]),
        len => bytes[..len].copy_from_slice(from),
    }
    let mut numbers = [0.0; MOST_LANES];
    for (number, byte) in numbers.iter_mut().zip(bytes) {
        *number = f32::from(byte);
    }
    isa.load(&numbers)
}
