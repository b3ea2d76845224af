//! Memory that is needed soon.

use super::Isa;

/// The floats of a line of the cache.
const LINE: usize = 16;

/// Has some neighbouring floats fetched, wherever in a line they begin.
#[inline(always)]
pub(super) fn fetch_floats<I: Isa>(isa: I, place: *const f32, floats: usize) {
    if !I::FETCHES {
        return;
    }
    for float in (0..floats).step_by(LINE) {
        isa.fetch(place.wrapping_add(float));
    }
    isa.fetch(place.wrapping_add(floats.saturating_sub(1)));
}

/// Memory that is needed after a kernel has run: while it calculates, it has that fetched to a nearer cache, piece by piece.
///
/// A piece is so small that its fetches wait in the processor's queues and the arithmetic need not wait for them.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// What is left: where it begins, and how many lines it has.
    parts: [(*const f32, usize); 2],
    /// The lines of a piece.
    lines: usize,
}

impl Ahead {
    /// Nothing.
    pub const NOTHING: Self = Self { parts: [(core::ptr::null(), 0); 2], lines: 0 };

    /// As much as these slices have, behind each of them: of samples that lie one behind the other, the next ones. Where
    /// nothing lies there, nothing is fetched.
    pub fn behind(slices: [&[f32]; 2]) -> Self {
        Self { parts: slices.map(|slice| (slice.as_ptr_range().end, slice.len().div_ceil(LINE))), lines: 0 }
    }

    /// The same in so many pieces.
    pub(super) fn in_pieces(self, count: usize) -> Self {
        let [(_, first), (_, second)] = self.parts;
        Self { lines: (first + second).div_ceil(count.max(1)), ..self }
    }

    /// Has the next piece fetched.
    #[inline(always)]
    pub(super) fn fetch<I: Isa>(&mut self, isa: I) {
        if !I::FETCHES {
            return;
        }
        let mut lines = self.lines;
        for (place, left) in &mut self.parts {
            let count = lines.min(*left);
            for line in 0..count {
                isa.fetch(place.wrapping_add(line * LINE));
            }
            *place = place.wrapping_add(count * LINE);
            *left -= count;
            lines -= count;
        }
    }
}
