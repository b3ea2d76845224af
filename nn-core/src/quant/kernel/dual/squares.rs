//! Four channels of a depthwise convolution, whose windows are three by three.

#[cfg(armv6m)]
use super::armv6m::squares::{self, Square};
use super::finish::Channel;
#[cfg(dual_multiply)]
use super::finish::byte;
use super::spread::Spread;
use super::words::{add_high, add_low};
#[cfg(dual_multiply)]
use core::arch::asm;

/// The cells of a window for which there is room.
pub(super) const CELLS: usize = 32;

/// The constants of four channels, as [`row_of_squares`] reads them.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Group {
    /// What the sums begin with.
    pub(super) starts: [i32; 4],
    /// From sums to bytes.
    pub(super) constants: [Channel; 4],
    /// From one pixel of the output to the next, in bytes.
    pub(super) channels: usize,
    /// From one window to the next, in bytes of what is spread.
    pub(super) step: usize,
    /// The weights of each cell.
    pub(super) weights: [Spread; CELLS],
    /// The same for the loop.
    #[cfg(armv6m)]
    pub(super) square: Square,
    /// The pixels of a row of outputs.
    pixels: usize,
    /// The cells that their windows reach over.
    cells: usize,
    /// The bytes from the first of the row to the group's last.
    bytes: usize,
}

impl Group {
    /// The group of so many channels, with so many pixels in a row of outputs and from one window to the next; without
    /// constants.
    #[inline(always)]
    pub(super) fn new(channels: usize, pixels: usize, stride: usize) -> Self {
        let last = pixels.saturating_sub(1);
        Self {
            starts: [0; 4],
            constants: Default::default(),
            channels,
            step: stride * size_of::<Spread>(),
            weights: [[0; 2]; CELLS],
            #[cfg(armv6m)]
            square: Default::default(),
            pixels,
            cells: last.saturating_mul(stride).saturating_add(3),
            bytes: last.saturating_mul(channels).saturating_add(4),
        }
    }

    /// Whether rows have all the cells and the output all the bytes of a row of outputs, of which there are some.
    #[cfg(any(dual_multiply, armv6m))]
    #[inline(always)]
    fn fits(&self, rows: &[&[Spread]; 3], output: &[i8]) -> bool {
        self.pixels > 0 && rows.iter().all(|row| row.len() >= self.cells) && output.len() >= self.bytes
    }
}

/// The instructions for one cell: `$at` is its place in its row, `$weight` that of its weights, in bytes.
#[cfg(dual_multiply)]
macro_rules! cell {
    ($row:literal, $at:literal, $weight:literal) => {
        concat!(
            "ldrd r0, r1, [",
            $row,
            ", #",
            $at,
            "]\n",
            "ldrd r2, r3, [lr, #",
            $weight,
            "]\n",
            "smlabb r4, r0, r2, r4\n",
            "smlabb r5, r1, r3, r5\n",
            "smlatt r8, r0, r2, r8\n",
            "smlatt r9, r1, r3, r9\n",
        )
    };
}

/// The instructions from a sum to a byte: `$at` is the place of the channel's constants, `$right` that of the last of
/// them, and `$place` that of the byte.
#[cfg(dual_multiply)]
macro_rules! channel {
    ($sum:literal, $at:literal, $right:literal, $place:literal) => {
        concat!(
            "ldrd r0, r1, [lr, #",
            $at,
            "]\n",
            "ldr r2, [lr, #",
            $right,
            "]\n",
            byte!($sum, "r0", "r1", "r2", "r1"),
            "strb ",
            $sum,
            ", [r6, #",
            $place,
            "]\n",
        )
    };
}

/// Four channels of a row of outputs, one pixel after another, each under a window of three by three: sums, rounded twice,
/// within all bytes. Nothing if there is no room.
#[cfg(dual_multiply)]
#[inline(always)]
pub(super) fn row_of_squares(group: &Group, rows: [&[Spread]; 3], output: &mut [i8]) {
    if !group.fits(&rows, output) {
        return;
    }
    // SAFETY: reads `group` and, in each row, three elements from every `step`th byte on; the last of them is within each
    // row. Writes four bytes at each `channels`th byte of the output; the last of them is within it. Registers that Rust
    // does not lend are put back.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "mov r6, r0",
            "mov r7, r1",
            "2:",
            "ldrd r4, r5, [lr]",
            "ldrd r8, r9, [lr, #8]",
            cell!("r10", "0", "72"),
            cell!("r10", "8", "80"),
            cell!("r10", "16", "88"),
            cell!("r11", "0", "96"),
            cell!("r11", "8", "104"),
            cell!("r11", "16", "112"),
            cell!("r12", "0", "120"),
            cell!("r12", "8", "128"),
            cell!("r12", "16", "136"),
            channel!("r4", "16", "24", "0"),
            channel!("r5", "28", "36", "1"),
            channel!("r8", "40", "48", "2"),
            channel!("r9", "52", "60", "3"),
            "ldrd r0, r1, [lr, #64]",
            "add r6, r6, r0",
            "add r10, r10, r1",
            "add r11, r11, r1",
            "add r12, r12, r1",
            "subs r7, r7, #1",
            "bne 2b",
            "pop {{r6, r7}}",
            inout("r0") output.as_mut_ptr() => _,
            inout("r1") group.pixels => _,
            inout("r10") rows[0].as_ptr() => _,
            inout("r11") rows[1].as_ptr() => _,
            inout("r12") rows[2].as_ptr() => _,
            in("lr") group,
            out("r2") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
        );
    }
}

#[cfg(armv6m)]
#[inline(always)]
pub(super) fn row_of_squares(group: &Group, rows: [&[Spread]; 3], output: &mut [i8]) {
    if group.fits(&rows, output) {
        let (rows, sizes) = (rows.map(<[Spread]>::as_ptr), [group.pixels, group.channels, group.step]);
        // SAFETY: the last window is within each row, the last four bytes within the output.
        unsafe { squares::row_of_squares(&group.square, rows, output.as_mut_ptr(), sizes) };
    }
}

#[cfg(not(any(dual_multiply, armv6m)))]
pub(super) fn row_of_squares(group: &Group, rows: [&[Spread]; 3], output: &mut [i8]) {
    let (mut at, Some(weights)) = (0, group.weights.first_chunk()) else { return };
    for pixel in output.chunks_mut(group.channels.max(1)) {
        let cells = rows.map(|row| row.get(at..).and_then(|row| row.first_chunk()));
        let [Some(first), Some(second), Some(third)] = cells else { return };
        let sums = add_square(group.starts, [first, second, third], weights);
        for (byte, (sum, constants)) in pixel.iter_mut().zip(sums.into_iter().zip(&group.constants)) {
            *byte = constants.byte(sum);
        }
        at += group.step / size_of::<Spread>();
    }
}

/// Adds the products of four channels under a window to their sums.
#[cfg(not(any(dual_multiply, armv6m)))]
fn add_square(sums: [i32; 4], rows: [&[Spread; 3]; 3], weights: &[Spread; 9]) -> [i32; 4] {
    let cells = rows.into_iter().flatten().zip(weights);
    cells.fold(sums, |sums, (cell, weights)| add_cell(sums, *cell, *weights))
}

/// Adds the products of four channels in one cell of a window to the channels' sums.
#[inline(always)]
pub(super) fn add_cell([a, b, c, d]: [i32; 4], cell: Spread, weights: Spread) -> [i32; 4] {
    [
        add_low(a, cell[0], weights[0]),
        add_low(b, cell[1], weights[1]),
        add_high(c, cell[0], weights[0]),
        add_high(d, cell[1], weights[1]),
    ]
}
