//! Convolutions of floats for microcontrollers, whose registers hold one float each.
//!
//! The sums of a place for up to sixteen filters are in registers until all products of its window are added and they are
//! finished, and a loop goes over all places of a line: what lies between the loops of a body for vectors takes as long as
//! its sums here. [`instructions`] has the loops.
//!
//! Results are the same bits as those of the bodies for vectors: each product is rounded and then added, row by row,
//! column by column and channel by channel. Nothing panics: sizes that do not fit their slices are left out.

mod convolution;
mod depthwise;
mod filters;
#[cfg_attr(not(all(target_arch = "arm", target_os = "none", target_abi = "eabihf")), path = "plain.rs")]
mod instructions;
mod pooled;
mod squares;
#[cfg(test)]
mod tests;
mod window;

pub(super) use convolution::Convolve;
pub(super) use depthwise::ConvolveChannels;

/// Whether these kernels are taken: on processors without an operating system, which have no vectors of floats.
pub(super) const ARE_TAKEN: bool = cfg!(all(target_arch = "arm", target_os = "none"));

/// Cuts filters into parts of these widths, which become smaller, or one by one: the first of each part, and how many it
/// has. The last part may begin within the one before, and do again what is done.
fn parts(filters: usize, widths: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let mut done = 0;
    core::iter::from_fn(move || {
        let left = filters.checked_sub(done).filter(|&left| left > 0)?;
        let mut width = 1;
        for &next in widths.iter().rev().filter(|&&width| width <= filters) {
            if width == 1 || left > next / 2 {
                width = next;
            }
        }
        let first = done.min(filters - width);
        done += width;
        Some((first, width))
    })
}
