//! The weights of filters as words of as many as a lane multiplies at once.

use crate::kernel::conv2d::ConvolutionSizes;
use crate::kernel::{Geometry, Isa, MOST_LANES, Products};

/// How the weights of a filter lie: in runs of cells that lie side by side in a strip, too.
pub(super) struct Window {
    /// Channels of a cell.
    pub(super) depth: usize,
    /// The weights of a run.
    pub(super) run: usize,
    /// Rows and columns of runs.
    pub(super) runs: [usize; 2],
    /// From one run to the next: rows, and columns.
    pub(super) step: [usize; 2],
    /// The words of a run, and of all of them.
    pub(super) words_of_run: usize,
    pub(super) words: usize,
}

impl Window {
    pub(super) fn new(sizes: &ConvolutionSizes, depth_of_word: usize) -> Self {
        let Geometry { kernel, dilation, .. } = sizes.geometry;
        let depth = sizes.channels / sizes.groups;
        let side_by_side = dilation[1] == 1 || kernel[1] == 1;
        let (run, columns) = if side_by_side { (kernel[1] * depth, 1) } else { (depth, kernel[1]) };
        let words_of_run = run.div_ceil(depth_of_word);
        let runs = [kernel[0], columns];
        let words = words_of_run * runs[0] * runs[1];
        Self { depth, run, runs, step: [dilation[0], dilation[1] * depth], words_of_run, words }
    }

    /// Where the cells of each word lie in a strip whose lines have so many cells, from those of the first word on. A place is
    /// less than the [`ROOM`](super::super::strip::ROOM) of a strip.
    pub(super) fn word_places(&self, line: usize, depth_of_word: usize, places: &mut [u16]) {
        let Self { runs, step, words_of_run, .. } = *self;
        let mut places = places.iter_mut();
        for row in 0..runs[0] {
            for column in 0..runs[1] {
                let run = row * step[0] * line + column * step[1];
                for (word, place) in (0..words_of_run).zip(&mut places) {
                    *place = (run + word * depth_of_word) as u16;
                }
            }
        }
    }

    /// The weights of a filter.
    pub(super) fn len(&self) -> usize {
        self.run * self.runs[0] * self.runs[1]
    }
}

/// The weights of a vector of filters, one filter after the other.
pub(super) struct Filters<'a> {
    pub(super) weights: &'a [i8],
    pub(super) window: &'a Window,
    pub(super) count: usize,
}

impl Filters<'_> {
    /// Writes the first words of all filters, then the second ones.
    #[inline(always)]
    pub(super) fn arrange<I: Isa, P: Products<I>>(&self, isa: I, products: P, to: &mut [i32]) {
        let Window { run, words_of_run, words, .. } = *self.window;
        let mut word = 0;
        if self.count == I::LANES && run.is_multiple_of(P::DEPTH) {
            while word + I::LANES <= words {
                let block = self.block(isa, products, word * P::DEPTH);
                for (index, &lanes) in block.iter().enumerate().take(I::LANES) {
                    isa.store_whole(lanes, &mut to[(word + index) * I::LANES..]);
                }
                word += I::LANES;
            }
            // A block with words of the next filters, where there are any.
            let end = (I::LANES - 1) * self.window.len() + (word + I::LANES) * P::DEPTH;
            if word < words && end <= self.weights.len() {
                let block = self.block(isa, products, word * P::DEPTH);
                while word < words {
                    isa.store_whole(block[word % I::LANES], &mut to[word * I::LANES..]);
                    word += 1;
                }
            }
        }
        // The rest one by one.
        let (mut index, mut begin) = (word % words_of_run, word / words_of_run * run);
        for word in word..words {
            let len = P::DEPTH.min(run - index * P::DEPTH);
            for filter in 0..self.count {
                let at = filter * self.window.len() + begin + index * P::DEPTH;
                to[word * I::LANES + filter] = products.weights_of_lane(&self.weights[at..][..len]);
            }
            index += 1;
            if index == words_of_run {
                (index, begin) = (0, begin + run);
            }
        }
    }

    /// As many words as there are lanes, from some weight on, of as many filters.
    #[inline(always)]
    fn block<I: Isa, P: Products<I>>(&self, isa: I, products: P, begin: usize) -> [I::Whole; MOST_LANES] {
        let mut lines = [isa.splat_whole(0); MOST_LANES];
        let mut rest = &self.weights[begin..];
        for (filter, line) in lines.iter_mut().enumerate().take(I::LANES) {
            *line = products.weights_of_lanes(isa, rest);
            if filter + 1 < I::LANES {
                rest = &rest[self.window.len()..];
            }
        }
        // Each round puts neighbours side by side that are half of all lines apart, until lines have become columns.
        let mut apart = 1;
        while apart < I::LANES {
            let from = lines;
            for index in 0..I::LANES / 2 {
                (lines[2 * index], lines[2 * index + 1]) =
                    isa.interleave_whole(from[index], from[index + I::LANES / 2]);
            }
            apart *= 2;
        }
        lines
    }
}
