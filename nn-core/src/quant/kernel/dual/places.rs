//! Filters on what their windows see at some places: each weight is read once for all of the places.

#[cfg(armv6m)]
use super::armv6m::places::{raise_places, write_places};
#[cfg(not(any(dual_multiply, armv6m)))]
use super::finish::Channel;
use super::finish::Finish;
#[cfg(dual_multiply)]
use super::finish::byte;
#[cfg(not(dual_multiply))]
use super::lanes;
use super::spread::Spread;
use super::words::{add_products, spread, word};
#[cfg(any(dual_multiply, armv6m))]
use crate::quant::Multiplier;
#[cfg(dual_multiply)]
use core::arch::asm;

/// Four bytes.
pub(super) type Four = [i8; 4];

/// Filters that follow each other.
#[derive(Clone, Copy)]
pub(super) struct Filters<'a> {
    weights: &'a [i8],
    pub(super) count: usize,
    /// The weights of each.
    products: usize,
    finish: Finish<'a>,
    /// How many of the first ones can be read in whole words: the last word may reach into the next filter.
    whole: usize,
}

impl<'a> Filters<'a> {
    /// So many filters of so many weights, with what turns their sums into bytes.
    #[inline(always)]
    pub(super) fn new(weights: &'a [i8], [count, products]: [usize; 2], finish: Finish<'a>) -> Self {
        let filters = count.min(finish.starts().len()).min(finish.multipliers().len());
        // So many bytes are more than the products of the last filters.
        let beyond = products.next_multiple_of(4) - products;
        let last = beyond.div_ceil(products.max(1));
        let whole = match filters.checked_sub(last) {
            Some(whole) if products > 0 && whole * products + beyond <= weights.len() => whole,
            _ => 0,
        };
        Self { weights, count, products, finish, whole }
    }

    /// Whether [`Self::write_fours`] and [`Self::raise_fours`] give the bytes.
    #[inline(always)]
    pub(super) fn are_plain(&self) -> bool {
        self.finish.is_plain()
    }

    /// The words of four weights of a filter.
    #[inline(always)]
    pub(super) fn steps(&self) -> usize {
        self.products.div_ceil(4)
    }

    /// The sums of a filter at some places.
    #[inline(always)]
    pub(super) fn sums<const PLACES: usize>(&self, filter: usize, steps: &[[Spread; PLACES]]) -> [i32; PLACES]
    where
        Places<PLACES>: Sums<PLACES>,
    {
        let weights = self.weights.get(filter * self.products..).unwrap_or_default();
        let (words, last) = weights.get(..self.products).unwrap_or_default().as_chunks();
        let sums = Places::<PLACES>::add([self.finish.start(filter); PLACES], words, steps);
        let last = match *last {
            [a] => [a, 0, 0, 0],
            [a, b] => [a, b, 0, 0],
            [a, b, c] => [a, b, c, 0],
            _ => return sums,
        };
        Places::<PLACES>::add(sums, &[last], steps.get(words.len()..).unwrap_or_default())
    }

    /// The bytes of a filter's sums.
    #[inline(always)]
    pub(super) fn bytes<const N: usize>(&self, filter: usize, sums: [i32; N]) -> [i8; N] {
        if self.finish.is_plain() {
            let constants = self.finish.constants(filter);
            sums.map(|sum| constants.byte(sum))
        } else {
            sums.map(|sum| self.finish.any_byte(filter, sum))
        }
    }
}

/// What the loop over filters reads from memory, and the places that it moves on.
#[cfg(any(dual_multiply, armv6m))]
#[repr(C)]
pub(super) struct Table {
    starts: *const i32,
    multipliers: *const Multiplier,
    places: *const [Spread; 4],
    steps: usize,
    /// Twice the byte that stands for zero, and one.
    zero: i32,
    outputs: *mut i8,
    /// From the byte of a place to that of the next.
    distance: usize,
    /// By how many bytes the last word of a filter reaches into the next.
    beyond: usize,
    filters: usize,
    weights: *const i8,
}

/// The instructions that add the products of a filter's weights with what its window sees at four places: from `r10` and
/// `r11` on, of `r12` words, to the sums in `r4`, `r5`, `r8` and `r9`.
#[cfg(dual_multiply)]
macro_rules! four_sums {
    () => {
        "3:
        ldr r6, [r10], #4
        ldmia r11!, {{r0, r1, r2, r3}}
        sxtb16 r7, r6
        sxtb16 r6, r6, ror #8
        smlad r4, r7, r0, r4
        smlad r5, r7, r2, r5
        smlad r4, r6, r1, r4
        smlad r5, r6, r3, r5
        ldmia r11!, {{r0, r1, r2, r3}}
        smlad r8, r7, r0, r8
        smlad r9, r7, r2, r9
        smlad r8, r6, r1, r8
        smlad r9, r6, r3, r9
        subs r12, r12, #1
        bne 3b"
    };
}

