//! Orders to infer: `check WORKLOAD` asks for the output, `time WORKLOAD SECONDS` for the latency.

use crate::json;
use std::hint::black_box;
use std::io::stdin;
use std::time::Instant;

/// The seconds of one group of calls, of which the median and the fastest are told.
const GROUP: f64 = 0.002;

/// What is asked of a workload.
#[derive(Clone, Copy)]
pub enum Order {
    /// The output of one call.
    Check,
    /// The microseconds of a call, measured for so many seconds.
    Time { seconds: f64 },
}

/// The orders, with the workloads that they are about.
pub fn orders() -> impl Iterator<Item = (String, Order)> {
    println!(r#"{{"ready":true}}"#);
    stdin().lines().map_while(Result::ok).map(|line| {
        let mut words = line.split_whitespace();
        let (order, workload) = (words.next(), words.next().unwrap_or_default().to_owned());
        let order = match order {
            Some("check") => Order::Check,
            _ => Order::Time { seconds: words.next().and_then(|word| word.parse().ok()).unwrap_or(0.3) },
        };
        (workload, order)
    })
}

impl Order {
    /// Answers: `call` is what is measured, `floats` makes its result a flat list.
    pub fn answer<R>(self, mut call: impl FnMut() -> R, floats: impl Fn(R) -> Vec<f32>) {
        match self {
            Self::Check => println!(r#"{{"output":{}}}"#, json(&floats(call()))),
            Self::Time { seconds } => {
                let (median, best) = latency(seconds, || drop(black_box(call())));
                println!(r#"{{"median":{median},"best":{best}}}"#);
            }
        }
    }

    /// Answers that this workload is not one of the worker's.
    pub fn decline(self) {
        println!("{{}}");
    }
}

/// The microseconds of a call: the median and the fastest of groups, after a warm-up.
fn latency(seconds: f64, mut call: impl FnMut()) -> (f64, f64) {
    let begin = Instant::now();
    let mut calls = 0;
    while begin.elapsed().as_secs_f64() < 0.3 * seconds || calls < 3 {
        call();
        calls += 1;
    }
    let group = (GROUP * calls as f64 / begin.elapsed().as_secs_f64()).ceil() as usize;
    let mut groups = Vec::new();
    let begin = Instant::now();
    while begin.elapsed().as_secs_f64() < seconds || groups.len() < 5 {
        let begin = Instant::now();
        (0..group).for_each(|_| call());
        groups.push(begin.elapsed().as_secs_f64() / group as f64 * 1e6);
    }
    groups.sort_by(f64::total_cmp);
    (groups[groups.len() / 2], groups[0])
}
