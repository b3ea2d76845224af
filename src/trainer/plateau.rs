//! What to do when a value no longer gets better: Keras's `EarlyStopping` and `ReduceLROnPlateau`.

use crate::trainer::Epoch;
use std::io::Write;

/// Follows a value of the history, and says whether it gets better.
#[derive(Clone, Copy, Debug)]
struct Monitor {
    name: &'static str,
    min_delta: f64,
    best: Option<f64>,
    warned: bool,
}

impl Monitor {
    fn new(name: &'static str, min_delta: f64) -> Self {
        Self { name, min_delta, best: None, warned: false }
    }

    /// Whether this epoch's value is the best one so far; `None`, after a warning, if there is no such value.
    fn improves(&mut self, epoch: &Epoch<'_>) -> Option<bool> {
        let Some(&value) = epoch.history().metric(self.name).last() else {
            self.warn(epoch);
            return None;
        };
        // Larger is better of accuracies, smaller of everything else, as Keras decides by the name.
        let gain = |best: f64| if self.name.contains("acc") { value - best } else { best - value };
        let improves = !value.is_nan() && self.best.is_none_or(|best| gain(best) > self.min_delta);
        if improves {
            self.best = Some(value);
        }
        Some(improves)
    }

    fn warn(&mut self, epoch: &Epoch<'_>) {
        if !self.warned {
            self.warned = true;
            let names: Vec<&str> = epoch.history().names().collect();
            let _ = writeln!(std::io::stderr(), "warning: no value `{}` to watch; there are {names:?}", self.name);
        }
    }
}

/// Ends the training when a value has not become better for some epochs.
///
/// ```
/// use nn_core::loss::SparseCategoricalCrossentropy;
/// use nn_core::optimizer::Adam;
/// use typednet::{EarlyStopping, Trainer};
///
/// let trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy)
///     .epochs(100)
///     .callback(EarlyStopping { patience: 5, restore_best_weights: true, ..EarlyStopping::default() }.callback());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// The name of the value; `val_loss` by default. With `acc` in its name it is to grow, else to fall.
    pub monitor: &'static str,
    /// By how much it must be better to count; 0 by default.
    pub min_delta: f64,
    /// After how many epochs in a row without a better value the training ends; 0, the default, is as good as 1.
    pub patience: usize,
    /// Whether the network gets back the weights of its best epoch when the training ends; not by default. If another
    /// callback can end the training, this one must come after it.
    pub restore_best_weights: bool,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { monitor: "val_loss", min_delta: 0.0, patience: 0, restore_best_weights: false }
    }
}

impl EarlyStopping {
    /// The function to be given to [`Trainer::callback`](crate::Trainer::callback). It begins anew with each `fit`.
    pub fn callback(self) -> impl FnMut(&mut Epoch<'_>) {
        let mut monitor = Monitor::new(self.monitor, self.min_delta);
        let (mut waited, mut weights) = (0, Vec::new());
        move |epoch| {
            if epoch.number() == 1 {
                (monitor.best, waited) = (None, 0);
                weights.clear();
            }
            let Some(improves) = monitor.improves(epoch) else { return };
            waited = if improves { 0 } else { waited + 1 };
            if waited > 0 && waited >= self.patience && epoch.number() > 1 {
                epoch.stop();
            }
            if self.restore_best_weights && improves {
                weights.clear();
                weights.extend_from_slice(epoch.weights());
            } else if epoch.is_last() && weights.len() == epoch.weights().len() {
                epoch.weights().copy_from_slice(&weights);
            }
        }
    }
}

/// Makes the learning rate smaller when a value has not become better for some epochs. Keras calls it
/// `ReduceLROnPlateau`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceLrOnPlateau {
    /// The name of the value; `val_loss` by default. With `acc` in its name it is to grow, else to fall.
    pub monitor: &'static str,
    /// What the learning rate is multiplied by; 0.1 by default.
    pub factor: f32,
    /// After how many epochs in a row without a better value; 10 by default.
    pub patience: usize,
    /// By how much it must be better to count; 1e-4 by default.
    pub min_delta: f64,
    /// For how many epochs after a change nothing is counted, the last of them excepted, as in Keras: 1 is as good as 0,
    /// the default.
    pub cooldown: usize,
    /// The smallest learning rate; 0 by default.
    pub min_learning_rate: f32,
}

impl Default for ReduceLrOnPlateau {
    fn default() -> Self {
        Self { monitor: "val_loss", factor: 0.1, patience: 10, min_delta: 1e-4, cooldown: 0, min_learning_rate: 0.0 }
    }
}

