//! Depthwise sums under windows of three by three, sixteen channels at a time, and their bytes.

use super::super::{CELL, Cell, Group, four_multipliers};
use super::asm_on_vectors;
use crate::quant::Multiplier;

/// The constants of sixteen channels. Lane `n` of vector `k` is channel `4 n + k`, as two steps of widening leave them.
#[repr(C, align(4))]
pub(in super::super) struct Table {
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
    pub(in super::super) fn new(group: &Group<'_>) -> Self {
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
pub(in super::super) fn row_of_squares(
    table: &Table,
    rows: [&[Cell]; 3],
    stride: usize,
    bytes: &mut [i8],
    channels: usize,
) {
    let cells = rows.iter().fold(usize::MAX, |cells, row| cells.min(row.len()));
    let (Some(cells), Some(room)) = (cells.checked_sub(3), bytes.len().checked_sub(CELL)) else { return };
    let pixels = (room / channels.max(1)).min(cells / stride.max(1)) + 1;
    // SAFETY: reads the table and, in each row, three cells from every `stride`th on; the last of them is within the
    // shortest row. Writes sixteen bytes at each `channels`th byte; the last of them is within `bytes`.
    unsafe {
        asm_on_vectors!(
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
        );
    }
}
