//! The loops over the products of sixteen sums, for ARM processors that have float registers.
//!
//! They are written as the processor's instructions, since a compiler loads eight floats by eight instructions, and these
//! by one. Products are rounded and then added, in the order of the plain bodies: the sums are the same bits. The float
//! registers are put back, since Rust lends none of those that such processors have.

use core::arch::asm;

/// Adds to the sums of two rows, eight each, the products of each row's values with eight weights, which begin at each
/// `stride`th. `None`, and nothing done, where there are too few weights.
#[inline(always)]
pub(super) fn add_two_rows(
    sums: &mut [f32; 16],
    [first, second]: [&[f32]; 2],
    weights: &[f32],
    stride: usize,
) -> Option<()> {
    let steps = steps(first.len().min(second.len()), weights, 8, stride)?;
    // SAFETY: reads `steps` values of both rows and eight weights at each `stride`th, of which there are as many; reads
    // and writes the sums. All registers but those named are put back.
    unsafe {
        asm!(
            "vpush {{s0-s25}}",
            "vldmia {sums}, {{s0-s15}}",
            "2:",
            "vldmia {first}!, {{s24}}",
            "vldmia {second}!, {{s25}}",
            "vldmia {weights}, {{s16-s23}}",
            "add {weights}, {weights}, {stride}",
            "vmla.f32 s0, s24, s16",
            "vmla.f32 s1, s24, s17",
            "vmla.f32 s2, s24, s18",
            "vmla.f32 s3, s24, s19",
            "vmla.f32 s4, s24, s20",
            "vmla.f32 s5, s24, s21",
            "vmla.f32 s6, s24, s22",
            "vmla.f32 s7, s24, s23",
            "vmla.f32 s8, s25, s16",
            "vmla.f32 s9, s25, s17",
            "vmla.f32 s10, s25, s18",
            "vmla.f32 s11, s25, s19",
            "vmla.f32 s12, s25, s20",
            "vmla.f32 s13, s25, s21",
            "vmla.f32 s14, s25, s22",
            "vmla.f32 s15, s25, s23",
            "subs {steps}, {steps}, #1",
            "bne 2b",
            "vstmia {sums}, {{s0-s15}}",
            "vpop {{s0-s25}}",
            sums = in(reg) sums,
            first = inout(reg) first.as_ptr() => _,
            second = inout(reg) second.as_ptr() => _,
            weights = inout(reg) weights.as_ptr() => _,
            stride = in(reg) stride * size_of::<f32>(),
            steps = inout(reg) steps => _,
        );
    }
    Some(())
}

/// Adds to sixteen sums the products of each value with sixteen weights, which begin at each `stride`th. `None`, and
/// nothing done, where there are too few weights.
#[inline(always)]
pub(super) fn add_one_row(sums: &mut [f32; 16], values: &[f32], weights: &[f32], stride: usize) -> Option<()> {
    let steps = steps(values.len(), weights, 16, stride)?;
    // SAFETY: reads `steps` values and sixteen weights at each `stride`th, of which there are as many; reads and writes the
    // sums. All registers but those named are put back.
    unsafe {
        asm!(
            "vpush {{s0-s24}}",
            "vldmia {sums}, {{s0-s15}}",
            "2:",
            "vldmia {values}!, {{s24}}",
            "vldmia {weights}!, {{s16-s23}}",
            "vmla.f32 s0, s24, s16",
            "vmla.f32 s1, s24, s17",
            "vmla.f32 s2, s24, s18",
            "vmla.f32 s3, s24, s19",
            "vmla.f32 s4, s24, s20",
            "vmla.f32 s5, s24, s21",
            "vmla.f32 s6, s24, s22",
            "vmla.f32 s7, s24, s23",
            "vldmia {weights}, {{s16-s23}}",
            "add {weights}, {weights}, {rest}",
            "vmla.f32 s8, s24, s16",
            "vmla.f32 s9, s24, s17",
            "vmla.f32 s10, s24, s18",
            "vmla.f32 s11, s24, s19",
            "vmla.f32 s12, s24, s20",
            "vmla.f32 s13, s24, s21",
            "vmla.f32 s14, s24, s22",
            "vmla.f32 s15, s24, s23",
            "subs {steps}, {steps}, #1",
            "bne 2b",
            "vstmia {sums}, {{s0-s15}}",
            "vpop {{s0-s24}}",
            sums = in(reg) sums,
            values = inout(reg) values.as_ptr() => _,
            weights = inout(reg) weights.as_ptr() => _,
            rest = in(reg) stride.wrapping_sub(8).wrapping_mul(size_of::<f32>()),
            steps = inout(reg) steps => _,
        );
    }
    Some(())
}

/// The number of values, if it is not zero and there are `width` weights for the last of them.
#[inline(always)]
fn steps(values: usize, weights: &[f32], width: usize, stride: usize) -> Option<usize> {
    let last = values.checked_sub(1)?.checked_mul(stride)?.checked_add(width)?;
    (last <= weights.len()).then_some(values)
}
