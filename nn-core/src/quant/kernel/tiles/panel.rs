//! A panel of weights on the strips of an image: tiles of sums, some pixels by one or two vectors of filters.

use super::band::Band;
use super::window::{Filters, Window};
use super::{MOST_VECTORS, PANEL, Part, Rectangle, Tiles};
use crate::kernel::{Cell, Isa, MOST_LANES, Products};
use crate::quant::kernel::dots::{lanes_of, without_flips};
use crate::quant::kernel::places::{Few, Place, Places};
use crate::quant::kernel::scale::LaneRescale;
use crate::quant::kernel::span::{Span, span};
use crate::quant::kernel::strip::{Aligned, Image, ROOM, SLACK};
use crate::quant::kernel::words::MOST_WORDS;
use core::mem::MaybeUninit;
use core::ops::Range;

/// The words of a small panel.
const SMALL_PANEL: usize = 1024;
/// The pixels of the widest tile.
const MOST_PIXELS: usize = 8;

impl Tiles<'_> {
    /// Some filters of a group: those that lie in words in memory, or as many as there is room for in a panel.
    #[inline(always)]
    pub(super) fn panel<I: Isa, P: Products<I>>(
        &mut self,
        isa: I,
        products: P,
        window: &Window,
        part: Part,
        words: Option<&[i32]>,
    ) {
        let (mut small, mut large, mut starts);
        let panel = match words {
            Some(words) => Panel { window, words, starts: self.rescale.bias },
            None => {
                // Of two sizes, since either is set to zero first, which takes its time.
                let words = if part.count.next_multiple_of(I::LANES) * window.words <= SMALL_PANEL {
                    small = Aligned([0; SMALL_PANEL]);
                    &mut small.0[..]
                } else {
                    large = Aligned([0; PANEL]);
                    &mut large.0[..]
                };
                starts = Aligned([0; MOST_VECTORS * MOST_LANES]);
                self.arrange(isa, products, window, part, words, &mut starts.0);
                Panel { window, words, starts: &starts.0 }
            }
        };
        self.strips(isa, products, part, panel);
    }

    /// Writes the words of some filters, and what their sums begin with.
    #[inline(always)]
    fn arrange<I: Isa, P: Products<I>>(
        &self,
        isa: I,
        products: P,
        window: &Window,
        part: Part,
        words: &mut [i32],
        starts: &mut [i32],
    ) {
        for vector in (0..part.count).step_by(I::LANES) {
            let first = part.first + vector;
            let weights = &self.weights[first * window.len()..];
            let filters = Filters { weights, window, count: I::LANES.min(part.count - vector) };
            let words = &mut words[vector * window.words..][..I::LANES * window.words];
            filters.arrange(isa, products, words);
            let bias = lanes_of(isa, self.rescale.bias.get(first..).unwrap_or_default());
            isa.store_whole(without_flips(isa, products, bias, words, I::LANES), &mut starts[vector..]);
        }
    }

    /// Some filters on each strip of the image.
    #[inline(always)]
    fn strips<I: Isa, P: Products<I>>(&mut self, isa: I, products: P, part: Part, panel: Panel<'_>) {
        let (Part { group, first, count }, Panel { window, words, starts }) = (part, panel);
        let mut word_places = [0; MOST_WORDS];
        let most = self.rectangle();
        let image = Image::new(self.sizes, self.input, self.zero_point);
        let Aligned(room) = &mut Aligned([const { MaybeUninit::<P::Cell>::uninit() }; ROOM + SLACK]);
        for row in (0..self.pool.output[0]).step_by(most[0]) {
            for column in (0..self.pool.output[1]).step_by(most[1]) {
                let (rectangle, frame) = self.frame(group, [row, column], most);
                let cells = frame.fill(&image, room);
                let word_places = &mut word_places[..window.words];
                window.word_places(rectangle.line, P::DEPTH, word_places);
                let extent = word_places.last().map_or(0, |&last| last as usize + P::DEPTH);
                for pair in (0..count).step_by(2 * I::LANES) {
                    let rest = count - pair;
                    let block = Block {
                        cells,
                        rectangle: &rectangle,
                        window,
                        word_places,
                        extent,
                        words: &words[pair * window.words..],
                        starts: &starts[pair..],
                        filter: first + pair,
                        count: rest.min(2 * I::LANES),
                    };
                    if rest > I::LANES {
                        self.block::<I, P, 2>(isa, products, block);
                    } else {
                        self.block::<I, P, 1>(isa, products, block);
                    }
                }
            }
        }
    }

    /// One or two vectors of filters of a rectangle.
    #[inline(always)]
    fn block<I: Isa, P: Products<I>, const VECTORS: usize>(&mut self, isa: I, products: P, block: Block<'_, P::Cell>) {
        let mut starts = [isa.splat_whole(0); VECTORS];
        let mut rescales = [self.rescale.lanes(isa, block.filter); VECTORS];
        for vector in 0..VECTORS {
            starts[vector] = isa.load_whole(&block.starts[vector * I::LANES..]);
            rescales[vector] = self.rescale.lanes(isa, block.filter + vector * I::LANES);
        }
        if self.pool.kernel != [1, 1] {
            self.pooled(isa, products, &block, starts, rescales);
        } else if const { I::REGISTERS >= 32 } {
            self.pixels::<I, P, VECTORS, MOST_PIXELS>(isa, products, &block, starts, rescales);
        } else {
            self.pixels::<I, P, VECTORS, 4>(isa, products, &block, starts, rescales);
        }
    }

    /// Outputs one by one: each pixel of a tile is an output.
    #[inline(always)]
    fn pixels<I: Isa, P: Products<I>, const VECTORS: usize, const PIXELS: usize>(
        &mut self,
        isa: I,
        products: P,
        block: &Block<'_, P::Cell>,
        starts: [I::Whole; VECTORS],
        rescales: [LaneRescale<I>; VECTORS],
    ) {
        let Rectangle { origin, size, line, .. } = *block.rectangle;
        let ([row_stride, stride], filters) = (self.sizes.geometry.stride, self.sizes.filters);
        let width = self.pool.output[1];
        let step = Place { window: stride * block.window.depth, output: filters };
        let row = Place { window: row_stride * line, output: width * filters };
        // Sums that are chosen by a number that is no constant must lie in memory: these do, and those of the loop over words
        // stay in registers.
        let Aligned(sums) = &mut Aligned([[[0; MOST_LANES]; PIXELS]; VECTORS]);
        let mut done = 0;
        while done < size[0] {
            let first = Place {
                window: done * row.window,
                output: ((origin[0] + done) * width + origin[1]) * filters + block.filter,
            };
            // The words of rows beyond the border are left out where no tile has pixels of two rows. With one vector of filters
            // that takes as long as it spares.
            let band = if VECTORS > 1 && size[1].is_multiple_of(PIXELS) {
                self.band(block.window, origin[0] + done, size[0] - done)
            } else {
                Band { rows: size[0], words: 0..block.window.words }
            };
            let Band { rows, words } = band;
            let starts = block.without_words(isa, products, starts, self.zero_point, &words);
            let mut places = Places::new([rows, size[1]], first, step, row);
            while let Some(Few { windows, outputs, count }) = places.few::<PIXELS>() {
                let tile = block.tile(isa, products, windows, starts, &words);
                for vector in 0..VECTORS {
                    for pixel in 0..PIXELS {
                        isa.store_whole(tile[pixel][vector], &mut sums[vector][pixel]);
                    }
                }
                for vector in 0..VECTORS {
                    let width = I::LANES.min(block.count - vector * I::LANES);
                    let output = &mut self.output[vector * I::LANES..];
                    rescales[vector].store_each(isa, &sums[vector], &outputs[..count], width, output);
                }
            }
            done += rows;
        }
    }

    /// Outputs one by one: the pixels of a tile are cells of a window of the pool.
    #[inline(always)]
    fn pooled<I: Isa, P: Products<I>, const VECTORS: usize>(
        &mut self,
        isa: I,
        products: P,
        block: &Block<'_, P::Cell>,
        starts: [I::Whole; VECTORS],
        rescales: [LaneRescale<I>; VECTORS],
    ) {
        let Rectangle { origin, size, .. } = *block.rectangle;
        let strides =
            [self.sizes.geometry.stride[0] * block.rectangle.line, self.sizes.geometry.stride[1] * block.window.depth];
        for row in origin[0]..origin[0] + size[0] {
            let rows = span(&self.pool, 0, row);
            for column in origin[1]..origin[1] + size[1] {
                let columns = span(&self.pool, 1, column);
                let mut cells = WindowCells::new(block.rectangle.under, strides, &rows, &columns);
                let mut largest = [isa.splat_whole(i32::MIN); VECTORS];
                while let Some(offsets) = cells.four() {
                    for sums in block.tile(isa, products, offsets, starts, &(0..block.window.words)) {
                        for vector in 0..VECTORS {
                            largest[vector] = isa.max_whole(largest[vector], sums[vector]);
                        }
                    }
                }
                let output = (row * self.pool.output[1] + column) * self.sizes.filters + block.filter;
                for vector in 0..VECTORS {
                    let width = I::LANES.min(block.count - vector * I::LANES);
                    let output = &mut self.output[output + vector * I::LANES..][..width];
                    rescales[vector].store(isa, largest[vector], output);
                }
            }
        }
    }
}

