//! Training goes on from a file as if it had never been interrupted, and files that do not fit change nothing.

mod toy;

use nn_core::loss::SparseCategoricalCrossentropy;
use nn_core::network::Network;
use nn_core::optimizer::{Adam, Optimizer, RmsProp, Sgd};
use std::fs;
use std::path::Path;
use toy::{Other, Toy, circle};
use typednet::files::{NamedTensor, load_weights, save, save_with};
use typednet::{CheckpointProblem, Error, Trainer};

fn trainer<Opt: Optimizer>(optimizer: Opt) -> Trainer<'static, Opt, SparseCategoricalCrossentropy> {
    Trainer::new(optimizer, SparseCategoricalCrossentropy).batch_size(30).seed(7).verbose(0)
}

/// Trains two epochs and three more: at one go, and with a file between.
fn goes_on<Opt: Optimizer + Copy>(optimizer: Opt, folder: &Path) {
    let path = folder.join(optimizer.name());
    let data = circle(200, 1);
    let (mut expected, mut before, mut after) = (Toy::new(1), Toy::new(1), Toy::new(2));
    trainer(optimizer).epochs(5).fit(&mut expected, &data).unwrap();
    let mut first = trainer(optimizer).epochs(2);
    first.fit(&mut before, &data).unwrap();
    first.checkpoint(&before, &path).unwrap();
    let mut second = trainer(optimizer).epochs(3);
    second.resume(&mut after, &path).unwrap();
    assert_eq!((before, second.steps()), (after.clone(), 14));
    second.fit(&mut after, &data).unwrap();
    assert_eq!(after, expected, "{}", optimizer.name());
}

#[test]
fn training_goes_on_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    goes_on(Adam::default().amsgrad(true), folder.path());
    goes_on(Sgd::new(0.1).momentum(0.9), folder.path());
    goes_on(RmsProp::default(), folder.path());
}

#[test]
fn the_learning_rate_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut first = trainer(Adam::default());
    first.set_learning_rate(0.1234567);
    first.checkpoint(&Toy::new(1), &path).unwrap();
    let mut second = trainer(Adam::default());
    second.resume(&mut Toy::new(2), &path).unwrap();
    assert_eq!((second.learning_rate(), second.steps()), (0.1234567, 0));
}

/// Resumes from a file that does not fit, checks that nothing changed, and gives the error.
fn refused<Opt: Optimizer + Copy>(optimizer: Opt, path: &Path) -> Error {
    let data = circle(50, 1);
    let (mut net, mut untouched) = (Toy::new(3), Toy::new(3));
    let (mut one, mut two) = (trainer(optimizer), trainer(optimizer));
    one.fit(&mut net, &data).unwrap();
    two.fit(&mut untouched, &data).unwrap();
    let error = one.resume(&mut net, path).unwrap_err();
    assert_eq!((&net, one.steps(), one.learning_rate()), (&untouched, two.steps(), two.learning_rate()));
    one.fit(&mut net, &data).unwrap();
    two.fit(&mut untouched, &data).unwrap();
    assert_eq!(net, untouched, "the optimizer's state has changed");
    error
}

#[test]
fn files_that_do_not_fit_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    trainer(Adam::default()).checkpoint(&Other(Toy::new(1)), &path).unwrap();
    assert!(refused(Sgd::default(), &path).to_string().contains("adam with 2 values"));
    assert!(refused(Adam::default().amsgrad(true), &path).to_string().contains("3 values for each weight"));

    assert!(matches!(refused(Adam::default(), &folder.path().join("none")), Error::File { .. }));
    save(&Toy::new(1), &path).unwrap();
    let error = refused(Adam::default(), &path);
    assert!(matches!(&error, Error::Checkpoint { problem: CheckpointProblem::Missing(_), .. }), "{error}");
    fs::write(&path, b"rubbish").unwrap();
    assert!(matches!(refused(Adam::default(), &path), Error::Weights { .. }));
}

#[test]
fn damaged_checkpoints_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let net = Toy::new(1);
    let optimizer = "adam with 2 values for each weight";
    let write = |step, slot: &str| {
        let values = &net.weights()[..3];
        let tensor = NamedTensor { name: slot.into(), shape: nn_core::shape::Shape::new(&[3]), values };
        let texts = [("optimizer", optimizer), ("step", step), ("epoch", "1"), ("learning_rate", "0.1")];
        save_with(&net, &path, vec![tensor], &texts).unwrap();
        refused(Adam::default(), &path).to_string()
    };
    assert!(write("-1", "optimizer/0").contains("`step` is `-1`"));
    assert!(write("1", "optimizer/0").contains("`optimizer/0` has 3 values"));
    assert!(write("1", "kernel").contains("kernel"));
}

#[test]
fn a_trainer_of_another_network_writes_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let mut trainer = trainer(Adam::default());
    trainer.fit(&mut Toy::new(1), &circle(50, 1)).unwrap();
    let error = trainer.checkpoint(&Other(Toy::new(1)), &path).unwrap_err();
    assert!(matches!(error, Error::Training(_)) && !path.exists(), "{error}");
    assert!(load_weights(&mut Toy::new(1), &path).is_err());
}