/// The loop over the filters of a table, whose first weights are at `r10`, with the instructions from four sums to the
/// output at `r6`; `r1` has the fraction, `r2` the shift, `r3` twice the constant that is added, `r7` the distance.
#[cfg(dual_multiply)]
macro_rules! each_filter {
    ($table:ident, $($finish:expr),*) => {
        asm!(
            "push {{r6, r7}}",
            "2:",
            "ldr r0, [lr]",
            "ldrd r11, r12, [lr, #8]",
            "ldr r4, [r0], #4",
            "mov r5, r4",
            "mov r8, r4",
            "mov r9, r4",
            "str r0, [lr]",
            four_sums!(),
            "ldrd r7, r11, [lr, #24]",
            "ldr r0, [lr, #4]",
            "sub r10, r10, r11",
            "ldrd r1, r2, [r0], #8",
            "str r0, [lr, #4]",
            "ldrd r3, r6, [lr, #16]",
            "rsb r2, r2, #0",
            "lsl r3, r3, r2",
            $($finish,)*
            "add r6, r6, #1",
            "ldr r0, [lr, #32]",
            "str r6, [lr, #20]",
            "subs r0, r0, #1",
            "str r0, [lr, #32]",
            "bne 2b",
            "pop {{r6, r7}}",
            in("lr") $table,
            inout("r10") $table.weights => _,
            out("r0") _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r11") _,
            out("r12") _,
        )
    };
}

/// Writes the bytes of a table's filters at four places.
///
/// # Safety
///
/// For each of the filters, at least one, there are a start, a multiplier and `steps` words of weights, which begin `beyond`
/// bytes before the end of those before; there are `steps` elements of what is seen, at least one, and room for a byte of
/// each filter at each place.
#[cfg(dual_multiply)]
#[inline(never)]
unsafe fn write_places(table: &mut Table) {
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        each_filter!(
            table,
            byte!("r4", "r1", "r3, asr #1", "r2", "r0"),
            "strb r4, [r6]",
            byte!("r5", "r1", "r3, asr #1", "r2", "r0"),
            "strb r5, [r6, r7]",
            byte!("r8", "r1", "r3, asr #1", "r2", "r0"),
            "strb r8, [r6, r7, lsl #1]",
            byte!("r9", "r1", "r3, asr #1", "r2", "r0"),
            "add r0, r6, r7, lsl #1",
            "strb r9, [r0, r7]"
        );
    }
}

/// Raises the bytes of a table's filters to the largest at four places.
///
/// # Safety
///
/// As for [`write_places`], with room for one byte of each filter.
#[cfg(dual_multiply)]
#[inline(never)]
unsafe fn raise_places(table: &mut Table) {
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        each_filter!(
            table,
            "cmp r4, r5",
            "it lt",
            "movlt r4, r5",
            "cmp r8, r9",
            "it lt",
            "movlt r8, r9",
            "cmp r4, r8",
            "it lt",
            "movlt r4, r8",
            byte!("r4", "r1", "r3, asr #1", "r2", "r0"),
            "ldrsb r0, [r6]",
            "cmp r4, r0",
            "it gt",
            "strbgt r4, [r6]"
        );
    }
}

#[cfg(any(dual_multiply, armv6m))]
impl Filters<'_> {
    /// The table for the filters that can be read in whole words, if there are any, what they see, and room for their bytes at places that
    /// are so far apart.
    #[inline(always)]
    fn table(&self, places: &[[Spread; 4]], outputs: &mut [i8], distance: usize) -> Option<Table> {
        let steps = self.steps();
        if self.whole == 0 || places.len() < steps || outputs.len() < 3 * distance + self.whole {
            return None;
        }
        Some(Table {
            starts: self.finish.starts().as_ptr(),
            multipliers: self.finish.multipliers().as_ptr(),
            places: places.as_ptr(),
            steps,
            zero: 2 * self.finish.zero_point() as i32 + 1,
            outputs: outputs.as_mut_ptr(),
            distance,
            beyond: 4 * steps - self.products,
            filters: self.whole,
            weights: self.weights.as_ptr(),
        })
    }

    /// Writes the bytes of the first filters at four places, each `distance` bytes from the one before, where
    /// [`Finish::is_plain`]; tells how many filters.
    #[inline(always)]
    pub(super) fn write_fours(&self, places: &[[Spread; 4]], outputs: &mut [i8], distance: usize) -> usize {
        let Some(table) = &mut self.table(places, outputs, distance) else { return 0 };
        // SAFETY: there are as many of all, by the checks of the table.
        unsafe { write_places(table) };
        self.whole
    }

    /// Raises the bytes of the first filters to the largest at four places, where [`Finish::is_plain`]; tells how many.
    #[inline(always)]
    pub(super) fn raise_fours(&self, places: &[[Spread; 4]], outputs: &mut [i8]) -> usize {
        let Some(table) = &mut self.table(places, outputs, 0) else { return 0 };
        // SAFETY: as above; one byte for each filter.
        unsafe { raise_places(table) };
        self.whole
    }
}

