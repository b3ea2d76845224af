//! What becomes of the sums of a place: the same instructions in each loop.
//!
//! The constants begin at `r0`, sums are in registers from `s0` on, and go to where `r3` points. All float registers, `r5`
//! and `r8` to `r12` are changed.

use core::arch::asm;

/// The square root, correctly rounded.
pub(in super::super) fn square_root(value: f32) -> f32 {
    let mut bits = value.to_bits();
    // SAFETY: the register is put back.
    unsafe {
        asm!(
            "vpush {{s0}}",
            "vmov s0, {bits}",
            "vsqrt.f32 s0, s0",
            "vmov {bits}, s0",
            "vpop {{s0}}",
            bits = inout(reg) bits,
        );
    }
    f32::from_bits(bits)
}

/// The bytes of the sums.
macro_rules! bytes {
    (16) => {
        "64"
    };
    (8) => {
        "32"
    };
    (4) => {
        "16"
    };
}

/// The registers of the sums.
macro_rules! sums {
    (16) => {
        "{{s0-s15}}"
    };
    (8) => {
        "{{s0-s7}}"
    };
    (4) => {
        "{{s0-s3}}"
    };
}

/// Those to which they are moved.
macro_rules! moved {
    (16) => {
        "{{s16-s31}}"
    };
    (8) => {
        "{{s16-s23}}"
    };
    (4) => {
        "{{s16-s19}}"
    };
}

/// Moves the sums, normalized: the mean of each is subtracted, and the product of the rest with the scale is added to beta.
macro_rules! normalize {
    (16) => {
        concat!(
            "vldmia r8!, {{s16-s31}}\n",
            each!("vsub.f32"; (0 0 16) (1 1 17) (2 2 18) (3 3 19) (4 4 20) (5 5 21) (6 6 22) (7 7 23) (8 8 24) (9 9 25)
                (10 10 26) (11 11 27) (12 12 28) (13 13 29) (14 14 30) (15 15 31)),
            "vldmia r8!, {{s24-s31}}\n",
            "vldmia r9!, {{s16-s23}}\n",
            each!("vmla.f32"; (16 0 24) (17 1 25) (18 2 26) (19 3 27) (20 4 28) (21 5 29) (22 6 30) (23 7 31)),
            "vldmia r8, {{s0-s7}}\n",
            "vldmia r9, {{s24-s31}}\n",
            each!("vmla.f32"; (24 0 8) (25 1 9) (26 2 10) (27 3 11) (28 4 12) (29 5 13) (30 6 14) (31 7 15)),
        )
    };
    (8) => {
        concat!(
            "vldmia r8, {{s16-s23}}\n",
            "add r8, r8, #64\n",
            each!("vsub.f32"; (0 0 16) (1 1 17) (2 2 18) (3 3 19) (4 4 20) (5 5 21) (6 6 22) (7 7 23)),
            "vldmia r8, {{s24-s31}}\n",
            "vldmia r9, {{s16-s23}}\n",
            each!("vmla.f32"; (16 0 24) (17 1 25) (18 2 26) (19 3 27) (20 4 28) (21 5 29) (22 6 30) (23 7 31)),
        )
    };
    (4) => {
        concat!(
            "vldmia r8, {{s16-s19}}\n",
            "add r8, r8, #64\n",
            each!("vsub.f32"; (0 0 16) (1 1 17) (2 2 18) (3 3 19)),
            "vldmia r8, {{s24-s27}}\n",
            "vldmia r9, {{s16-s19}}\n",
            each!("vmla.f32"; (16 0 24) (17 1 25) (18 2 26) (19 3 27)),
        )
    };
}

/// The moved sums become the bound in `s0` on a condition of their comparison with it.
macro_rules! cut {
    (16, $condition:literal) => { cut!(@ $condition; 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31) };
    (8, $condition:literal) => { cut!(@ $condition; 16 17 18 19 20 21 22 23) };
    (4, $condition:literal) => { cut!(@ $condition; 16 17 18 19) };
    (@ $condition:literal; $($sum:literal)*) => {
        concat!($(
            "vcmp.f32 s", $sum, ", s0\n",
            "vmrs APSR_nzcv, fpscr\n",
            "it ", $condition, "\n",
            "vmov", $condition, ".f32 s", $sum, ", s0\n",
        )*)
    };
}

/// The sums that lie where `r3` points become zero where they are below it, and it points behind them.
///
/// As whole numbers, floats below zero are those that are below zero still when as much is added as leaves what is not a
/// number above.
#[cfg(dual_multiply)]
macro_rules! cut_at_zero {
    (16) => { concat!(cut_at_zero!(8), cut_at_zero!(@), cut_at_zero!(@)) };
    (8) => { concat!(cut_at_zero!(4), cut_at_zero!(@)) };
    (4) => { concat!("movw r12, #0xffff\n", "movt r12, #0x7f\n", cut_at_zero!(@)) };
    (@) => {
        concat!(
            "ldmia r3, {{r5, r8, r9, r10}}\n",
            "qadd r11, r5, r12\n",
            "bic r5, r5, r11, asr #31\n",
            "qadd r11, r8, r12\n",
            "bic r8, r8, r11, asr #31\n",
            "qadd r11, r9, r12\n",
            "bic r9, r9, r11, asr #31\n",
            "qadd r11, r10, r12\n",
            "bic r10, r10, r11, asr #31\n",
            "stmia r3!, {{r5, r8, r9, r10}}\n",
        )
    };
}
#[cfg(not(dual_multiply))]
macro_rules! cut_at_zero {
    ($width:tt) => {
        concat!("add r3, r3, #", bytes!($width), "\n")
    };
}

/// Normalizes and cuts the sums as the steps say, and stores them.
macro_rules! finish {
    ($width:tt) => {
        concat!(
            "ldr r5, [r0, #264]\n",
            "lsls r8, r5, #31\n",
            "bmi 20f\n",
            // By way of memory, since that takes two instructions.
            "vstmia r3, ",
            sums!($width),
            "\n",
            "vldmia r3, ",
            moved!($width),
            "\n",
            "b 21f\n",
            "20:\n",
            "add r8, r0, #64\n",
            "add r9, r0, #192\n",
            normalize!($width),
            "21:\n",
            "bcc 22f\n",
            "vldr s0, [r0, #256]\n",
            cut!($width, "mi"),
            "22:\n",
            "lsls r8, r5, #29\n",
            "bpl 23f\n",
            "vldr s0, [r0, #260]\n",
            cut!($width, "gt"),
            "23:\n",
            "lsls r8, r5, #28\n",
            "bmi 24f\n",
            "vstmia r3!, ",
            moved!($width),
            "\n",
            "b 25f\n",
            "24:\n",
            "vstmia r3, ",
            moved!($width),
            "\n",
            cut_at_zero!($width),
            "25:\n",
        )
    };
}
pub(super) use {bytes, cut, cut_at_zero, finish, moved, normalize, sums};