/// The weights of filters, `[filters / LANES][words][LANES]`, and what their sums begin with.
struct Panel<'a> {
    window: &'a Window,
    words: &'a [i32],
    starts: &'a [i32],
}

/// Where the cells of a window of the pool lie in a strip, four at a time.
struct WindowCells {
    /// Rows and columns that are left, of as many columns.
    rows: usize,
    columns: usize,
    width: usize,
    /// The next cell, and the first one of its row.
    next: usize,
    line: usize,
    /// From one row, and from one column to the next.
    steps: [usize; 2],
}

impl WindowCells {
    #[inline(always)]
    fn new(under: [usize; 2], strides: [usize; 2], rows: &Span, columns: &Span) -> Self {
        let width = columns.count();
        let first =
            rows.pixel.saturating_sub(under[0]) * strides[0] + columns.pixel.saturating_sub(under[1]) * strides[1];
        Self {
            // A window with no columns has no rows.
            rows: if width == 0 { 0 } else { rows.count() },
            columns: width,
            width,
            next: first,
            line: first,
            steps: [rows.step * strides[0], columns.step * strides[1]],
        }
    }

    /// The next four, the last one several times if fewer are left.
    #[inline(always)]
    fn four(&mut self) -> Option<[usize; 4]> {
        if self.rows == 0 {
            return None;
        }
        let mut offsets = [self.next; 4];
        let mut last = self.next;
        for offset in &mut offsets {
            if self.rows > 0 {
                last = self.next;
                self.next += self.steps[1];
                self.columns -= 1;
                if self.columns == 0 {
                    self.line += self.steps[0];
                    (self.rows, self.columns, self.next) = (self.rows - 1, self.width, self.line);
                }
            }
            *offset = last;
        }
        Some(offsets)
    }
}

