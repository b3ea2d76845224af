//! The loops, as the processor's instructions: what they need, a loop that ends within a vector and sums over a vector, is
//! not in the language. `plain.rs` has the same in Rust, for the tests of what is around them.
//!
//! Sums become bytes four at a time, by `clamp(half_away(2 x m / 2^32, 2^right) + zero_point)`, where `x` is a sum that was
//! moved by `left` and the first product is rounded too: with a positive `shift` it is `left`, else `-right`.
//!
//! Vectors share registers with floats, so that each block states which of those it changes.

use super::super::Rescale;
use super::{CELL, Cell, Group, four_multipliers};
use crate::quant::Multiplier;
use core::arch::asm;

/// The sums of a filter at four places.
pub(super) type Sums = [i32; 4];

/// Adds the products of some bytes with four others to sums.
#[inline(always)]
pub(super) fn four_sums(sums: Sums, shared: &[i8], others: [&[i8]; 4]) -> Sums {
    let len = others.iter().fold(shared.len(), |len, other| len.min(other.len()));
    let [mut a, mut b, mut c, mut d] = sums;
    // SAFETY: reads `len` bytes of each slice, which all have as many: the last vector is cut by the loop.
    unsafe {
        asm!(
            "wlstp.8 lr, lr, 3f",
            "2:",
            "vldrb.u8 q0, [r0], #16",
            "vldrb.u8 q1, [r1], #16",
            "vmladava.s8 r2, q0, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r4, q0, q1",
            "vldrb.u8 q1, [r5], #16",
            "vmladava.s8 r8, q0, q1",
            "vldrb.u8 q1, [r9], #16",
            "vmladava.s8 r10, q0, q1",
            "letp lr, 2b",
            "3:",
            inout("lr") len => _,
            inout("r0") shared.as_ptr() => _,
            inout("r1") others[0].as_ptr() => _,
            inout("r3") others[1].as_ptr() => _,
            inout("r5") others[2].as_ptr() => _,
            inout("r9") others[3].as_ptr() => _,
            inout("r2") a,
            inout("r4") b,
            inout("r8") c,
            inout("r10") d,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            options(readonly, nostack),
        );
    }
    [a, b, c, d]
}

/// The sums of filters at four places, as many filters as all slices have; `len` are the weights of each.
#[inline(always)]
pub(super) fn filters_at_four_places(
    weights: &[i8],
    len: usize,
    starts: &[i32],
    places: [&[i8]; 4],
    sums: &mut [Sums],
) {
    let filters = starts.len().min(sums.len());
    if filters == 0 || len == 0 || weights.len() < filters * len || places.iter().any(|place| place.len() < len) {
        return;
    }
    // What the loop over the weights passes over.
    let passed = len.next_multiple_of(CELL);
    let table = [starts.as_ptr().addr() + filters * size_of::<i32>(), passed - len, len];
    // SAFETY: for each of the filters, reads its `len` weights and as many bytes of each place, and one start, and writes
    // four sums; that there are so many was asked. The last vector is cut by the loop. Registers that Rust does not lend
    // are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "mov r6, r2",
            "mov r7, r4",
            "2:",
            "ldr r2, [r7], #4",
            "ldr lr, [r11, #8]",
            "mov r4, r2",
            "mov r8, r2",
            "mov r10, r2",
            "dlstp.8 lr, lr",
            "3:",
            "vldrb.u8 q0, [r0], #16",
            "vldrb.u8 q1, [r1], #16",
            "vmladava.s8 r2, q0, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r4, q0, q1",
            "vldrb.u8 q1, [r5], #16",
            "vmladava.s8 r8, q0, q1",
            "vldrb.u8 q1, [r9], #16",
            "vmladava.s8 r10, q0, q1",
            "letp lr, 3b",
            "stmia r12!, {{r2, r4, r8, r10}}",
            "ldrd r2, r4, [r11]",
            "sub r0, r0, r4",
            "sub r1, r1, r6",
            "sub r3, r3, r6",
            "sub r5, r5, r6",
            "sub r9, r9, r6",
            "cmp r7, r2",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r0") weights.as_ptr() => _,
            inout("r1") places[0].as_ptr() => _,
            inout("r3") places[1].as_ptr() => _,
            inout("r5") places[2].as_ptr() => _,
            inout("r9") places[3].as_ptr() => _,
            inout("r2") passed => _,
            inout("r4") starts.as_ptr() => _,
            out("r8") _,
            out("r10") _,
            in("r11") &raw const table,
            inout("r12") sums.as_mut_ptr() => _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
        );
    }
}

