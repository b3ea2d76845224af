//! What weights are stored as.

use super::Isa;

/// What weights are stored as: floats, or [half floats](super::f16) as the bits of a `u16`, which become floats as they
/// are read.
pub trait Weight: Copy + Send + Sync + core::fmt::Debug + 'static {
    /// The first `LANES` values of a slice. There must be as many: it may panic.
    fn load<I: Isa>(isa: I, from: &[Self]) -> I::Vector;
    /// As many values of a slice as there are, up to `LANES`, and zeros after them.
    fn load_partial<I: Isa>(isa: I, from: &[Self]) -> I::Vector;

    /// Like [`Weight::load`] where there are enough values, else like [`Weight::load_partial`].
    #[inline(always)]
    fn load_some<I: Isa>(isa: I, from: &[Self]) -> I::Vector {
        if from.len() >= I::LANES { Self::load(isa, from) } else { Self::load_partial(isa, from) }
    }

    /// [`Isa::add_rows`] for such weights, if the set has it.
    fn add_rows<I: Isa, const ROWS: usize, const VECTORS: usize>(
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        rows: [&[f32]; ROWS],
        weights: &[Self],
        stride: usize,
    ) -> bool;

    /// [`Isa::add_listed_f16`] for such weights, if they are half floats.
    #[inline(always)]
    fn add_listed<I: Isa, const VECTORS: usize>(
        _isa: I,
        _sums: &mut [I::Vector; VECTORS],
        _listed: (&[f32], &[u8]),
        _weights: &[Self],
        _stride: usize,
    ) -> bool {
        false
    }
}

impl Weight for f32 {
    #[inline(always)]
    fn load<I: Isa>(isa: I, from: &[Self]) -> I::Vector {
        isa.load(from)
    }
    #[inline(always)]
    fn load_partial<I: Isa>(isa: I, from: &[Self]) -> I::Vector {
        isa.load_partial(from)
    }
    #[inline(always)]
    fn add_rows<I: Isa, const ROWS: usize, const VECTORS: usize>(
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        rows: [&[f32]; ROWS],
        weights: &[Self],
        stride: usize,
    ) -> bool {
        isa.add_rows(sums, rows, weights, stride)
    }
}

impl Weight for u16 {
    #[inline(always)]
    fn load<I: Isa>(isa: I, from: &[Self]) -> I::Vector {
        isa.load_f16(from)
    }
    #[inline(always)]
    fn load_partial<I: Isa>(isa: I, from: &[Self]) -> I::Vector {
        isa.load_f16_partial(from)
    }
    #[inline(always)]
    fn add_rows<I: Isa, const ROWS: usize, const VECTORS: usize>(
        isa: I,
        sums: &mut [[I::Vector; VECTORS]; ROWS],
        rows: [&[f32]; ROWS],
        weights: &[Self],
        stride: usize,
    ) -> bool {
        isa.add_rows_f16(sums, rows, weights, stride)
    }

    #[inline(always)]
    fn add_listed<I: Isa, const VECTORS: usize>(
        isa: I,
        sums: &mut [I::Vector; VECTORS],
        listed: (&[f32], &[u8]),
        weights: &[Self],
        stride: usize,
    ) -> bool {
        isa.add_listed_f16(sums, listed, weights, stride)
    }
}
