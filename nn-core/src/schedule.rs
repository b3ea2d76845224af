//! Learning rates that change as training goes on. The names, formulas and defaults are Keras's.
//!
//! A step is one batch, counted from zero before the weights change. Everything is computed in `f64`.

/// A learning rate for each step.
///
/// Functions of the step are schedules too:
///
/// ```
/// use nn_core::schedule::Schedule;
///
/// let halves = |step: u64| if step < 100 { 0.01 } else { 0.005 };
/// assert_eq!(halves.learning_rate(100), 0.005);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schedule of learning rates",
    note = "schedules are `ExponentialDecay`, `CosineDecay` and others, and functions such as `|step: u64| 0.01f32`"
)]
pub trait Schedule: Send + Sync {
    /// The learning rate of step number `step`, counted from zero.
    fn learning_rate(&self, step: u64) -> f32;
}

impl<F: Fn(u64) -> f32 + Send + Sync> Schedule for F {
    fn learning_rate(&self, step: u64) -> f32 {
        self(step)
    }
}

/// `initial_learning_rate * decay_rate^(step / decay_steps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialDecay {
    /// The learning rate of step 0.
    pub initial_learning_rate: f32,
    /// How many steps it takes until the learning rate is multiplied by `decay_rate`.
    pub decay_steps: u64,
    /// The factor.
    pub decay_rate: f32,
    /// Whether `step / decay_steps` is rounded down, so that the learning rate falls in stairs.
    pub staircase: bool,
}

impl Schedule for ExponentialDecay {
    fn learning_rate(&self, step: u64) -> f32 {
        let periods = periods(step, self.decay_steps, self.staircase);
        (f64::from(self.initial_learning_rate) * libm::pow(f64::from(self.decay_rate), periods)) as f32
    }
}

/// `initial_learning_rate / (1 + decay_rate * step / decay_steps)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InverseTimeDecay {
    /// The learning rate of step 0.
    pub initial_learning_rate: f32,
    /// How many steps it takes until `decay_rate` is added to the divisor.
    pub decay_steps: u64,
    /// How much is added to the divisor in that time.
    pub decay_rate: f32,
    /// Whether `step / decay_steps` is rounded down, so that the learning rate falls in stairs.
    pub staircase: bool,
}

impl Schedule for InverseTimeDecay {
    fn learning_rate(&self, step: u64) -> f32 {
        let periods = periods(step, self.decay_steps, self.staircase);
        (f64::from(self.initial_learning_rate) / (1.0 + f64::from(self.decay_rate) * periods)) as f32
    }
}

/// From `initial_learning_rate` down to `end_learning_rate`, which is reached after `decay_steps`:
/// `(initial - end) * (1 - step / decay_steps)^power + end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolynomialDecay {
    /// The learning rate of step 0.
    pub initial_learning_rate: f32,
    /// How many steps it takes to reach the end.
    pub decay_steps: u64,
    /// The learning rate at the end and after it; 0.0001 in Keras by default.
    pub end_learning_rate: f32,
    /// The bend of the curve: 1, Keras's default, is a line.
    pub power: f32,
    /// Whether `decay_steps` is taken again as often as it takes to lie beyond the step: the learning rate then never
    /// stays at its end, but leaps up and falls again.
    pub cycle: bool,
}

impl PolynomialDecay {
    /// A line down to 0.0001.
    pub const fn new(initial_learning_rate: f32, decay_steps: u64) -> Self {
        Self { initial_learning_rate, decay_steps, end_learning_rate: 1e-4, power: 1.0, cycle: false }
    }
}

impl Schedule for PolynomialDecay {
    fn learning_rate(&self, step: u64) -> f32 {
        let cycles = if self.cycle { step.div_ceil(self.decay_steps.max(1)).max(1) } else { 1 };
        let left = 1.0 - part(step, self.decay_steps.saturating_mul(cycles));
        let (initial, end) = (f64::from(self.initial_learning_rate), f64::from(self.end_learning_rate));
        ((initial - end) * libm::pow(left, f64::from(self.power)) + end) as f32
    }
}

/// A learning rate for each stretch of steps, of which there is one more than boundaries.
///
/// ```
/// use nn_core::schedule::{PiecewiseConstantDecay, Schedule};
///
/// let schedule = PiecewiseConstantDecay::new([1000, 2000], [0.1, 0.01, 0.001]);
/// let rates = [0, 1000, 1001, 2000, 2001].map(|step| schedule.learning_rate(step));
/// assert_eq!(rates, [0.1, 0.1, 0.01, 0.01, 0.001]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiecewiseConstantDecay<const BOUNDARIES: usize, const VALUES: usize> {
    boundaries: [u64; BOUNDARIES],
    values: [f32; VALUES],
}

