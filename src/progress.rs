//! The lines that training prints, in the form of Keras's.

use core::fmt::Write as _;
use core::time::Duration;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Instant;

/// The running line is painted anew at most this often.
const INTERVAL: Duration = Duration::from_millis(50);

/// The cells of the bar.
const CELLS: usize = 20;

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verbosity {
    Silent,
    /// A bar that moves, with color: for a terminal.
    Bar,
    /// The bar once it is full: for a file.
    FullBar,
    Line,
}

impl Verbosity {
    /// What `verbose` 0, 1 or 2 means; without it, a bar on a terminal and nothing elsewhere.
    fn new(verbose: Option<u8>, terminal: bool) -> Self {
        match verbose {
            Some(0) => Self::Silent,
            Some(1) if !terminal => Self::FullBar,
            None if !terminal => Self::Silent,
            None | Some(1) => Self::Bar,
            Some(_) => Self::Line,
        }
    }
}

/// Prints how a `fit` gets on.
#[derive(Debug)]
pub(crate) struct Progress {
    verbosity: Verbosity,
    epochs: usize,
    steps: usize,
    epoch_began: Instant,
    painted: Instant,
    bar: Option<ProgressBar>,
}

/// Names and values, in the order in which they are printed.
pub(crate) type Values<'a> = Vec<(&'a str, f64)>;

impl Progress {
    /// Of `epochs` epochs of `steps` steps each. `verbose` is 0, 1 or 2, or `None` for what suits the standard output.
    pub(crate) fn new(verbose: Option<u8>, epochs: usize, steps: usize) -> Self {
        let verbosity = Verbosity::new(verbose, std::io::stdout().is_terminal());
        let now = Instant::now();
        Self { verbosity, epochs, steps, epoch_began: now, painted: now, bar: None }
    }

    /// Epoch number `epoch`, counted from one, begins.
    pub(crate) fn begin_epoch(&mut self, epoch: usize) {
        if self.verbosity == Verbosity::Silent {
            return;
        }
        print(&format!("Epoch {epoch}/{}", self.epochs));
        self.epoch_began = Instant::now();
        self.painted = self.epoch_began;
        if self.verbosity == Verbosity::Bar {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            self.bar = Some(bar);
        }
    }

    /// Step number `step` of the epoch, counted from one, is done. `values` is asked only if the line is painted.
    pub(crate) fn end_step<'a>(&mut self, step: usize, values: impl FnOnce() -> Values<'a>) {
        let Some(bar) = &self.bar else { return };
        let now = Instant::now();
        if now - self.painted >= INTERVAL && step < self.steps {
            self.painted = now;
            let state = State { step, steps: self.steps, elapsed: now - self.epoch_began, running: true };
            bar.set_message(bar_line(state, &values(), true));
        }
    }

    /// The epoch is done, validation included.
    pub(crate) fn end_epoch(&mut self, values: &Values<'_>) {
        let elapsed = self.epoch_began.elapsed();
        let state = State { step: self.steps, steps: self.steps, elapsed, running: false };
        match (self.verbosity, self.bar.take()) {
            (Verbosity::Silent, _) => {}
            (Verbosity::Line, _) => print(&plain_line(state, values)),
            (_, Some(bar)) => bar.finish_with_message(bar_line(state, values, true)),
            (_, None) => print(&bar_line(state, values, false)),
        }
    }
}

/// One line to the standard output. That it may be closed is no reason to end the training.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// How far an epoch has come.
#[derive(Clone, Copy, Debug)]
struct State {
    step: usize,
    steps: usize,
    elapsed: Duration,
    running: bool,
}

impl State {
    /// `12/469`, the first number as wide as the second.
    fn count(self) -> String {
        let width = self.steps.to_string().len();
        format!("{:width$}/{}", self.step, self.steps)
    }

    /// The seconds of a step, on average.
    fn step_seconds(self) -> f64 {
        self.elapsed.as_secs_f64() / self.step.max(1) as f64
    }

    /// The time left while the epoch runs, and the time it took after that.
    fn time(self) -> String {
        if self.running {
            time_left(self.step_seconds() * self.steps.saturating_sub(self.step) as f64)
        } else {
            format!("{:.0}s", self.elapsed.as_secs_f64())
        }
    }
}