/// One or two vectors of filters on a strip.
struct Block<'a, C> {
    cells: &'a [C],
    rectangle: &'a Rectangle,
    window: &'a Window,
    /// Where the cells of each word lie in a window, and how far a window reaches.
    word_places: &'a [u16],
    extent: usize,
    /// The weights, `[vectors][words][LANES]`.
    words: &'a [i32],
    starts: &'a [i32],
    /// The first filter, and how many there are.
    filter: usize,
    count: usize,
}

impl<C: Cell> Block<'_, C> {
    /// What sums begin with if only some words are multiplied, and all cells under the others hold the zero point.
    #[inline(always)]
    fn without_words<I: Isa, P: Products<I, Cell = C>, const VECTORS: usize>(
        &self,
        isa: I,
        products: P,
        mut starts: [I::Whole; VECTORS],
        zero_point: i8,
        multiplied: &Range<usize>,
    ) -> [I::Whole; VECTORS] {
        let zeros = products.splat(isa, &[C::new(zero_point); 4]);
        let (count, mut word) = (self.word_places.len(), 0);
        while word < count {
            if multiplied.contains(&word) {
                word = multiplied.end;
                continue;
            }
            for (vector, start) in starts.iter_mut().enumerate() {
                let weights = isa.load_whole(&self.words[(vector * count + word) * I::LANES..]);
                *start = products.add_flipped(isa, *start, zeros, weights);
            }
            word += 1;
        }
        starts
    }

    /// The sums of the products with some words, of the windows that begin at some cells.
    #[inline(always)]
    fn tile<I: Isa, P: Products<I, Cell = C>, const VECTORS: usize, const PIXELS: usize>(
        &self,
        isa: I,
        products: P,
        offsets: [usize; PIXELS],
        starts: [I::Whole; VECTORS],
        multiplied: &Range<usize>,
    ) -> [[I::Whole; VECTORS]; PIXELS] {
        let mut sums = [starts; PIXELS];
        // The same length for all, so that the compiler checks once for all.
        let mut windows = [&self.cells[..0]; PIXELS];
        for pixel in 0..PIXELS {
            windows[pixel] = &self.cells[offsets[pixel]..][..self.extent];
        }
        let mut rest = [self.words; VECTORS];
        for (vector, words) in rest.iter_mut().enumerate() {
            *words = &words[(vector * self.word_places.len() + multiplied.start) * I::LANES..];
        }
        for &place in &self.word_places[multiplied.clone()] {
            let mut weights = starts;
            for vector in 0..VECTORS {
                let (words, others) = rest[vector].split_at(I::LANES);
                weights[vector] = isa.load_whole(words);
                rest[vector] = others;
            }
            for pixel in 0..PIXELS {
                let values = products.splat(isa, &windows[pixel][place as usize..][..P::DEPTH]);
                for vector in 0..VECTORS {
                    sums[pixel][vector] = products.add_flipped(isa, sums[pixel][vector], values, weights[vector]);
                }
            }
        }
        sums
    }
}
