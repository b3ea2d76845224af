//! Four channels of a depthwise convolution, whose windows are three by three.

use super::super::finish::Channel;
use super::super::spread::Spread;
use core::arch::asm;

/// The constants of a channel, as the loop over pixels reads them.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Halves {
    high: i32,
    right: u32,
    offset: i32,
    low: i32,
}

/// Four channels under windows of three by three.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(in super::super) struct Square {
    starts: [i32; 4],
    /// Of each cell those of the first, the third, the second and the fourth channel.
    weights: [[i32; 4]; 9],
    constants: [Halves; 4],
}

impl Square {
    /// Of what the sums begin with, the weights and the constants of the channels.
    #[inline(never)]
    pub(in super::super) fn new(starts: [i32; 4], weights: &[Spread], constants: [Channel; 4]) -> Self {
        let mut square = Self { starts, constants: constants.map(Halves::new), ..Self::default() };
        for (words, [even, odd]) in square.weights.iter_mut().zip(weights) {
            let [even, odd] = [even.cast_signed(), odd.cast_signed()];
            *words = [i32::from(even as i16), even >> 16, i32::from(odd as i16), odd >> 16];
        }
        square
    }
}

impl Halves {
    #[inline(always)]
    fn new(channel: Channel) -> Self {
        let low = i32::from(channel.fraction as i16);
        let high = channel.fraction.wrapping_sub(low) >> 16;
        Self { high, right: channel.right, offset: channel.offset.wrapping_sub(1), low }
    }
}

/// What the loop over pixels reads from the stack.
#[repr(C)]
struct Row {
    square: *const Square,
    rows: [*const Spread; 3],
    output: *mut i8,
    /// From one pixel of the output to the next.
    channels: usize,
    /// From one window to the next, in bytes.
    step: usize,
    /// From the first window to behind the last, in bytes.
    end: usize,
}

/// The products of four channels in the next cell of a row, at `r6`, with their next weights, at `r7`.
macro_rules! cell {
    () => {
        "ldmia r6!, {{r4, r5}}
         ldmia r7!, {{r0, r1}}
         sxth r2, r4
         muls r0, r2, r0
         add r8, r0
         asrs r4, r4, #16
         muls r4, r1, r4
         add r10, r4
         ldmia r7!, {{r0, r1}}
         sxth r2, r5
         muls r0, r2, r0
         add r9, r0
         asrs r5, r5, #16
         muls r5, r1, r5
         add r11, r5"
    };
}

/// The cells of a row, whose place is on the stack.
macro_rules! cells {
    ($row:literal) => {
        concat!("ldr r6, [sp, #", $row, "]\n", "add r6, r12\n", cell!(), "\n", cell!(), "\n", cell!(), "\n")
    };
}

/// The byte of a channel from its sum, by the constants at `r7`, to its place in the pixel.
macro_rules! channel {
    ($sum:literal, $place:literal) => {
        concat!(
            "mov r0, ",
            $sum,
            "\n",
            "ldmia r7!, {{r1, r4, r5, r6}}\n",
            byte!(),
            "\n",
            "ldr r2, [sp, #16]\n",
            "strb r0, [r2, #",
            $place,
            "]\n",
        )
    };
}

/// Four channels of a row of so many outputs.
///
/// # Safety
///
/// There is at least one pixel. In each row there are three elements from every `step`th byte on for each, and room for
/// four bytes at every `channels`th byte of the output. Sums and constants are usual.
#[inline(never)]
pub(in super::super) unsafe fn row_of_squares(
    square: &Square,
    rows: [*const Spread; 3],
    output: *mut i8,
    [pixels, channels, step]: [usize; 3],
) {
    let row = &Row { square, rows, output, channels, step, end: pixels * step };
    // SAFETY: the contract. Registers that Rust does not lend are put back.
    unsafe {
        asm!(
            save!(),
            "adds r0, #16",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "push {{r4, r5, r6, r7}}",
            "subs r0, #32",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "push {{r4, r5, r6, r7}}",
            "movs r0, #0",
            "mov r12, r0",
            largest!(),
            "2:",
            "ldr r7, [sp, #0]",
            "ldmia r7!, {{r0, r1, r2, r3}}",
            "mov r8, r0",
            "mov r9, r1",
            "mov r10, r2",
            "mov r11, r3",
            cells!("4"),
            cells!("8"),
            cells!("12"),
            channel!("r8", "0"),
            channel!("r9", "1"),
            channel!("r10", "2"),
            channel!("r11", "3"),
            "ldr r0, [sp, #20]",
            "adds r2, r2, r0",
            "str r2, [sp, #16]",
            "ldr r0, [sp, #24]",
            "add r12, r0",
            "ldr r0, [sp, #28]",
            "cmp r12, r0",
            "beq 3f",
            "b 2b",
            "3:",
            "add sp, #32",
            put_back!(),
            inout("r0") row => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
        );
    }
}
