//! Plain Rust on small arrays, which every compiler turns into whatever vectors the target has.

use super::{Isa, Job};

const LANES: usize = 8;

/// The instruction set of every processor. Multiplications and additions are rounded one by one, in the order in which
/// they are written, so that the results are the same bits on every machine.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

#[inline(always)]
fn each(f: impl Fn(usize) -> f32) -> [f32; LANES] {
    core::array::from_fn(f)
}

impl Isa for Portable {
    const LANES: usize = LANES;
    // A Cortex-M has 32 registers of one float: three vectors of eight, and single values, which are no vectors here.
    const REGISTERS: usize = if cfg!(target_arch = "arm") { 5 } else { 16 };
    type Vector = [f32; LANES];

    #[inline(never)]
    fn run<J: Job>(self, job: J) -> J::Output {
        job.run(self)
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        // Where others panic this set is content, so that firmware has no code for it.
        from.first_chunk().copied().unwrap_or_else(|| self.load_partial(from))
    }
    #[inline(always)]
    fn load_partial(self, from: &[f32]) -> Self::Vector {
        each(|lane| from.get(lane).copied().unwrap_or(0.0))
    }
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        match to.first_chunk_mut() {
            Some(to) => *to = vector,
            None => self.store_partial(vector, to),
        }
    }
    #[inline(always)]
    fn store_partial(self, vector: Self::Vector, to: &mut [f32]) {
        for (to, value) in to.iter_mut().zip(vector) {
            *to = value;
        }
    }
    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] + b[lane])
    }
    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] - b[lane])
    }
    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] * b[lane])
    }
    #[inline(always)]
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] / b[lane])
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        each(|lane| a[lane] * b[lane] + c[lane])
    }
    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| if a[lane] > b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        each(|lane| if a[lane] < b[lane] { a[lane] } else { b[lane] })
    }
    #[inline(always)]
    fn sqrt(self, a: Self::Vector) -> Self::Vector {
        each(|lane| libm::sqrtf(a[lane]))
    }
    #[inline(always)]
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        then: Self::Vector,
        otherwise: Self::Vector,
    ) -> Self::Vector {
        each(|lane| if a[lane] > b[lane] { then[lane] } else { otherwise[lane] })
    }
    #[inline(always)]
    fn round(self, a: Self::Vector) -> Self::Vector {
        // Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition itself rounds, halves to even.
        const SHIFT: f32 = 12_582_912.0;
        each(|lane| (a[lane] + SHIFT) - SHIFT)
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::Vector) -> Self::Vector {
        // The sum has no bits for a fraction, so its lowest bits are the whole number n + 127: the exponent.
        const SHIFT: f32 = 12_582_912.0 + 127.0;
        each(|lane| f32::from_bits((n[lane] + SHIFT).to_bits() << 23))
    }
    #[inline(always)]
    fn interleave(self, a: Self::Vector, b: Self::Vector) -> (Self::Vector, Self::Vector) {
        let both = |place: usize| if place.is_multiple_of(2) { a[place / 2] } else { b[place / 2] };
        (each(both), each(|lane| both(LANES + lane)))
    }
    #[inline(always)]
    fn sum(self, a: Self::Vector) -> f32 {
        let four: [f32; 4] = core::array::from_fn(|lane| a[lane] + a[lane + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
}
