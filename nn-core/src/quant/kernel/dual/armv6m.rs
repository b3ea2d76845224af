//! The loops for processors of ARMv6-M, as a Cortex-M0: they multiply whole numbers only, and most of their instructions
//! know eight registers only. The others hold sums; what is left of a loop's constants lies on the stack.

/// Saves the registers that Rust does not lend.
macro_rules! save {
    () => {
        "push {{r4, r5, r6, r7}}
         mov r4, r8
         mov r5, r9
         mov r6, r10
         mov r7, r11
         push {{r4, r5, r6, r7}}
         mov r4, r12
         mov r5, lr
         push {{r4, r5}}"
    };
}

/// Puts the registers back.
macro_rules! put_back {
    () => {
        "pop {{r4, r5}}
         mov r12, r4
         mov lr, r5
         pop {{r4, r5, r6, r7}}
         mov r8, r4
         mov r9, r5
         mov r10, r6
         mov r11, r7
         pop {{r4, r5, r6, r7}}"
    };
}

/// The largest number, in `lr`, for [`byte`].
macro_rules! largest {
    () => {
        "movs r1, #0
         mvns r1, r1
         lsrs r1, r1, #1
         mov lr, r1"
    };
}

/// The instructions from the sum in `r0` to its byte, as `Channel::byte`: the fraction is `2^16 r1 + r6`, `r5` the offset
/// less one, `r4` the shift. The sum is split in the same way, lower halves with their signs, so that nothing is carried out
/// of the four products, of which a word keeps all that matters.
macro_rules! byte {
    () => {
        "sxth r2, r0
         subs r0, r0, r2
         asrs r0, r0, #16
         movs r3, r2
         muls r3, r6, r3
         asrs r3, r3, #16
         muls r2, r1, r2
         adds r2, r2, r3
         movs r3, r0
         muls r3, r6, r3
         adds r2, r2, r3
         muls r0, r1, r0
         adds r0, r0, r0
         asrs r2, r2, #15
         adcs r0, r2
         cmp lr, r0
         adcs r0, r5
         asrs r0, r4
         sxtb r2, r0
         cmp r2, r0
         beq 9f
         asrs r0, r0, #31
         movs r2, #127
         eors r0, r2
         9:"
    };
}

pub(super) mod places;
pub(super) mod squares;
pub(super) mod units;

/// `a * b / 2^32`, rounded, ties upward, of halves: such processors keep the low 32 bits of a product only.
#[inline(always)]
pub(super) fn high_product_rounded(a: i32, b: i32) -> i32 {
    let (a_high, a_low) = (a >> 16, a & 0xffff);
    let (b_high, b_low) = (b >> 16, b & 0xffff);
    let low = a_low.wrapping_mul(b_low).cast_unsigned() >> 16;
    let (first, second) = (a_high.wrapping_mul(b_low), a_low.wrapping_mul(b_high));
    // Half of the result's unit is `0x8000` of these.
    let middle = low + (first & 0xffff).cast_unsigned() + (second & 0xffff).cast_unsigned() + 0x8000;
    a_high.wrapping_mul(b_high) + (first >> 16) + (second >> 16) + (middle >> 16).cast_signed()
}