/// `469/469 ━━━━━━━━━━━━━━━━━━━━ 9s 18ms/step - accuracy: 0.9381 - loss: 0.2153`
fn bar_line(state: State, values: &Values<'_>, color: bool) -> String {
    let full = (CELLS * state.step / state.steps.max(1)).min(CELLS);
    let (done, left) = ("━".repeat(full), "━".repeat(CELLS - full));
    let mut line = if color {
        let (bold, green, white, plain) = ("\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m");
        format!("{bold}{}{plain} {green}{done}{plain}{white}{left}{plain} {bold}{}{plain}", state.count(), state.time())
    } else {
        format!("{} {done}{left} {}", state.count(), state.time())
    };
    let _ = write!(line, " {}", step_time(state.step_seconds()));
    append(&mut line, values);
    line
}

/// `469/469 - 9s - 18ms/step - accuracy: 0.9381 - loss: 0.2153`
fn plain_line(state: State, values: &Values<'_>) -> String {
    let mut line = format!("{} - {} - {}", state.count(), state.time(), step_time(state.step_seconds()));
    append(&mut line, values);
    line
}

fn append(line: &mut String, values: &Values<'_>) {
    for (name, value) in values {
        let _ = write!(line, " - {name}: {}", number(*value));
    }
}

/// `1:02:03`, `2:03` or `3s`.
fn time_left(seconds: f64) -> String {
    let seconds = seconds as u64;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0..=60 => format!("{seconds}s"),
        61..=3600 => format!("{}:{rest:02}", seconds / 60),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

/// The time of a step in seconds, milliseconds or microseconds.
fn step_time(seconds: f64) -> String {
    if seconds >= 1.0 || seconds == 0.0 {
        format!("{seconds:.0}s/step")
    } else if seconds >= 1e-3 {
        format!("{:.0}ms/step", seconds * 1e3)
    } else {
        format!("{:.0}us/step", seconds * 1e6)
    }
}

/// As C prints it with `%.4f` if it is larger than 0.001, else with `%.4e`.
pub(crate) fn number(value: f64) -> String {
    if !value.is_finite() {
        return format!("{value}").to_lowercase();
    }
    if value.abs() > 1e-3 {
        return format!("{value:.4}");
    }
    let text = format!("{value:.4e}");
    match text.split_once("e-") {
        Some((mantissa, exponent)) => format!("{mantissa}e-{exponent:0>2}"),
        None => text.replace('e', "e+0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(step: usize, milliseconds: u64, running: bool) -> State {
        State { step, steps: 469, elapsed: Duration::from_millis(milliseconds), running }
    }

    #[test]
    fn the_full_bar_is_keras_s_line() {
        let values = vec![("accuracy", 0.93812), ("loss", 0.21534)];
        assert_eq!(
            bar_line(state(469, 8_600, false), &values, false),
            "469/469 ━━━━━━━━━━━━━━━━━━━━ 9s 18ms/step - accuracy: 0.9381 - loss: 0.2153"
        );
        assert_eq!(
            plain_line(state(469, 8_600, false), &values),
            "469/469 - 9s - 18ms/step - accuracy: 0.9381 - loss: 0.2153"
        );
    }

    #[test]
    fn the_running_bar_tells_the_time_left() {
        let line = bar_line(state(47, 470, true), &vec![("loss", 0.0004)], true);
        let bar = format!("\x1b[32m{}\x1b[0m\x1b[37m{}\x1b[0m", "━━", "━".repeat(18));
        assert_eq!(line, format!("\x1b[1m 47/469\x1b[0m {bar} \x1b[1m4s\x1b[0m 10ms/step - loss: 4.0000e-04"));
    }

    #[test]
    fn numbers_are_printed_as_c_does() {
        let cases = [
            (0.5, "0.5000"),
            (12.34567, "12.3457"),
            (0.001, "1.0000e-03"),
            (1.5e-12, "1.5000e-12"),
            (0.0, "0.0000e+00"),
            (-0.25, "-0.2500"),
            (f64::NAN, "nan"),
            (f64::INFINITY, "inf"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn times_have_keras_s_units() {
        for (seconds, text) in [(9.9, "9s"), (60.0, "60s"), (61.0, "1:01"), (3_723.0, "1:02:03")] {
            assert_eq!(time_left(seconds), text);
        }
        for (seconds, text) in [(2.4, "2s/step"), (0.0, "0s/step"), (0.0184, "18ms/step"), (18e-6, "18us/step")] {
            assert_eq!(step_time(seconds), text);
        }
    }

    #[test]
    fn nothing_is_printed_away_from_a_terminal_unless_asked() {
        assert_eq!(Verbosity::new(None, false), Verbosity::Silent);
        assert_eq!(Verbosity::new(None, true), Verbosity::Bar);
        assert_eq!(Verbosity::new(Some(1), false), Verbosity::FullBar);
        assert_eq!(Verbosity::new(Some(2), false), Verbosity::Line);
        assert_eq!(Verbosity::new(Some(0), true), Verbosity::Silent);
    }
}
