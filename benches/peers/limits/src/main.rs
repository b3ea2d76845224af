//! What a core of this machine can do at most: multiply-adds a second, and bytes read from its caches and from memory.
//! One line of JSON.

use std::arch::x86_64::{
    _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_add_ps, _mm512_fmadd_ps,
    _mm512_loadu_ps, _mm512_reduce_add_ps, _mm512_set1_ps,
};
use std::hint::black_box;
use std::time::Instant;

/// What is read again and again: the weights of the workloads, and what is larger than all caches.
const READS: [(&str, usize); 5] = [
    ("ds-cnn", 90_000),
    ("perceptron", 407_080),
    ("autoencoder", 1_062_432),
    ("digits", 2_775_848),
    ("memory", 256 << 20),
];

/// A line of the cache.
#[derive(Clone)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "it is read by its address")] [f32; 16]);

/// Repetitions, of which the median is told.
const ROUNDS: usize = 7;

fn main() {
    let mut facts =
        vec![format!(r#""gflops":{:.1}"#, median(gflops)), format!(r#""gigahertz":{:.3}"#, median(gigahertz))];
    for (name, bytes) in READS {
        let lines = vec![Line([1.0; 16]); bytes / size_of::<Line>()];
        let rates = [sum::<1>, sum::<2>, sum::<4>, sum::<8>].map(|sum| median(|| gigabytes(&lines, sum)));
        let gigabytes = rates.into_iter().fold(0.0, f64::max);
        facts.push(format!(r#""{name}":{gigabytes:.1}"#));
    }
    println!("{{{}}}", facts.join(","));
}

/// Billions of bytes that a function reads in a second.
fn gigabytes(lines: &[Line], sum: fn(&[Line]) -> f32) -> f64 {
    let bytes = size_of_val(lines);
    let calls = (100_000_000 / bytes).max(1);
    let begin = Instant::now();
    for _ in 0..calls {
        black_box(sum(black_box(lines)));
    }
    (calls * bytes) as f64 / begin.elapsed().as_secs_f64() / 1e9
}

fn median(measure: impl Fn() -> f64) -> f64 {
    let mut results: Vec<f64> = (0..ROUNDS).map(|_| measure()).collect();
    results.sort_by(f64::total_cmp);
    results[ROUNDS / 2]
}

/// Billions of operations a second, a multiply-add being two, in registers alone.
fn gflops() -> f64 {
    const TURNS: u64 = 4_000_000;
    let begin = Instant::now();
    let operations = if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has the instructions.
        black_box(unsafe { multiply_add_512(TURNS) });
        TURNS * 24 * 16 * 2
    } else {
        // SAFETY: a processor without them could not be measured by this program, and every one since 2013 has them.
        black_box(unsafe { multiply_add_256(TURNS) });
        TURNS * 12 * 8 * 2
    };
    operations as f64 / begin.elapsed().as_secs_f64() / 1e9
}

/// The clock: an addition that waits for the one before it takes one cycle.
fn gigahertz() -> f64 {
    const TURNS: u64 = 20_000_000;
    let begin = Instant::now();
    // SAFETY: only the two registers are changed.
    unsafe {
        std::arch::asm!(
            "2:", "add {x}, {x}", "add {x}, {x}", "add {x}, {x}", "add {x}, {x}", "add {x}, {x}", "add {x}, {x}",
            "add {x}, {x}", "add {x}, {x}", "dec {turns}", "jnz 2b",
            x = inout(reg) 1u64 => _, turns = inout(reg) TURNS => _, options(nomem, nostack),
        );
    }
    8.0 * TURNS as f64 / begin.elapsed().as_secs_f64() / 1e9
}

#[target_feature(enable = "avx512f")]
fn multiply_add_512(turns: u64) -> f32 {
    let (factor, summand) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(1e-7)));
    let mut sums = [_mm512_set1_ps(1.0); 24];
    for _ in 0..turns {
        for sum in &mut sums {
            *sum = _mm512_fmadd_ps(*sum, factor, summand);
        }
    }
    sums.into_iter().map(|sum| _mm512_reduce_add_ps(sum)).sum()
}

#[target_feature(enable = "avx2,fma")]
fn multiply_add_256(turns: u64) -> f32 {
    let (factor, summand) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(1e-7)));
    let mut sums = [_mm256_set1_ps(1.0); 12];
    for _ in 0..turns {
        for sum in &mut sums {
            *sum = _mm256_fmadd_ps(*sum, factor, summand);
        }
    }
    let mut floats = [0.0; 8];
    let total = sums.into_iter().reduce(|a, b| _mm256_add_ps(a, b)).unwrap_or(factor);
    // SAFETY: eight floats have place for eight floats.
    unsafe { _mm256_storeu_ps(floats.as_mut_ptr(), total) };
    floats.iter().sum()
}

/// A sum that does nothing but read, at `STREAMS` places in turn: processors differ in how many they fetch fastest from.
fn sum<const STREAMS: usize>(lines: &[Line]) -> f32 {
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has the instructions.
        unsafe { sum_512::<STREAMS>(lines) }
    } else {
        // SAFETY: as in `gflops`.
        unsafe { sum_256::<STREAMS>(lines) }
    }
}

#[target_feature(enable = "avx512f")]
fn sum_512<const STREAMS: usize>(lines: &[Line]) -> f32 {
    let mut sums = [[_mm512_set1_ps(0.0); 2]; STREAMS];
    let stream = lines.len() / STREAMS;
    for at in (0..stream - 1).step_by(2) {
        for (n, [even, odd]) in sums.iter_mut().enumerate() {
            let pair = lines[n * stream + at..].as_ptr().cast::<f32>();
            // SAFETY: at least two lines follow: `at + 1` is within the stream.
            let (first, second) = unsafe { (_mm512_loadu_ps(pair), _mm512_loadu_ps(pair.add(16))) };
            *even = _mm512_add_ps(*even, first);
            *odd = _mm512_add_ps(*odd, second);
        }
    }
    sums.as_flattened().iter().map(|sum| _mm512_reduce_add_ps(*sum)).sum()
}

#[target_feature(enable = "avx2,fma")]
fn sum_256<const STREAMS: usize>(lines: &[Line]) -> f32 {
    let mut sums = [[_mm256_set1_ps(0.0); 4]; STREAMS];
    let stream = lines.len() / STREAMS;
    for at in (0..stream - 1).step_by(2) {
        for (n, sums) in sums.iter_mut().enumerate() {
            let pair = lines[n * stream + at..].as_ptr().cast::<f32>();
            for (part, sum) in sums.iter_mut().enumerate() {
                // SAFETY: at least two lines follow, of four times eight floats: `at + 1` is within the stream.
                *sum = _mm256_add_ps(*sum, unsafe { _mm256_loadu_ps(pair.add(8 * part)) });
            }
        }
    }
    let mut lanes = [0.0; 8];
    let total = sums.as_flattened().iter().fold(_mm256_set1_ps(0.0), |a, b| _mm256_add_ps(a, *b));
    // SAFETY: eight floats have place for eight floats.
    unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), total) };
    lanes.iter().sum()
}
