//! What `instructions.rs` does, in Rust.

pub(super) use super::depthwise::few_channels as row_of_cells;
use super::filters::Filters;
use super::squares::Squares;
use super::window::{Window, floats};

pub(super) fn square_root(value: f32) -> f32 {
    libm::sqrtf(value)
}

pub(super) fn row_of_windows(
    filters: &Filters,
    window: &Window,
    places: usize,
    [source, kernel]: [&[f32]; 2],
    target: &mut [f32],
) {
    if !window.fits(places, filters.width, [source, kernel], target) {
        return;
    }
    let [step, target_step] = window.place.floats();
    for (place, target) in target.chunks_mut(target_step.max(filters.width)).take(places).enumerate() {
        let mut sums = filters.start;
        for run in window.runs.iter().take(window.count) {
            let [begin, weights] = run.floats();
            let values = source.get(place * step + begin..).unwrap_or_default();
            let rows = kernel.get(weights..).unwrap_or_default().chunks(floats(window.row).max(1));
            for (value, weights) in values.iter().take(4 * window.fours + window.rest).zip(rows) {
                for (sum, weight) in sums.iter_mut().zip(weights).take(filters.width) {
                    *sum += value * weight;
                }
            }
        }
        filters.finish(&sums, target);
    }
}

pub(super) fn row_of_squares(
    squares: &Squares<'_>,
    rows: [&[f32]; 4],
    filter: usize,
    fours: usize,
    target: &mut [f32],
) {
    if !squares.fits(rows, filter, fours, target) {
        return;
    }
    for (place, target) in target.chunks_mut(squares.filters.max(1)).take(squares.places).enumerate() {
        let rows = rows.map(|row| row.get(2 * place..).unwrap_or_default());
        for (index, target) in target.iter_mut().enumerate().skip(filter).take(4 * fours) {
            *target = maximum(squares, rows, index);
        }
    }
}

/// The maximum of a filter in a window of the pool.
fn maximum(squares: &Squares<'_>, rows: [&[f32]; 4], filter: usize) -> f32 {
    let of = |slice: &[f32], place: usize| slice.get(place).copied().unwrap_or(0.0);
    let mut best = f32::NEG_INFINITY;
    for place in 0..4 {
        let (first, column) = (place / 2, place % 2);
        let mut sum = of(squares.bias.unwrap_or_default(), filter);
        for (line, row) in rows.iter().skip(first).take(3).enumerate() {
            for cell in 0..3 {
                sum += of(row, column + cell) * of(squares.kernel, (3 * line + cell) * squares.filters + filter);
            }
        }
        best = if sum > best { sum } else { best };
    }
    let [lower, upper] = squares.bounds;
    let best = if best < lower { lower } else { best };
    if best > upper { upper } else { best }
}
