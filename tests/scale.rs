//! Ten million parameters in a debug build, on a thread with a stack of 2 MiB: nothing as large as a network is ever
//! built on the stack or moved over it.

use std::thread;
use typednet::predict_batch;
use typednet::prelude::*;

network! {
    #[derive(Clone, PartialEq)]
    struct Large: [32, 32, 1] -> [10] {
        Flatten,
        first: Dense(4096, activation = relu),
        Dropout(0.5),
        second: Dense(1408, activation = relu),
        Dense(10, activation = softmax),
    }
}

const _: () = assert!(Large::PARAMETERS > 9_900_000 && Large::PARAMETERS < 10_100_000);

/// What Rust gives a thread by default. The network is twenty times as large.
const STACK: usize = 2 << 20;
const _: () = assert!(Large::WEIGHT_BYTES > 18 * STACK);

type Image = [[[f32; 1]; 32]; 32];

fn images() -> Dataset<Image, Class<10>> {
    Dataset::from_fn(2, |row| ([[[row as f32 - 0.5]; 32]; 32], Class::new(row).unwrap()))
}

fn all_that_users_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.safetensors");
    let mut net = Large::boxed(1);
    let before = net.boxed_clone();
    let mut trainer =
        Trainer::new(Adam::default(), SparseCategoricalCrossentropy).metric(Accuracy).batch_size(2).verbose(0);
    let history = trainer.fit(&mut net, &images()).unwrap();
    assert!(history.last("loss").is_finite() && trainer.steps() == 1);
    // The first step of Adam has the length of the learning rate, for every weight that has a derivative.
    let moved =
        |before: &[f32], after: &[f32]| before.iter().zip(after).filter(|(before, after)| before != after).count();
    assert!(moved(before.weights(), net.weights()) > Large::PARAMETERS / 10);
    assert!(moved(&before.first.bias, &net.first.bias) > 1000);

    net.save(&path).unwrap();
    let mut loaded = Large::load(&path).unwrap();
    assert!(loaded.weights() == net.weights());
    loaded.weights_mut().fill(0.0);
    loaded.load_weights(&path).unwrap();
    let (image, _) = images().iter().next().unwrap();
    let output = loaded.predict(&image);
    assert_eq!(output, net.predict(&image));
    assert_eq!(loaded.infer(&image, &mut Workspace::boxed()), &output);
    assert_eq!(predict_batch(&*net, &[image]).len(), 1);
    assert!(trainer.evaluate(&net, &images()).unwrap().loss.is_finite());
    assert!(loaded == net);
}

#[test]
fn ten_million_parameters_on_a_small_stack() {
    let thread = thread::Builder::new().stack_size(STACK).spawn(all_that_users_do).unwrap();
    thread.join().unwrap();
}