/// Copies `rows` rows of `len` bytes: from each `from_step`th byte, to bytes without gaps but for `gap` after each row;
/// nothing if either has fewer.
#[inline(always)]
pub(super) fn copy_rows(from: &[i8], from_step: usize, to: &mut [i8], gap: usize, [rows, len]: [usize; 2]) {
    let Some(last) = rows.checked_sub(1) else { return };
    if from.len() < last * from_step + len || to.len() < last * (len + gap) + len {
        return;
    }
    // SAFETY: reads and writes `len` bytes for each of the rows, of which the last is within both slices: the last vector
    // of a row is cut by the loop.
    unsafe {
        asm!(
            "2:",
            "mov {source}, {from}",
            "mov {target}, {to}",
            "wlstp.8 lr, {len}, 4f",
            "3:",
            "vldrb.u8 q0, [{source}], #16",
            "vstrb.8 q0, [{target}], #16",
            "letp lr, 3b",
            "4:",
            "add {from}, {from}, {from_step}",
            "add {to}, {to}, {to_step}",
            "subs {rows}, {rows}, #1",
            "bne 2b",
            from = inout(reg) from.as_ptr() => _,
            to = inout(reg) to.as_mut_ptr() => _,
            from_step = in(reg) from_step,
            to_step = in(reg) len + gap,
            rows = inout(reg) rows => _,
            len = in(reg) len,
            source = out(reg) _,
            target = out(reg) _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            options(nostack),
        );
    }
}

/// The constants of a layer, as the loops read them.
#[repr(C)]
pub(super) struct Finish {
    lowest: [i32; 4],
    highest: [i32; 4],
    /// Where fractions lie in multipliers that follow each other, and where shifts.
    fractions: [usize; 4],
    zero_point: i32,
}

/// From a vector of sums to numbers within the bounds: fractions are in `q0`, shifts below zero in `q1`, those above in `q2`.
macro_rules! finish {
    ($sums:literal) => {
        concat!(
            "vshl.s32 ",
            $sums,
            ", ",
            $sums,
            ", q2\n",
            "vqrdmulh.s32 ",
            $sums,
            ", ",
            $sums,
            ", q0\n",
            "vand q3, ",
            $sums,
            ", q1\n",
            "vshr.s32 q3, q3, #31\n",
            "vqadd.s32 ",
            $sums,
            ", ",
            $sums,
            ", q3\n",
            "vrshl.s32 ",
            $sums,
            ", ",
            $sums,
            ", q1\n",
            "vadd.i32 ",
            $sums,
            ", ",
            $sums,
            ", r9\n",
            "vldrw.u32 q3, [r10]\n",
            "vmax.s32 ",
            $sums,
            ", ",
            $sums,
            ", q3\n",
            "vldrw.u32 q3, [r10, #16]\n",
            "vmin.s32 ",
            $sums,
            ", ",
            $sums,
            ", q3",
        )
    };
}

