//! Sums of some channels, each under a window of its own.

use super::super::filters::Filters;
use super::super::window::Cells;
use super::each;
use super::finish::{cut, cut_at_zero, finish, moved, normalize, sums};
use core::arch::asm;

/// The products of eight channels' values with their weights, added to the first eight sums or the others.
macro_rules! products {
    (low) => {
        each!("vmla.f32"; (0 16 24) (1 17 25) (2 18 26) (3 19 27) (4 20 28) (5 21 29) (6 22 30) (7 23 31))
    };
    (few) => {
        each!("vmla.f32"; (0 16 24) (1 17 25) (2 18 26) (3 19 27))
    };
    (high) => {
        each!("vmla.f32"; (8 16 24) (9 17 25) (10 18 26) (11 19 27) (12 20 28) (13 21 29) (14 22 30) (15 23 31))
    };
}

/// Adds the products of the cell at `r8` with its weights at `r5`, which move on: the cells by what `$step` holds.
macro_rules! cell {
    (16, $step:literal) => {
        concat!(
            "vldmia r8!, {{s16-s23}}\n",
            "vldmia r5!, {{s24-s31}}\n",
            products!(low),
            "vldmia r8, {{s16-s23}}\n",
            "vldmia r5, {{s24-s31}}\n",
            "add r8, r8, ",
            $step,
            "\n",
            "add r5, r5, r11\n",
            products!(high),
        )
    };
    (8, $step:literal) => {
        concat!(
            "vldmia r8, {{s16-s23}}\n",
            "vldmia r5, {{s24-s31}}\n",
            "add r8, r8, ",
            $step,
            "\n",
            "add r5, r5, r11\n",
            products!(low),
        )
    };
    (4, $step:literal) => {
        concat!(
            "vldmia r8, {{s16-s19}}\n",
            "vldmia r5, {{s24-s27}}\n",
            "add r8, r8, ",
            $step,
            "\n",
            "add r5, r5, r11\n",
            products!(few),
        )
    };
}

/// What stays the same over a line, as the instructions read it. All steps are in bytes.
#[repr(C)]
struct Table {
    /// One if the window is of three by three cells, none of which is cut off; two if it has two columns; else zero.
    kind: usize,
    /// From where the loads of a cell end to the next cell, and from the end of a row to the next: of kinds one and two from
    /// where the last loads in it end.
    source: [usize; 2],
    /// The same for the weights.
    kernel: [usize; 2],
    /// Rows and columns.
    count: [usize; 2],
    /// From one place to the next, and from the end of its sums.
    place: [usize; 2],
}

impl Table {
    fn new(cells: &Cells, width: usize) -> Self {
        let &Cells { source, kernel, count, place, .. } = cells;
        let kind = match count {
            [3, 3] if kernel[1] == 0 => 1,
            [_, 2] => 2,
            _ => 0,
        };
        // The loads of the first half of sixteen channels move the pointers.
        let half = if width == 16 { 32 } else { 0 };
        let [cell, row] = [source[0].wrapping_sub(half), source[1]];
        let row = if kind == 0 { row } else { row.wrapping_add(cell) };
        Self {
            kind,
            source: [cell, row],
            kernel: [kernel[0].wrapping_sub(half), kernel[1]],
            count,
            place: [place.source, place.other.wrapping_sub(width * size_of::<f32>())],
        }
    }
}

/// The loops over places, rows and cells.
macro_rules! cells {
    ($width:tt, $filters:ident, $table:ident, $places:ident, $source:ident, $kernel:ident, $target:ident) => {
        asm!(
            "vpush {{s0-s31}}",
            "push {{r6, r7}}",
            "mov r6, r5",
            "2:",
            concat!("vldmia r0, ", sums!($width)),
            "ldmia r1, {{r7, r9, r10, r11, r12}}",
            "mov r5, r6",
            "mov r8, r2",
            "ldr lr, [r1, #20]",
            "cmp r7, #1",
            "beq 5f",
            "bhi 6f",
            "3:",
            "ldr r7, [r1, #24]",
            "4:",
            cell!($width, "r9"),
            "subs r7, r7, #1",
            "bne 4b",
            "add r8, r8, r10",
            "add r5, r5, r12",
            "subs lr, lr, #1",
            "bne 3b",
            "b 7f",
            "5:",
            cell!($width, "r9"),
            cell!($width, "r9"),
            cell!($width, "r10"),
            cell!($width, "r9"),
            cell!($width, "r9"),
            cell!($width, "r10"),
            cell!($width, "r9"),
            cell!($width, "r9"),
            cell!($width, "r10"),
            "b 7f",
            "6:",
            cell!($width, "r9"),
            cell!($width, "r10"),
            "add r5, r5, r12",
            "subs lr, lr, #1",
            "bne 6b",
            "7:",
            finish!($width),
            "ldrd r5, r8, [r1, #28]",
            "add r2, r2, r5",
            "add r3, r3, r8",
            "subs r4, r4, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            "vpop {{s0-s31}}",
            in("r0") $filters,
            in("r1") &raw const $table,
            inout("r2") $source.as_ptr() => _,
            inout("r3") $target.as_mut_ptr() => _,
            inout("r4") $places => _,
            inout("r5") $kernel.as_ptr() => _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            out("lr") _,
        )
    };
}

/// The finished sums of sixteen, eight or four channels at some places of a line.
#[inline(never)]
pub(in super::super) fn row_of_cells(
    filters: &Filters,
    cells: &Cells,
    places: usize,
    [source, kernel]: [&[f32]; 2],
    target: &mut [f32],
) {
    if !cells.fits(places, filters.width, [source, kernel], target) {
        return;
    }
    let table = Table::new(cells, filters.width);
    // SAFETY: reads the constants, the table and, as was just seen, within the slices; writes within the target. All
    // registers but those named are put back.
    unsafe {
        match filters.width {
            16 => cells!(16, filters, table, places, source, kernel, target),
            8 => cells!(8, filters, table, places, source, kernel, target),
            4 => cells!(4, filters, table, places, source, kernel, target),
            _ => {}
        }
    }
}
