//! What training and evaluation report: numbers by name.

use std::borrow::Cow;

/// The values of each epoch of a `fit`, by name.
///
/// The names are Keras's: `loss`, then those of the metrics such as `accuracy`, the same with `val_` in front if there is
/// validation data, and `learning_rate`, the rate of the epoch's last step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    columns: Vec<(Cow<'static, str>, Vec<f64>)>,
}

impl History {
    /// How many epochs there were.
    pub fn epochs(&self) -> usize {
        self.columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0)
    }

    /// The training loss of each epoch: the mean over its samples, each taken when it was trained on.
    pub fn loss(&self) -> &[f64] {
        self.metric("loss")
    }

    /// The value of each epoch of what has this name; empty if nothing has.
    pub fn metric(&self, name: &str) -> &[f64] {
        self.columns.iter().find(|(column, _)| column == name).map_or(&[], |(_, values)| values)
    }

    /// The value in the last epoch of what has this name; NaN if nothing has.
    pub fn last(&self, name: &str) -> f64 {
        self.metric(name).last().copied().unwrap_or(f64::NAN)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| &**name)
    }

    /// Adds the next epoch's value of a name.
    pub(crate) fn push(&mut self, name: Cow<'static, str>, value: f64) {
        match self.columns.iter_mut().find(|(column, _)| *column == name) {
            Some((_, values)) => values.push(value),
            None => self.columns.push((name, vec![value])),
        }
    }
}

/// How good a network is on a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The mean loss of a sample.
    pub loss: f64,
    pub(crate) metrics: Vec<(&'static str, f64)>,
}

impl Score {
    /// The value of a metric such as `accuracy`; NaN if it was not asked for.
    pub fn metric(&self, name: &str) -> f64 {
        self.metrics.iter().find(|(metric, _)| *metric == name).map_or(f64::NAN, |(_, value)| *value)
    }

    /// All values with their names, the loss first.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, f64)> {
        [("loss", self.loss)].into_iter().chain(self.metrics.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_has_one_value_for_each_epoch_and_name() {
        let mut history = History::default();
        assert_eq!((history.epochs(), history.loss()), (0, &[][..]));
        for loss in [0.5, 0.25] {
            history.push("loss".into(), loss);
            history.push("val_loss".into(), 2.0 * loss);
        }
        assert_eq!(history.epochs(), 2);
        assert_eq!(history.loss(), [0.5, 0.25]);
        assert_eq!(history.last("val_loss"), 0.5);
        assert!(history.last("accuracy").is_nan());
        assert!(history.names().eq(["loss", "val_loss"]));
    }

    #[test]
    fn a_score_knows_what_was_asked_for() {
        let score = Score { loss: 0.5, metrics: vec![("accuracy", 0.75)] };
        assert_eq!(score.metric("accuracy"), 0.75);
        assert!(score.metric("precision").is_nan());
        assert!(score.values().eq([("loss", 0.5), ("accuracy", 0.75)]));
    }
}
