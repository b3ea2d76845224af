//! From sums to bytes, four at a time, by `clamp(half_away(2 x m / 2^32, 2^right) + zero_point)`, where `x` is a sum that was
//! moved by `left` and the first product is rounded too: with a positive `shift` it is `left`, else `-right`.

use super::Sums;
use super::asm_on_vectors;
use crate::quant::Multiplier;
use crate::quant::kernel::Rescale;
use core::arch::asm;

/// The constants of a layer, as the loops read them.
#[repr(C)]
pub(in super::super) struct Finish {
    lowest: [i32; 4],
    highest: [i32; 4],
    /// Where fractions lie in multipliers that follow each other, and where shifts.
    fractions: [usize; 4],
    zero_point: i32,
}

/// From a vector of sums to numbers whose bounds are not kept yet: fractions are in `q0`, shifts below zero in `q1`, those
/// above in `q2`.
macro_rules! scale {
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
            ", r9",
        )
    };
}

/// The bounds, for [`bound`].
macro_rules! bounds {
    () => {
        "vldrw.u32 q0, [r10]
         vldrw.u32 q1, [r10, #16]"
    };
}

/// Keeps numbers within the bounds.
macro_rules! bound {
    ($numbers:literal) => {
        concat!("vmax.s32 ", $numbers, ", ", $numbers, ", q0\n", "vmin.s32 ", $numbers, ", ", $numbers, ", q1")
    };
}

/// Four multipliers from `r8` on, as many as `r5` says, split for [`scale`]; and the sums of four filters.
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
    pub(in super::super) fn new(rescale: &Rescale<'_>) -> Self {
        let [lowest, highest] = rescale.bounds.map(|bound| [i32::from(bound); 4]);
        let zero_point = i32::from(rescale.zero_point);
        Self { lowest, highest, fractions: [0, 8, 16, 24], zero_point }
    }

    /// Writes the bytes of four channels.
    #[inline(always)]
    pub(in super::super) fn units(&self, sums: Sums, multipliers: &[Multiplier; 4], bytes: &mut [i8; 4]) {
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
                scale!("q4"),
                bounds!(),
                bound!("q4"),
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
    pub(in super::super) fn places(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8], step: usize) {
        let filters = multipliers.len();
        if filters == 0 || sums.len() < filters.next_multiple_of(4) || bytes.len() < 3 * step + filters {
            return;
        }
        let bytes = bytes.as_mut_ptr();
        // SAFETY: reads the multipliers, and four sums for each of as many filters, rounded up to fours, and writes as many
        // bytes at each place, of which the last are within them: multipliers and bytes beyond are masked.
        unsafe {
            asm_on_vectors!(
                "dls lr, lr",
                "2:",
                next_filters!(),
                scale!("q4"),
                scale!("q5"),
                scale!("q6"),
                scale!("q7"),
                bounds!(),
                bound!("q4"),
                bound!("q5"),
                bound!("q6"),
                bound!("q7"),
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
            );
        }
    }

    /// Writes for each filter the byte of its largest sum, which is the largest of its bytes, as [`Finish::places`] does.
    #[inline(always)]
    pub(in super::super) fn largest(&self, sums: &[Sums], multipliers: &[Multiplier], bytes: &mut [i8]) {
        let filters = multipliers.len();
        if filters == 0 || sums.len() < filters.next_multiple_of(4) || bytes.len() < filters {
            return;
        }
        // SAFETY: as in `places`, with one place.
        unsafe {
            asm_on_vectors!(
                "dls lr, lr",
                "2:",
                next_filters!(),
                "vmax.s32 q4, q4, q5",
                "vmax.s32 q6, q6, q7",
                "vmax.s32 q4, q4, q6",
                scale!("q4"),
                bounds!(),
                bound!("q4"),
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
            );
        }
    }
}