impl<const BOUNDARIES: usize, const VALUES: usize> PiecewiseConstantDecay<BOUNDARIES, VALUES> {
    /// The learning rate is `values[0]` up to and including step `boundaries[0]`, then `values[1]` up to and including
    /// `boundaries[1]`, and so on. Boundaries ascend. That there is one more value than boundaries is checked when the
    /// program is built.
    pub const fn new(boundaries: [u64; BOUNDARIES], values: [f32; VALUES]) -> Self {
        const { assert!(VALUES == BOUNDARIES + 1, "a piecewise schedule has one more value than boundaries") };
        Self { boundaries, values }
    }
}

impl<const BOUNDARIES: usize, const VALUES: usize> Schedule for PiecewiseConstantDecay<BOUNDARIES, VALUES> {
    fn learning_rate(&self, step: u64) -> f32 {
        let piece = self.boundaries.iter().position(|&boundary| step <= boundary).unwrap_or(BOUNDARIES);
        self.values[piece]
    }
}

/// Half a period of a cosine, from the learning rate at the beginning down to `alpha` times it, after a line upwards if
/// there are steps of warm-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineDecay {
    /// The learning rate of step 0.
    pub initial_learning_rate: f32,
    /// How many steps the decay takes, those of the warm-up not counted.
    pub decay_steps: u64,
    /// The part of the learning rate that is left at the end; 0 in Keras by default.
    pub alpha: f32,
    /// The learning rate to which the warm-up rises, and from which the decay begins; without one the decay begins from
    /// `initial_learning_rate` at once.
    pub warmup_target: Option<f32>,
    /// How many steps the warm-up takes.
    pub warmup_steps: u64,
}

impl CosineDecay {
    /// A decay to zero, without warm-up.
    pub const fn new(initial_learning_rate: f32, decay_steps: u64) -> Self {
        Self { initial_learning_rate, decay_steps, alpha: 0.0, warmup_target: None, warmup_steps: 0 }
    }

    /// The same decay after a rise to `target` in so many steps.
    #[must_use]
    pub const fn warmup(self, target: f32, steps: u64) -> Self {
        Self { warmup_target: Some(target), warmup_steps: steps, ..self }
    }
}

impl Schedule for CosineDecay {
    fn learning_rate(&self, step: u64) -> f32 {
        let initial = f64::from(self.initial_learning_rate);
        let Some(target) = self.warmup_target.map(f64::from) else {
            return (initial * cosine(part(step, self.decay_steps), self.alpha)) as f32;
        };
        if step < self.warmup_steps {
            return (initial + (target - initial) * part(step, self.warmup_steps)) as f32;
        }
        (target * cosine(part(step - self.warmup_steps, self.decay_steps), self.alpha)) as f32
    }
}

/// [`CosineDecay`] that begins again at its end, each time for longer and from lower (Loshchilov and Hutter, 2017).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineDecayRestarts {
    /// The learning rate of step 0.
    pub initial_learning_rate: f32,
    /// How many steps the first decay takes.
    pub first_decay_steps: u64,
    /// How much longer each decay is than the one before; 2 in Keras by default. At least 1.
    pub t_mul: f32,
    /// The part of the learning rate at which each decay begins, compared with the one before; 1 in Keras by default.
    pub m_mul: f32,
    /// The part of the learning rate that is left at the end of each decay; 0 in Keras by default.
    pub alpha: f32,
}

impl CosineDecayRestarts {
    /// Decays to zero, each twice as long as the one before.
    pub const fn new(initial_learning_rate: f32, first_decay_steps: u64) -> Self {
        Self { initial_learning_rate, first_decay_steps, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 }
    }
}

impl Schedule for CosineDecayRestarts {
    fn learning_rate(&self, step: u64) -> f32 {
        let time = step as f64 / self.first_decay_steps.max(1) as f64;
        let (restarts, completed) = restarts(time, f64::from(self.t_mul));
        let initial = f64::from(self.initial_learning_rate) * libm::pow(f64::from(self.m_mul), restarts);
        (initial * cosine(completed, self.alpha)) as f32
    }
}

/// How often a decay has begun again at `time`, in lengths of the first one, and which part of the present one is over.
///
/// Decay number `n` begins at `1 + t + .. + t^(n-1) = (t^n - 1) / (t - 1)` with `t = longer`.
fn restarts(time: f64, longer: f64) -> (f64, f64) {
    if longer <= 1.0 {
        let restarts = libm::floor(time);
        return (restarts, time - restarts);
    }
    let begin = |restarts| (libm::pow(longer, restarts) - 1.0) / (longer - 1.0);
    let mut restarts = libm::floor(libm::log(1.0 + time * (longer - 1.0)) / libm::log(longer));
    // The quotient of logarithms may lie just below a whole number.
    if time >= begin(restarts + 1.0) {
        restarts += 1.0;
    }
    (restarts, (time - begin(restarts)) / libm::pow(longer, restarts))
}

