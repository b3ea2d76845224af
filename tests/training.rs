//! What `Trainer` promises, with a network written by hand.

mod toy;

use core::cell::Cell;
use nn_core::class::Class;
use nn_core::loss::SparseCategoricalCrossentropy;
use nn_core::metric::{Accuracy, TopKCategoricalAccuracy};
use nn_core::network::Network;
use nn_core::optimizer::{Adam, GradientDescent, Sgd};
use toy::{Other, Toy, circle};
use typednet::{Dataset, Error, Trainer, TrainingProblem, input_gradient, predict_batch};

type Points = Dataset<[f32; 2], Class<2>>;

fn trainer() -> Trainer<'static, Adam, SparseCategoricalCrossentropy, ((), Accuracy)> {
    Trainer::new(Adam::new(0.01), SparseCategoricalCrossentropy).metric(Accuracy).batch_size(50).threads(2).verbose(0)
}

fn empty() -> Points {
    circle(0, 0)
}

#[test]
fn a_network_learns_a_circle() {
    let (train, test) = (circle(1000, 1), circle(500, 2));
    let mut net = Toy::new(1);
    let mut trainer = trainer().epochs(25).validation(&test);
    let before = trainer.evaluate(&net, &test).unwrap();
    let history = trainer.fit(&mut net, &train).unwrap();
    let score = trainer.evaluate(&net, &test).unwrap();
    assert_eq!(history.epochs(), 25);
    assert!(score.loss < 0.3 && score.loss < before.loss / 2.0, "{before:?}, then {score:?}");
    assert!(score.metric("accuracy") > 0.93, "{score:?}");
    assert!(history.last("loss") < 0.75 * history.loss()[0], "{:?}", history.loss());
    assert_eq!(history.last("val_loss"), score.loss);
    assert_eq!(history.last("val_accuracy"), score.metric("accuracy"));
    assert!(history.last("accuracy") < score.metric("accuracy"), "dropout makes training values worse");
    assert!(history.metric("learning_rate").iter().all(|rate| *rate == f64::from(0.01f32)));
    assert!(history.names().eq(["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let data = circle(333, 3);
    let trained = |threads| {
        let mut net = Toy::new(5);
        let mut trainer = trainer().threads(threads).epochs(3).batch_size(37);
        let history = trainer.fit(&mut net, &data).unwrap();
        (net, history, trainer.evaluate(&Toy::new(9), &data).unwrap())
    };
    let alone = trained(1);
    for threads in [2, 3, 8] {
        assert_eq!(trained(threads), alone, "{threads} threads");
    }
}

#[test]
fn seeds_make_the_difference() {
    let data = circle(100, 3);
    let trained = |seed| {
        let mut net = Toy::new(5);
        trainer().seed(seed).fit(&mut net, &data).unwrap();
        net
    };
    assert_eq!(trained(1), trained(1));
    assert_ne!(trained(1), trained(2));
}

/// Softmax does not see the sum of the last two biases, so that a step along the derivative keeps it as it is.
#[test]
fn a_step_goes_down() {
    let data = circle(20, 4);
    let start = Toy::new(2);
    let mut net = start.clone();
    let mut trainer = Trainer::new(GradientDescent::new(0.1), SparseCategoricalCrossentropy).batch_size(100).verbose(0);
    trainer.fit(&mut net, &data).unwrap();
    assert_eq!(trainer.steps(), 1);
    let biases = |net: &Toy| net.0[net.0.len() - 2] + net.0[net.0.len() - 1];
    assert!((biases(&net) - biases(&start)).abs() < 1e-7);
    let loss = |net: &Toy| trainer.evaluate(net, &data).unwrap().loss;
    assert!(loss(&net) < loss(&start));
}

#[test]
fn a_batch_size_need_not_divide_anything() {
    let data = circle(17, 4);
    for (batch_size, steps) in [(1, 17), (16, 2), (17, 1), (18, 1), (usize::MAX, 1)] {
        let mut trainer = trainer().batch_size(batch_size);
        let history = trainer.fit(&mut Toy::new(2), &data).unwrap();
        assert_eq!(trainer.steps(), steps, "batches of {batch_size}");
        assert!(history.loss()[0].is_finite());
    }
}

#[test]
fn a_score_does_not_depend_on_the_batches() {
    let (net, data) = (Toy::new(7), circle(100, 4));
    let scores = [1, 7, 100].map(|size| trainer().batch_size(size).evaluate(&net, &data).unwrap());
    // Sums of the same doubles in another order.
    assert!(scores.iter().all(|score| (score.loss - scores[0].loss).abs() < 1e-14));
    let right = data.iter().filter(|(input, label)| {
        let output = net.predict(input);
        usize::from(output[1] > output[0]) == label.index()
    });
    assert_eq!(scores[0].metric("accuracy"), right.count() as f64 / 100.0);
    assert!(scores[0].metric("precision").is_nan());
}

#[test]
fn a_second_fit_goes_on() {
    let data = circle(120, 4);
    let (mut once, mut twice) = (Toy::new(3), Toy::new(3));
    trainer().epochs(4).fit(&mut once, &data).unwrap();
    let mut trainer = trainer().epochs(2);
    trainer.fit(&mut twice, &data).unwrap();
    trainer.fit(&mut twice, &data).unwrap();
    assert_eq!(once, twice);
    assert_eq!(trainer.steps(), 12);
    trainer.reset();
    assert_eq!(trainer.steps(), 0);
}

#[test]
fn arguments_that_make_no_sense_are_errors() {
    let data = circle(10, 4);
    let mut net = Toy::new(3);
    let problem = |result: typednet::Result<_>| match result {
        Err(Error::Training(problem)) => problem,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("no error"),
    };
    let found = problem(trainer().fit(&mut net, &empty()));
    assert_eq!(found.to_string(), "the training data has no samples: give it at least one");
    let nothing = empty();
    assert!(matches!(problem(trainer().validation(&nothing).fit(&mut net, &data)), TrainingProblem::Empty(_)));
    assert_eq!(problem(trainer().batch_size(0).fit(&mut net, &data)), TrainingProblem::BatchSize);
    assert!(trainer().evaluate(&net, &empty()).is_err());
    assert!(trainer().batch_size(0).evaluate(&net, &data).is_err());
    assert_eq!(net, Toy::new(3));
    assert_eq!(trainer().epochs(0).fit(&mut net, &data).unwrap().epochs(), 0);
    assert_eq!(net, Toy::new(3));
}

#[test]
fn another_network_needs_another_trainer() {
    let data = circle(10, 4);
    let mut trainer = trainer();
    trainer.fit(&mut Toy::new(1), &data).unwrap();
    let mut other = Other(Toy::new(2));
    let error = trainer.fit(&mut other, &data).unwrap_err();
    assert!(error.to_string().contains("has trained `Toy`") && error.to_string().contains("cannot train `Other`"));
    assert_eq!(other, Other(Toy::new(2)));
    trainer.reset();
    trainer.fit(&mut other, &data).unwrap();
}

#[test]
fn a_loss_that_is_no_number_ends_the_training() {
    let point = |row| ([if row == 30 { f32::NAN } else { 0.5 }, 0.5], Class::new(0).unwrap());
    let data: Points = Dataset::from_fn(100, point);
    let mut net = Toy::new(1);
    let error = trainer().batch_size(1).fit(&mut net, &data).unwrap_err();
    assert!(matches!(error, Error::Training(TrainingProblem::Diverged { epoch: 1, .. })), "{error}");
    assert!(net.weights().iter().all(|weight| weight.is_finite()), "the step was not taken");
    let mut trainer = Trainer::new(GradientDescent::new(f32::INFINITY), SparseCategoricalCrossentropy).batch_size(100);
    let error = trainer.fit(&mut net, &circle(100, 1)).unwrap_err();
    assert!(matches!(error, Error::Training(TrainingProblem::Weights { epoch: 1, .. })), "{error}");
}

#[test]
fn callbacks_see_each_epoch_and_can_stop() {
    let data = circle(100, 4);
    let seen = Cell::new(0);
    let mut best = vec![];
    let mut trainer = trainer()
        .epochs(10)
        .callback(|epoch| {
            seen.set(seen.get() + 1);
            assert_eq!((epoch.number(), epoch.epochs()), (seen.get(), 10));
            assert_eq!(epoch.history().epochs(), epoch.number());
            assert_eq!(epoch.metric("loss"), epoch.history().last("loss"));
            epoch.set_learning_rate(epoch.learning_rate() / 2.0);
        })
        .callback(|epoch| {
            if epoch.number() == 3 {
                epoch.stop();
                best = epoch.weights().to_vec();
            }
        });
    let mut net = Toy::new(1);
    let history = trainer.fit(&mut net, &data).unwrap();
    assert_eq!(trainer.learning_rate(), 0.01 / 8.0);
    assert_eq!(history.metric("learning_rate"), [0.01f32, 0.005, 0.0025].map(f64::from));
    drop(trainer);
    assert_eq!((seen.get(), history.epochs()), (3, 3));
    assert_eq!(best, net.weights());
}

#[test]
fn a_schedule_sets_the_rate_of_each_step() {
    let data = circle(100, 4);
    let mut trainer = trainer().epochs(2).schedule(|step: u64| 1.0 / (step + 1) as f32);
    let history = trainer.fit(&mut Toy::new(1), &data).unwrap();
    assert_eq!(history.metric("learning_rate"), [0.5, 0.25]);
    trainer.fit(&mut Toy::new(1), &data).unwrap();
    assert_eq!((trainer.learning_rate(), trainer.steps()), (0.125, 8));
}

#[test]
fn several_metrics_and_other_optimizers() {
    let data = circle(100, 4);
    let mut trainer = Trainer::new(Sgd::new(0.1).momentum(0.9), SparseCategoricalCrossentropy)
        .metric(Accuracy)
        .metric(TopKCategoricalAccuracy { k: 2 })
        .verbose(0);
    let mut net: Box<Toy> = Box::new(Toy::new(1));
    let history = trainer.fit(&mut net, &data).unwrap();
    assert_eq!(history.last("top_k_categorical_accuracy"), 1.0);
    assert_eq!(trainer.evaluate(&net, &data).unwrap().metric("top_k_categorical_accuracy"), 1.0);
}

#[test]
fn many_samples_are_predicted_as_each_is() {
    let net = Toy::new(4);
    let inputs: Vec<[f32; 2]> = circle(600, 4).iter().map(|(input, _)| input).collect();
    let outputs = predict_batch(&net, &inputs);
    assert_eq!(outputs.len(), 600);
    for (input, output) in inputs.iter().zip(outputs) {
        assert_eq!(output, net.predict(input));
    }
    assert!(predict_batch(&net, &[]).is_empty());
}

#[test]
fn the_derivative_by_the_input_is_that_of_the_loss() {
    const STEP: f32 = 1e-2;
    let (net, label) = (Toy::new(4), Class::<2>::new(1).unwrap());
    let loss = |input: [f32; 2]| -f64::from(net.predict(&input)[1]).ln();
    let input = [0.4, -0.7];
    let gradient = input_gradient(&net, &input, &label, &SparseCategoricalCrossentropy).unwrap();
    for axis in 0..2 {
        let at = |step: f32| {
            let mut moved = input;
            moved[axis] += step;
            loss(moved)
        };
        let slope = (at(STEP) - at(-STEP)) / f64::from(2.0 * STEP);
        // The rounding of a probability, 6e-8, divided by the step, and the square of the step.
        assert!((slope - f64::from(gradient[axis])).abs() < 2e-4, "{slope} and {}", gradient[axis]);
    }
}
