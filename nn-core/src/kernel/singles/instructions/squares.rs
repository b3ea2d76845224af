//! Maxima of two by two sums of four filters, each under a window of three by three on one channel.

use super::super::squares::Squares;
use super::each;
use core::arch::asm;

/// What stays the same over a row, as the instructions read it.
#[repr(C)]
struct Table {
    weights: *const f32,
    bias: *const f32,
    fours: usize,
    /// From the bias of four filters to the next, in bytes.
    bias_step: usize,
    /// From the last target of a place to the first of the next, in bytes.
    place: usize,
    lower: f32,
    upper: f32,
}

/// The products of four filters with a cell of the window at each of four places: two rows of pixels.
macro_rules! cell {
    ($first:literal $second:literal $third:literal $fourth:literal) => {
        concat!(
            "vldmia r4, {{s24-s27}}\n",
            "add r4, r4, r10\n",
            four!($first; 0 1 2 3),
            four!($second; 4 5 6 7),
            four!($third; 8 9 10 11),
            four!($fourth; 12 13 14 15),
        )
    };
}

macro_rules! four {
    ($pixel:literal; $first:literal $second:literal $third:literal $fourth:literal) => {
        each!("vmla.f32"; ($first $pixel 24) ($second $pixel 25) ($third $pixel 26) ($fourth $pixel 27))
    };
}

/// The first of two registers becomes the other on a condition of their comparison.
macro_rules! choose {
    ($condition:literal; $(($to:literal $from:literal))*) => {
        concat!($(
            "vcmp.f32 s", $from, ", s", $to, "\n",
            "vmrs APSR_nzcv, fpscr\n",
            "it ", $condition, "\n",
            "vmov", $condition, ".f32 s", $to, ", s", $from, "\n",
        )*)
    };
}

/// What sums begin with where there is no bias.
static ZEROS: [f32; 4] = [0.0; 4];

/// A row of places of the pool, so many times four filters each.
#[inline(never)]
pub(in super::super) fn row_of_squares(
    squares: &Squares<'_>,
    rows: [&[f32]; 4],
    filter: usize,
    fours: usize,
    target: &mut [f32],
) {
    if !squares.fits(rows, filter, fours, target) {
        return;
    }
    let [lower, upper] = squares.bounds;
    let (bias, bias_step) = match squares.bias {
        Some(bias) => (bias.as_ptr().wrapping_add(filter), 16),
        None => (ZEROS.as_ptr(), 0),
    };
    let place = squares.filters.wrapping_sub(4 * fours) * size_of::<f32>();
    let weights = squares.kernel.as_ptr().wrapping_add(filter);
    let table = Table { weights, bias, fours, bias_step, place, lower, upper };
    // SAFETY: reads the table and, as was just seen, within the slices; writes within the target. All registers but those
    // named are put back.
    unsafe {
        asm!(
            "vpush {{s0-s31}}",
            "push {{r6, r7}}",
            "mov r7, r10",
            "add r10, r10, r10, lsl #3",
            "rsb r6, r10, #16",
            "mov r10, r7",
            "ldr r7, [r12, #12]",
            "vldr s28, [r12, #20]",
            "vldr s29, [r12, #24]",
            "2:",
            "ldrd r4, r5, [r12]",
            "ldr r9, [r12, #8]",
            "3:",
            "vldmia r5, {{s0-s3}}",
            "vldmia r5, {{s4-s7}}",
            "vldmia r5, {{s8-s11}}",
            "vldmia r5, {{s12-s15}}",
            "add r5, r5, r7",
            "vldmia r0, {{s16-s19}}",
            "vldmia r1, {{s20-s23}}",
            cell!(16 17 20 21),
            cell!(17 18 21 22),
            cell!(18 19 22 23),
            "vldmia r2, {{s16-s19}}",
            cell!(20 21 16 17),
            cell!(21 22 17 18),
            cell!(22 23 18 19),
            "vldmia r3, {{s20-s23}}",
            cell!(16 17 20 21),
            cell!(17 18 21 22),
            cell!(18 19 22 23),
            "add r4, r4, r6",
            choose!("gt"; (0 4) (1 5) (2 6) (3 7) (0 8) (1 9) (2 10) (3 11) (0 12) (1 13) (2 14) (3 15)),
            choose!("gt"; (0 28) (1 28) (2 28) (3 28)),
            "cmp lr, #0",
            "beq 4f",
            choose!("mi"; (0 29) (1 29) (2 29) (3 29)),
            "4:",
            "vstmia r8!, {{s0-s3}}",
            "subs r9, r9, #1",
            "bne 3b",
            "ldr r9, [r12, #16]",
            "add r8, r8, r9",
            "add r0, r0, #8",
            "add r1, r1, #8",
            "add r2, r2, #8",
            "add r3, r3, #8",
            "subs r11, r11, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            "vpop {{s0-s31}}",
            inout("r0") rows[0].as_ptr() => _,
            inout("r1") rows[1].as_ptr() => _,
            inout("r2") rows[2].as_ptr() => _,
            inout("r3") rows[3].as_ptr() => _,
            inout("r10") squares.filters * size_of::<f32>() => _,
            inout("r11") squares.places => _,
            in("r12") &raw const table,
            in("lr") usize::from(upper < f32::INFINITY),
            inout("r8") target.as_mut_ptr().wrapping_add(filter) => _,
            out("r4") _,
            out("r5") _,
            out("r9") _,
        );
    }
}
