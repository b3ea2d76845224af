//! Sums of some filters under windows whose cells lie in runs.

use super::super::filters::Filters;
use super::super::window::Window;
use super::finish::{bytes, cut, cut_at_zero, finish, moved, normalize, sums};
use super::{each, products_high, products_low};
use core::arch::asm;

/// Adds the products of a value with the weights at `r8`, which moves to the next ones.
macro_rules! product {
    (16, $value:literal) => {
        concat!(
            "vldmia r8!, {{s16-s23}}\n",
            products_low!(8, $value),
            "vldmia r8, {{s16-s23}}\n",
            "add r8, r8, lr\n",
            products_high!($value),
        )
    };
    (8, $value:literal) => {
        concat!("vldmia r8, {{s16-s23}}\n", "add r8, r8, lr\n", products_low!(8, $value))
    };
    (4, $value:literal) => {
        concat!("vldmia r8, {{s16-s19}}\n", "add r8, r8, lr\n", products_low!(4, $value))
    };
}

/// The loops over places, runs and products.
macro_rules! windows {
    ($width:tt, $filters:ident, $window:ident, $places:ident, $source:ident, $kernel:ident, $target:ident) => {
        asm!(
            "vpush {{s0-s31}}",
            "push {{r6}}",
            "mov r6, r5",
            "2:",
            concat!("vldmia r0, ", sums!($width)),
            "ldr r10, [r1, #20]",
            "add r9, r1, #24",
            "3:",
            "ldrd r5, r8, [r9], #8",
            "ldrd r11, r12, [r1]",
            "add r5, r5, r2",
            "add r8, r8, r6",
            "cmp r11, #0",
            "beq 5f",
            "4:",
            "vldmia r5!, {{s24-s27}}",
            product!($width, 24),
            product!($width, 25),
            product!($width, 26),
            product!($width, 27),
            "subs r11, r11, #1",
            "bne 4b",
            "5:",
            "cmp r12, #3",
            "beq 7f",
            "6:",
            "subs r12, r12, #1",
            "bmi 8f",
            "vldmia r5!, {{s24}}",
            product!($width, 24),
            "b 6b",
            "7:",
            "vldmia r5, {{s24-s26}}",
            product!($width, 24),
            product!($width, 25),
            product!($width, 26),
            "8:",
            "subs r10, r10, #1",
            "bne 3b",
            finish!($width),
            "ldrd r5, r8, [r1, #8]",
            "add r2, r2, r5",
            "add r3, r3, r8",
            concat!("sub r3, r3, #", bytes!($width)),
            "subs r4, r4, #1",
            "bne 2b",
            "pop {{r6}}",
            "vpop {{s0-s31}}",
            in("r0") $filters,
            in("r1") $window,
            inout("r2") $source.as_ptr() => _,
            inout("r3") $target.as_mut_ptr() => _,
            inout("r4") $places => _,
            inout("r5") $kernel.as_ptr() => _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            inout("lr") $window.row.wrapping_sub(if $width == 16 { 32 } else { 0 }) => _,
        )
    };
}

/// The finished sums of sixteen, eight or four filters at some places of a line.
#[inline(never)]
pub(in super::super) fn row_of_windows(
    filters: &Filters,
    window: &Window,
    places: usize,
    [source, kernel]: [&[f32]; 2],
    target: &mut [f32],
) {
    if !window.fits(places, filters.width, [source, kernel], target) {
        return;
    }
    // SAFETY: reads the constants, the window and, as was just seen, within the slices; writes within the target. All
    // registers but those named are put back.
    unsafe {
        match filters.width {
            16 => windows!(16, filters, window, places, source, kernel, target),
            8 => windows!(8, filters, window, places, source, kernel, target),
            4 => windows!(4, filters, window, places, source, kernel, target),
            _ => {}
        }
    }
}