/// From 1 at the beginning along half a period of a cosine to `alpha` when all is completed.
fn cosine(completed: f64, alpha: f32) -> f64 {
    let alpha = f64::from(alpha);
    (1.0 - alpha) * 0.5 * (1.0 + libm::cos(core::f64::consts::PI * completed)) + alpha
}

/// `step / steps`, but at most 1, and 1 if there are no steps.
fn part(step: u64, steps: u64) -> f64 {
    if step < steps { step as f64 / steps as f64 } else { 1.0 }
}

/// `step / steps`, rounded down on a staircase.
fn periods(step: u64, steps: u64, staircase: bool) -> f64 {
    let periods = step as f64 / steps.max(1) as f64;
    if staircase { libm::floor(periods) } else { periods }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schedule: &impl Schedule, expected: &[(u64, f32)]) {
        for &(step, rate) in expected {
            let found = schedule.learning_rate(step);
            assert!((found - rate).abs() < 1e-7, "step {step}: {found} instead of {rate}");
        }
    }

    #[test]
    fn exponential_decay_multiplies() {
        let mut decay =
            ExponentialDecay { initial_learning_rate: 0.8, decay_steps: 10, decay_rate: 0.25, staircase: false };
        check(&decay, &[(0, 0.8), (5, 0.4), (10, 0.2), (20, 0.05)]);
        decay.staircase = true;
        check(&decay, &[(9, 0.8), (10, 0.2), (19, 0.2), (20, 0.05)]);
    }

    #[test]
    fn inverse_time_decay_divides() {
        let decay = InverseTimeDecay { initial_learning_rate: 0.6, decay_steps: 10, decay_rate: 2.0, staircase: false };
        check(&decay, &[(0, 0.6), (5, 0.3), (10, 0.2), (25, 0.1)]);
        check(&InverseTimeDecay { staircase: true, ..decay }, &[(9, 0.6), (10, 0.2), (29, 0.12)]);
    }

    #[test]
    fn polynomial_decay_reaches_its_end() {
        let decay = PolynomialDecay { end_learning_rate: 0.1, ..PolynomialDecay::new(0.5, 10) };
        check(&decay, &[(0, 0.5), (5, 0.3), (10, 0.1), (11, 0.1)]);
        check(&PolynomialDecay { power: 2.0, ..decay }, &[(5, 0.2), (20, 0.1)]);
        // At step 11 the decay takes 20 steps.
        check(&PolynomialDecay { cycle: true, ..decay }, &[(0, 0.5), (10, 0.1), (11, 0.28), (15, 0.2), (20, 0.1)]);
    }

    #[test]
    fn cosine_decay_is_half_way_at_half_time() {
        check(&CosineDecay::new(0.4, 10), &[(0, 0.4), (5, 0.2), (10, 0.0), (11, 0.0)]);
        let warm = CosineDecay { alpha: 0.5, ..CosineDecay::new(0.1, 10).warmup(0.4, 3) };
        check(&warm, &[(0, 0.1), (1, 0.2), (2, 0.3), (3, 0.4), (8, 0.3), (13, 0.2), (99, 0.2)]);
    }

    #[test]
    fn restarts_are_further_and_further_apart() {
        let decay = CosineDecayRestarts { m_mul: 0.5, ..CosineDecayRestarts::new(0.4, 10) };
        check(&decay, &[(0, 0.4), (5, 0.2), (10, 0.2), (20, 0.1), (30, 0.1), (50, 0.05), (70, 0.05)]);
        let even = CosineDecayRestarts { t_mul: 1.0, ..CosineDecayRestarts::new(0.4, 10) };
        check(&even, &[(5, 0.2), (10, 0.4), (15, 0.2), (20, 0.4)]);
        let thrice = CosineDecayRestarts { t_mul: 3.0, ..CosineDecayRestarts::new(0.4, 1) };
        check(&thrice, &[(1, 0.4), (4, 0.4), (13, 0.4), (40, 0.4), (121, 0.4), (364, 0.4)]);
    }

    #[test]
    fn schedules_without_steps_are_at_their_end() {
        check(&PolynomialDecay::new(0.5, 0), &[(0, 1e-4), (3, 1e-4)]);
        check(&CosineDecay::new(0.5, 0), &[(0, 0.0), (3, 0.0)]);
        check(&CosineDecay::new(0.1, 10).warmup(0.5, 0), &[(0, 0.5), (5, 0.25)]);
        assert!(CosineDecayRestarts::new(0.5, 0).learning_rate(3).is_finite());
    }
}