/// Four multipliers from `r8` on, as many as `r5` says, split for [`finish`]; and the sums of four filters.
macro_rules! next_filters {
    () => {
        "vctp.32 r5
         vldrw.u32 q3, [r10, #32]
         vpstt
         vldrwt.u32 q0, [r8, q3]
         vldrwt.u32 q1, [r11, q3]
         add r8, r8, #32
         add r11, r11, #32
         vmov.i32 q2, #0
         vmax.s32 q2, q1, q2
         vsub.i32 q1, q1, q2
         vld40.32 {{q4, q5, q6, q7}}, [r4]
         vld41.32 {{q4, q5, q6, q7}}, [r4]
         vld42.32 {{q4, q5, q6, q7}}, [r4]
         vld43.32 {{q4, q5, q6, q7}}, [r4]!"
    };
}

impl Finish {
    #[inline(always)]
    pub(super) fn new(rescale: &Rescale<'_>) -> Self {
        let [lowest, highest] = rescale.bounds.map(|bound| [i32::from(bound); 4]);
        let zero_point = i32::from(rescale.zero_point);
        Self { lowest, highest, fractions: [0, 8, 16, 24], zero_point }
    }

    /// Writes the bytes of four channels.
    #[inline(always)]
    pub(super) fn units(&self, sums: Sums, multipliers: &[Multiplier; 4], bytes: &mut [i8; 4]) {
        let [a, b, c, d] = sums;
        // SAFETY: reads the four multipliers, each a fraction and a shift, and this, and writes the four bytes.
        unsafe {
            asm!(
                "vld20.32 {{q0, q1}}, [r8]",
                "vld21.32 {{q0, q1}}, [r8]",
                "vmov q4[2], q4[0], r1, r3",
                "vmov q4[3], q4[1], r2, r4",
                "vmov.i32 q2, #0",
                "vmax.s32 q2, q1, q2",
                "vsub.i32 q1, q1, q2",
                finish!("q4"),
                "vstrb.32 q4, [r0]",
                in("r8") multipliers,
                in("r10") self,
                in("r9") self.zero_point,
                in("r0") bytes.as_mut_ptr(),
                in("r1") a,
                in("r2") b,
                in("r3") c,
                in("r4") d,
                out("d0") _,
                out("d1") _,
                out("d2") _,
                out("d3") _,
                out("d4") _,
                out("d5") _,
                out("d6") _,
                out("d7") _,
                out("d8") _,
                out("d9") _,
                options(nostack, preserves_flags),
            );
        }
    }

    /// Writes the bytes of filters at four places, which are `step` bytes apart; nothing if there is no room. There must be
    /// room for sums up to a number of filters that is divisible by four.
    #[inline(always)]
    pub(super) fn places(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8], step: usize) {
        let filters = multipliers.len();
        if filters == 0 || sums.len() < filters.next_multiple_of(4) || bytes.len() < 3 * step + filters {
            return;
        }
        let bytes = bytes.as_mut_ptr();
        // SAFETY: reads the multipliers, and four sums for each of as many filters, rounded up to fours, and writes as many
        // bytes at each place, of which the last are within them: multipliers and bytes beyond are masked.
        unsafe {
            asm!(
                "dls lr, lr",
                "2:",
                next_filters!(),
                finish!("q4"),
                finish!("q5"),
                finish!("q6"),
                finish!("q7"),
                "vctp.32 r5",
                "vpstttt",
                "vstrbt.32 q4, [r0], #4",
                "vstrbt.32 q5, [r1], #4",
                "vstrbt.32 q6, [r2], #4",
                "vstrbt.32 q7, [r3], #4",
                "sub r5, r5, #4",
                "le lr, 2b",
                inout("lr") filters.div_ceil(4) => _,
                inout("r0") bytes => _,
                inout("r1") bytes.wrapping_add(step) => _,
                inout("r2") bytes.wrapping_add(2 * step) => _,
                inout("r3") bytes.wrapping_add(3 * step) => _,
                inout("r4") sums.as_ptr() => _,
                inout("r5") filters => _,
                inout("r8") multipliers.as_ptr() => _,
                in("r9") self.zero_point,
                in("r10") self,
                inout("r11") multipliers.as_ptr().cast::<i32>().wrapping_add(1) => _,
                out("d0") _,
                out("d1") _,
                out("d2") _,
                out("d3") _,
                out("d4") _,
                out("d5") _,
                out("d6") _,
                out("d7") _,
                out("d8") _,
                out("d9") _,
                out("d10") _,
                out("d11") _,
                out("d12") _,
                out("d13") _,
                out("d14") _,
                out("d15") _,
                options(nostack),
            );
        }
    }

    /// Writes for each filter the byte of its largest sum, which is the largest of its bytes, as [`Finish::places`] does.
    #[inline(always)]
    pub(super) fn largest(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8]) {
        let filters = multipliers.len();
        if filters == 0 || sums.len() < filters.next_multiple_of(4) || bytes.len() < filters {
            return;
        }
        // SAFETY: as in `places`, with one place.
        unsafe {
            asm!(
                "dls lr, lr",
                "2:",
                next_filters!(),
                "vmax.s32 q4, q4, q5",
                "vmax.s32 q6, q6, q7",
                "vmax.s32 q4, q4, q6",
                finish!("q4"),
                "vctp.32 r5",
                "vpst",
                "vstrbt.32 q4, [r0], #4",
                "sub r5, r5, #4",
                "le lr, 2b",
                inout("lr") filters.div_ceil(4) => _,
                inout("r0") bytes.as_mut_ptr() => _,
                inout("r4") sums.as_ptr() => _,
                inout("r5") filters => _,
                inout("r8") multipliers.as_ptr() => _,
                in("r9") self.zero_point,
                in("r10") self,
                inout("r11") multipliers.as_ptr().cast::<i32>().wrapping_add(1) => _,
                out("d0") _,
                out("d1") _,
                out("d2") _,
                out("d3") _,
                out("d4") _,
                out("d5") _,
                out("d6") _,
                out("d7") _,
                out("d8") _,
                out("d9") _,
                out("d10") _,
                out("d11") _,
                out("d12") _,
                out("d13") _,
                out("d14") _,
                out("d15") _,
                options(nostack),
            );
        }
    }
}