#[cfg(not(any(dual_multiply, armv6m)))]
impl Filters<'_> {
    #[inline(always)]
    fn each_four(&self, places: &[[Spread; 4]], mut visit: impl FnMut(usize, Channel, [i32; 4])) -> usize {
        let constants = self.finish.starts().iter().zip(self.finish.multipliers()).take(self.whole);
        let (mut at, steps) = (0, self.steps());
        for (filter, (start, multiplier)) in constants.enumerate() {
            let weights = self.weights.get(at..at + 4 * steps).unwrap_or_default();
            let sums = lanes::add([*start; 4], weights.as_chunks().0, places);
            visit(filter, Channel::new(multiplier, self.finish.zero_point()), sums);
            at += self.products;
        }
        self.whole
    }

    #[inline(never)]
    pub(super) fn write_fours(&self, places: &[[Spread; 4]], outputs: &mut [i8], distance: usize) -> usize {
        self.each_four(places, |filter, channel, sums| {
            let outputs = outputs.get_mut(filter..).unwrap_or_default();
            for (output, sum) in outputs.iter_mut().step_by(distance.max(1)).zip(sums) {
                *output = channel.byte(sum);
            }
        })
    }

    #[inline(never)]
    pub(super) fn raise_fours(&self, places: &[[Spread; 4]], outputs: &mut [i8]) -> usize {
        self.each_four(places, |filter, channel, sums| {
            if let Some(output) = outputs.get_mut(filter) {
                *output = (*output).max(channel.byte(sums.into_iter().fold(i32::MIN, i32::max)));
            }
        })
    }
}

/// Adds the products of a filter's weights with what its window sees at four places.
#[cfg(dual_multiply)]
#[inline(never)]
fn add_four_places(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
    let steps = weights.len().min(places.len());
    if steps == 0 {
        return sums;
    }
    let [mut a, mut b, mut c, mut d] = sums;
    // SAFETY: reads `steps` elements of both slices, which have as many. Registers that Rust does not lend are put
    // back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            four_sums!(),
            "pop {{r6, r7}}",
            inout("r10") weights.as_ptr() => _,
            inout("r11") places.as_ptr() => _,
            inout("r12") steps => _,
            inout("r4") a,
            inout("r5") b,
            inout("r8") c,
            inout("r9") d,
            out("r0") _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            options(readonly),
        );
    }
    [a, b, c, d]
}

/// The same at two places.
#[cfg(dual_multiply)]
#[inline(always)]
fn add_two_places(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
    let steps = weights.len().min(places.len());
    if steps == 0 {
        return sums;
    }
    let [mut a, mut b] = sums;
    // SAFETY: reads `steps` elements of both slices, which have as many. Registers that Rust does not lend are put
    // back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "2:",
            "ldr r6, [r10], #4",
            "sxtb16 r7, r6",
            "sxtb16 r6, r6, ror #8",
            "ldmia r11!, {{r0, r1, r2, r3}}",
            "smlad r4, r7, r0, r4",
            "smlad r5, r7, r2, r5",
            "smlad r4, r6, r1, r4",
            "smlad r5, r6, r3, r5",
            "subs r12, r12, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r10") weights.as_ptr() => _,
            inout("r11") places.as_ptr() => _,
            inout("r12") steps => _,
            inout("r4") a,
            inout("r5") b,
            out("r0") _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            options(readonly),
        );
    }
    [a, b]
}

#[cfg(not(dual_multiply))]
#[inline(always)]
fn add_two_places(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
    weights.iter().zip(places).fold(sums, |[a, b], (weights, places)| {
        let weights = spread(word(weights));
        [add_products(a, weights, places[0]), add_products(b, weights, places[1])]
    })
}

/// A number of places at which a filter's sums are computed at once.
pub(super) struct Places<const PLACES: usize>;

/// The loop for a number of places.
pub(super) trait Sums<const PLACES: usize> {
    /// Turns what the places see, spread, to what [`Self::add`] reads.
    #[inline(always)]
    fn prepare(_places: &mut [[Spread; PLACES]]) {}

    /// Adds the products of a filter's weights with what its window sees at each of the places.
    fn add(sums: [i32; PLACES], weights: &[Four], places: &[[Spread; PLACES]]) -> [i32; PLACES];
}

impl Sums<4> for Places<4> {
    #[cfg(not(dual_multiply))]
    #[inline(always)]
    fn prepare(places: &mut [[Spread; 4]]) {
        lanes::pair(places);
    }

    #[cfg(not(dual_multiply))]
    #[inline(always)]
    fn add(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
        lanes::add(sums, weights, places)
    }

    #[cfg(dual_multiply)]
    #[inline(always)]
    fn add(sums: [i32; 4], weights: &[Four], places: &[[Spread; 4]]) -> [i32; 4] {
        add_four_places(sums, weights, places)
    }
}

impl Sums<2> for Places<2> {
    #[inline(always)]
    fn add(sums: [i32; 2], weights: &[Four], places: &[[Spread; 2]]) -> [i32; 2] {
        add_two_places(sums, weights, places)
    }
}

impl Sums<1> for Places<1> {
    #[inline(always)]
    fn add([sum]: [i32; 1], weights: &[Four], places: &[[Spread; 1]]) -> [i32; 1] {
        let products = weights.iter().zip(places);
        [products.fold(sum, |sum, (weights, [place])| add_products(sum, spread(word(weights)), *place))]
    }
}
