//! The transforms along one axis: values at the points 0, 3/4, -3/4, 3/2, -3/2 and infinity.
//!
//! With the points `0, ±p, ±q` and infinity, and `M(x) = x (x^2 - p^2) (x^2 - q^2)`: `A` takes a polynomial to its values;
//! `G` does, and divides by the product of the differences to the other points; `B^T` has the coefficients of `M(x)` without
//! the factor of each point, and those of `M`. Lavin and Gray take 1 and 2 for `p` and `q`. The largest errors are a
//! quarter as large with 3/4 and 3/2, whose squares and products are floats without rounding.

use super::{CELLS, OUTPUTS, SPAN};
use crate::kernel::Isa;

const P: f32 = 0.75;
const Q: f32 = 1.5;
const P2: f32 = P * P;
const Q2: f32 = Q * Q;
/// What the values at the points are divided by.
const AT_ZERO: f32 = 1.0 / (P2 * Q2);
const AT_P: f32 = 1.0 / (2.0 * P2 * (P2 - Q2));
const AT_Q: f32 = 1.0 / (2.0 * Q2 * (Q2 - P2));

/// A transform along both axes: what it reads, does and writes. Functions, not closures, which do not always become a part
/// of their caller, and without its instruction set are slow.
pub(super) trait Transform<I: Isa, const FROM: usize, const TO: usize> {
    /// A row of what is transformed.
    fn row(&self, isa: I, row: usize) -> [I::Vector; FROM];
    /// The transform along one axis.
    fn along(isa: I, values: [I::Vector; FROM]) -> [I::Vector; TO];
    /// Takes a column of the result.
    fn put(&mut self, isa: I, column: usize, values: [I::Vector; TO]);
}

/// Transforms rows, then the columns of what they become. It goes from rows to columns and from columns to rows.
#[inline(always)]
pub(super) fn both<I: Isa, T: Transform<I, FROM, TO>, const FROM: usize, const TO: usize>(isa: I, transform: &mut T) {
    both_in(isa, &mut [[isa.splat(0.0); FROM]; TO], transform);
}

/// The same with memory for what is transformed by half: where it does not stay in registers, filling it each time takes as
/// long as the rest.
#[inline(always)]
pub(super) fn both_in<I: Isa, T: Transform<I, FROM, TO>, const FROM: usize, const TO: usize>(
    isa: I,
    half: &mut [[I::Vector; FROM]; TO],
    transform: &mut T,
) {
    for row in 0..FROM {
        let values = T::along(isa, transform.row(isa, row));
        for (half, &value) in half.iter_mut().zip(&values) {
            half[row] = value;
        }
    }
    for (column, &values) in half.iter().enumerate() {
        transform.put(isa, column, T::along(isa, values));
    }
}

#[inline(always)]
fn times<I: Isa>(isa: I, factor: f32, a: I::Vector) -> I::Vector {
    isa.mul(isa.splat(factor), a)
}

/// `a + factor * b`
#[inline(always)]
fn add<I: Isa>(isa: I, a: I::Vector, factor: f32, b: I::Vector) -> I::Vector {
    isa.mul_add(isa.splat(factor), b, a)
}

/// `B^T` times pixels.
#[inline(always)]
pub(super) fn pixels<I: Isa>(isa: I, d: [I::Vector; SPAN]) -> [I::Vector; SPAN] {
    // M without the factor of a pair is even but for `x`; the factor is put back with either sign.
    let (even, odd) = (add(isa, d[4], -Q2, d[2]), add(isa, d[3], -Q2, d[1]));
    let (even_q, odd_q) = (add(isa, d[4], -P2, d[2]), add(isa, d[3], -P2, d[1]));
    [
        add(isa, add(isa, d[4], -(P2 + Q2), d[2]), P2 * Q2, d[0]),
        add(isa, even, P, odd),
        add(isa, even, -P, odd),
        add(isa, even_q, Q, odd_q),
        add(isa, even_q, -Q, odd_q),
        add(isa, add(isa, d[5], -(P2 + Q2), d[3]), P2 * Q2, d[1]),
    ]
}

/// `G` times cells of a kernel.
#[inline(always)]
pub(super) fn cells<I: Isa>(isa: I, g: [I::Vector; CELLS]) -> [I::Vector; SPAN] {
    let even_p = add(isa, times(isa, AT_P, g[0]), P2 * AT_P, g[2]);
    let even_q = add(isa, times(isa, AT_Q, g[0]), Q2 * AT_Q, g[2]);
    [
        times(isa, AT_ZERO, g[0]),
        add(isa, even_p, P * AT_P, g[1]),
        add(isa, even_p, -P * AT_P, g[1]),
        add(isa, even_q, Q * AT_Q, g[1]),
        add(isa, even_q, -Q * AT_Q, g[1]),
        g[2],
    ]
}

/// `A^T` times sums of products: the outputs.
#[inline(always)]
pub(super) fn outputs<I: Isa>(isa: I, m: [I::Vector; SPAN]) -> [I::Vector; OUTPUTS] {
    let (even_p, odd_p) = (isa.add(m[1], m[2]), isa.sub(m[1], m[2]));
    let (even_q, odd_q) = (isa.add(m[3], m[4]), isa.sub(m[3], m[4]));
    [
        isa.add(isa.add(m[0], even_p), even_q),
        add(isa, times(isa, P, odd_p), Q, odd_q),
        add(isa, times(isa, P2, even_p), Q2, even_q),
        add(isa, add(isa, m[5], P * P2, odd_p), Q * Q2, odd_q),
    ]
}

/// `A` times derivatives by outputs.
#[inline(always)]
pub(super) fn errors<I: Isa>(isa: I, e: [I::Vector; OUTPUTS]) -> [I::Vector; SPAN] {
    let (even_p, odd_p) = (add(isa, e[0], P2, e[2]), add(isa, e[1], P2, e[3]));
    let (even_q, odd_q) = (add(isa, e[0], Q2, e[2]), add(isa, e[1], Q2, e[3]));
    [
        e[0],
        add(isa, even_p, P, odd_p),
        add(isa, even_p, -P, odd_p),
        add(isa, even_q, Q, odd_q),
        add(isa, even_q, -Q, odd_q),
        e[3],
    ]
}

/// `G^T` times sums of products: the derivatives by the cells.
#[inline(always)]
pub(super) fn gradient<I: Isa>(isa: I, m: [I::Vector; SPAN]) -> [I::Vector; CELLS] {
    let (even_p, odd_p) = (isa.add(m[1], m[2]), isa.sub(m[1], m[2]));
    let (even_q, odd_q) = (isa.add(m[3], m[4]), isa.sub(m[3], m[4]));
    [
        add(isa, add(isa, times(isa, AT_ZERO, m[0]), AT_P, even_p), AT_Q, even_q),
        add(isa, times(isa, P * AT_P, odd_p), Q * AT_Q, odd_q),
        add(isa, add(isa, m[5], P2 * AT_P, even_p), Q2 * AT_Q, even_q),
    ]
}