/// The constants of sixteen channels. Lane `n` of vector `k` is channel `4 n + k`, as two steps of widening leave them.
#[repr(C, align(4))]
pub(super) struct Table {
    weights: [Cell; 9],
    starts: [[i32; 4]; 4],
    fractions: [[i32; 4]; 4],
    /// Shifts below zero.
    right: [[i32; 4]; 4],
    /// Shifts above zero.
    left: [[i32; 4]; 4],
    lowest: Cell,
    highest: Cell,
    zero_point: i32,
}

impl Table {
    #[inline(always)]
    pub(super) fn new(group: &Group<'_>) -> Self {
        let Group { rescale, weights, first, .. } = group;
        let multipliers: [_; 4] = core::array::from_fn(|four| four_multipliers(rescale, first + 4 * four));
        let each = |of: fn(&Multiplier) -> i32| {
            core::array::from_fn(|vector| core::array::from_fn(|lane| of(&multipliers[lane][vector])))
        };
        Self {
            weights: **weights,
            starts: core::array::from_fn(|vector| {
                core::array::from_fn(|lane| rescale.start(first + 4 * lane + vector))
            }),
            fractions: each(|multiplier| multiplier.fraction()),
            right: each(|multiplier| multiplier.shift().min(0)),
            left: each(|multiplier| multiplier.shift().max(0)),
            lowest: [rescale.bounds[0]; CELL],
            highest: [rescale.bounds[1]; CELL],
            zero_point: i32::from(rescale.zero_point),
        }
    }
}

/// The products of a cell of a row: even channels in `q2`, odd ones in `q3`.
macro_rules! cell {
    ($row:literal, $at:literal, $weights:literal) => {
        concat!(
            "vldrb.u8 q0, [",
            $row,
            ", #",
            $at,
            "]\n",
            "vldrw.u32 q1, [r4, #",
            $weights,
            "]\n",
            "vmullb.s8 q2, q0, q1\n",
            "vmullt.s8 q3, q0, q1",
        )
    };
}

/// Adds those of another cell: two products of at most `128 * 127` each fit 16 bits.
macro_rules! another_cell {
    ($row:literal, $at:literal, $weights:literal) => {
        concat!(
            "vldrb.u8 q0, [",
            $row,
            ", #",
            $at,
            "]\n",
            "vldrw.u32 q1, [r4, #",
            $weights,
            "]\n",
            "vmullb.s8 q1, q0, q1\n",
            "vadd.i16 q2, q2, q1\n",
            "vldrw.u32 q1, [r4, #",
            $weights,
            "]\n",
            "vmullt.s8 q0, q0, q1\n",
            "vadd.i16 q3, q3, q0",
        )
    };
}

/// Adds the products of 16 bits to the sums.
macro_rules! add_to_sums {
    () => {
        "vmovlb.s16 q0, q2
         vadd.i32 q4, q4, q0
         vmovlt.s16 q0, q2
         vadd.i32 q6, q6, q0
         vmovlb.s16 q0, q3
         vadd.i32 q5, q5, q0
         vmovlt.s16 q0, q3
         vadd.i32 q7, q7, q0"
    };
}

