//! How long a team of threads takes to begin and end a region whose tasks do nothing: `cargo bench --bench threads`.
//!
//! Prints the best of many rounds, since other work on the machine only ever makes a round slower. Workers watch for the
//! next region of a round; those that sleep are woken by regions with a pause before each.

use core::hint::black_box;
use core::time::Duration;
use std::thread;
use std::time::Instant;
use typednet::team::Team;
use typednet::threads::Threads;

const ROUNDS: usize = 100;
/// The regions of a round, one behind the other.
const REGIONS: u32 = 1000;
/// Longer than workers watch.
const PAUSE: Duration = Duration::from_micros(500);

fn main() {
    for threads in [1, 2, 8] {
        let team = Threads::new(threads);
        for tasks in [2, 16] {
            println!("{threads} threads awake, {tasks:2} tasks  {:7} ns", best(|| awake(&team, tasks)).as_nanos());
        }
        println!("{threads} threads asleep, 2 tasks  {:7} ns", best(|| asleep(&team)).as_nanos());
    }
}

fn best(round: impl FnMut() -> Duration) -> Duration {
    core::iter::repeat_with(round).take(ROUNDS).min().unwrap_or_default()
}

fn awake(team: &Threads, tasks: usize) -> Duration {
    let begin = Instant::now();
    (0..REGIONS).for_each(|_| run(team, tasks));
    begin.elapsed() / REGIONS
}

fn asleep(team: &Threads) -> Duration {
    thread::sleep(PAUSE);
    let begin = Instant::now();
    run(team, 2);
    begin.elapsed()
}

fn run(team: &Threads, tasks: usize) {
    team.run(tasks, &|task| {
        black_box(task);
    });
}