impl ReduceLrOnPlateau {
    /// The function to be given to [`Trainer::callback`](crate::Trainer::callback). It begins anew with each `fit`.
    pub fn callback(self) -> impl FnMut(&mut Epoch<'_>) {
        let mut monitor = Monitor::new(self.monitor, self.min_delta);
        let (mut waited, mut cooling) = (0, 0);
        move |epoch| {
            if epoch.number() == 1 {
                (monitor.best, waited, cooling) = (None, 0, 0);
            }
            let Some(improves) = monitor.improves(epoch) else { return };
            if cooling > 0 {
                (waited, cooling) = (0, cooling - 1);
            }
            waited = if improves || cooling > 0 { 0 } else { waited + 1 };
            let rate = epoch.learning_rate();
            if waited > 0 && waited >= self.patience && rate > self.min_learning_rate {
                epoch.set_learning_rate((rate * self.factor).max(self.min_learning_rate));
                (waited, cooling) = (0, self.cooldown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;

    /// Calls a callback with these values of `name`, one epoch each, until it stops. The weight of an epoch is its number.
    /// Gives the learning rate after each epoch, and the weight at the end.
    fn run(callback: &mut dyn FnMut(&mut Epoch<'_>), name: &'static str, values: &[f64]) -> (Vec<f32>, f32) {
        let (mut history, mut rates) = (History::default(), vec![]);
        let (mut learning_rate, mut weight) = (1.0, 0.0);
        for (number, value) in (1..).zip(values) {
            weight = number as f32;
            history.push(name.into(), *value);
            let mut epoch = Epoch {
                number,
                epochs: values.len(),
                history: &history,
                learning_rate,
                stopped: false,
                weights: core::slice::from_mut(&mut weight),
            };
            callback(&mut epoch);
            learning_rate = epoch.learning_rate;
            rates.push(learning_rate);
            if epoch.stopped {
                break;
            }
        }
        (rates, weight)
    }

    #[test]
    fn training_ends_when_patience_does() {
        let epochs =
            |stopping: EarlyStopping, values: &[f64]| run(&mut stopping.callback(), stopping.monitor, values).0.len();
        let default = EarlyStopping::default();
        assert_eq!(epochs(default, &[3.0, 2.0, 1.0, 1.0, 0.5]), 4);
        assert_eq!(epochs(EarlyStopping { patience: 1, ..default }, &[3.0, 2.0, 1.0, 1.0, 0.5]), 4);
        assert_eq!(epochs(EarlyStopping { patience: 2, ..default }, &[3.0, 3.5, 1.0, 1.1, 1.2, 0.0]), 5);
        assert_eq!(epochs(EarlyStopping { min_delta: 0.5, ..default }, &[3.0, 2.0, 1.6, 1.0]), 3);
        let accuracy = EarlyStopping { monitor: "val_accuracy", ..default };
        assert_eq!(epochs(accuracy, &[0.1, 0.2, 0.3, 0.2, 0.4]), 4);
    }

    #[test]
    fn the_best_weights_come_back() {
        let stopping = EarlyStopping { patience: 2, restore_best_weights: true, ..EarlyStopping::default() };
        let mut callback = stopping.callback();
        assert_eq!(run(&mut callback, "val_loss", &[3.0, 1.0, 2.0, 2.0, 0.0]), (vec![1.0; 4], 2.0));
        assert_eq!(run(&mut callback, "val_loss", &[3.0, 1.0, 2.0]).1, 2.0, "the last epoch ends the training too");
        assert_eq!(run(&mut callback, "val_loss", &[5.0, 4.0]).1, 2.0, "the best epoch is the last one");
    }

    #[test]
    fn a_value_that_is_not_there_ends_nothing() {
        let stopping = EarlyStopping { restore_best_weights: true, ..EarlyStopping::default() };
        assert_eq!(run(&mut stopping.callback(), "loss", &[1.0, 2.0, 3.0]).0.len(), 3);
        assert_eq!(run(&mut stopping.callback(), "val_loss", &[f64::NAN; 3]), (vec![1.0; 2], 2.0));
    }

    #[test]
    fn the_rate_falls_on_a_plateau_and_cools_down() {
        let reduce = ReduceLrOnPlateau { factor: 0.5, patience: 2, ..ReduceLrOnPlateau::default() };
        let values = [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5];
        assert_eq!(run(&mut reduce.callback(), "val_loss", &values).0, [1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25]);
        let slow = ReduceLrOnPlateau { cooldown: 2, min_learning_rate: 0.4, ..reduce };
        let (rates, _) = run(&mut slow.callback(), "val_loss", &[1.0; 8]);
        assert_eq!(rates, [1.0, 1.0, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4]);
    }
}