/// From a vector of sums to numbers whose bounds are not kept yet.
macro_rules! scale {
    ($sums:literal, $fractions:literal, $right:literal, $left:literal) => {
        concat!(
            "vldrw.u32 q0, [r4, #",
            $left,
            "]\n",
            "vshl.s32 ",
            $sums,
            ", ",
            $sums,
            ", q0\n",
            "vldrw.u32 q0, [r4, #",
            $fractions,
            "]\n",
            "vqrdmulh.s32 ",
            $sums,
            ", ",
            $sums,
            ", q0\n",
            "vldrw.u32 q0, [r4, #",
            $right,
            "]\n",
            "vand q1, ",
            $sums,
            ", q0\n",
            "vshr.s32 q1, q1, #31\n",
            "vqadd.s32 ",
            $sums,
            ", ",
            $sums,
            ", q1\n",
            "vrshl.s32 ",
            $sums,
            ", ",
            $sums,
            ", q0\n",
            "vadd.i32 ",
            $sums,
            ", ",
            $sums,
            ", r5",
        )
    };
}

/// A row of outputs, one pixel after another, each under a window of three by three that moves by `stride` cells: the bytes
/// of sixteen channels of `channels`, for as many pixels as there is room for.
#[inline(always)]
pub(super) fn row_of_squares(table: &Table, rows: [&[Cell]; 3], stride: usize, bytes: &mut [i8], channels: usize) {
    let cells = rows.iter().fold(usize::MAX, |cells, row| cells.min(row.len()));
    let (Some(cells), Some(room)) = (cells.checked_sub(3), bytes.len().checked_sub(CELL)) else { return };
    let pixels = (room / channels.max(1)).min(cells / stride.max(1)) + 1;
    // SAFETY: reads the table and, in each row, three cells from every `stride`th on; the last of them is within the
    // shortest row. Writes sixteen bytes at each `channels`th byte; the last of them is within `bytes`.
    unsafe {
        asm!(
            "dls lr, lr",
            "2:",
            "vldrw.u32 q4, [r4, #144]",
            "vldrw.u32 q5, [r4, #160]",
            "vldrw.u32 q6, [r4, #176]",
            "vldrw.u32 q7, [r4, #192]",
            cell!("r0", "0", "0"),
            add_to_sums!(),
            cell!("r0", "16", "16"),
            another_cell!("r0", "32", "32"),
            add_to_sums!(),
            cell!("r1", "0", "48"),
            another_cell!("r1", "16", "64"),
            add_to_sums!(),
            cell!("r1", "32", "80"),
            another_cell!("r2", "0", "96"),
            add_to_sums!(),
            cell!("r2", "16", "112"),
            another_cell!("r2", "32", "128"),
            add_to_sums!(),
            scale!("q4", "208", "272", "336"),
            scale!("q5", "224", "288", "352"),
            scale!("q6", "240", "304", "368"),
            scale!("q7", "256", "320", "384"),
            // Lanes of 32 bits become bytes in the order of the channels.
            "vqmovnb.s32 q4, q4",
            "vqmovnt.s32 q4, q6",
            "vqmovnb.s32 q5, q5",
            "vqmovnt.s32 q5, q7",
            "vqmovnb.s16 q4, q4",
            "vqmovnt.s16 q4, q5",
            "vldrw.u32 q0, [r4, #400]",
            "vmax.s8 q4, q4, q0",
            "vldrw.u32 q0, [r4, #416]",
            "vmin.s8 q4, q4, q0",
            "vstrb.8 q4, [r3]",
            "add r0, r0, r8",
            "add r1, r1, r8",
            "add r2, r2, r8",
            "add r3, r3, r9",
            "le lr, 2b",
            inout("lr") pixels => _,
            inout("r0") rows[0].as_ptr() => _,
            inout("r1") rows[1].as_ptr() => _,
            inout("r2") rows[2].as_ptr() => _,
            inout("r3") bytes.as_mut_ptr() => _,
            in("r4") table,
            in("r5") table.zero_point,
            in("r8") stride * CELL,
            in("r9") channels,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            out("d4") _,
            out("d5") _,
            out("d6") _,
            out("d7") _,
            out("d8") _,
            out("d9") _,
            out("d10") _,
            out("d11") _,
            out("d12") _,
            out("d13") _,
            out("d14") _,
            out("d15") _,
            options(nostack),
        );
    }
}
