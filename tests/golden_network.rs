//! The tutorial's network against Keras: four steps of training by `fit`, and what the network says then.
//!
//! The numbers are those of Keras 3.15.1 (JAX backend) in double precision, stored in single precision; see
//! `golden/keras/README.md`.

mod common;

use common::assert_close;
use common::golden::{Golden, TOLERANCE};
use typednet::plain::flatten;
use typednet::prelude::*;

network! {
    struct Digits: [12, 12, 1] -> [10] {
        conv: Conv2d(4, kernel = 3, activation = relu),
        MaxPool2d(2),
        Flatten,
        hidden: Dense(8, activation = relu),
        digit: Dense(10, activation = softmax),
    }
}

type Input = [[[f32; 1]; 12]; 12];

const BATCH: usize = 16;

/// Copies a tensor of the file.
fn fill<T: Plain>(tensor: &mut T, values: &[f32]) {
    tensor.floats_mut().copy_from_slice(values);
}

/// The network with the weights of the file that begin with `prefix`.
fn read(golden: &Golden, prefix: &str) -> Box<Digits> {
    let mut net = Digits::boxed(0);
    let tensor = |number: usize| golden.floats(&format!("{prefix}.{number}"));
    fill(&mut net.conv.kernel, &tensor(0));
    fill(&mut net.conv.bias, &tensor(1));
    fill(&mut net.hidden.kernel, &tensor(2));
    fill(&mut net.hidden.bias, &tensor(3));
    fill(&mut net.digit.kernel, &tensor(4));
    fill(&mut net.digit.bias, &tensor(5));
    net
}

fn batches(golden: &Golden) -> Vec<(Vec<Input>, Vec<Class<10>>)> {
    let (images, labels) = (golden.floats("x"), golden.integers("y"));
    let images: Vec<Input> = images
        .chunks_exact(Input::FLOATS)
        .map(|floats| {
            let mut image = Input::ZERO;
            fill(&mut image, floats);
            image
        })
        .collect();
    let labels: Vec<_> = labels.into_iter().map(|label| Class::new(usize::try_from(label).unwrap()).unwrap()).collect();
    images.chunks(BATCH).zip(labels.chunks(BATCH)).map(|(images, labels)| (images.to_vec(), labels.to_vec())).collect()
}

#[test]
fn four_steps_of_training() {
    let golden = Golden::read("network_tutorial_cnn");
    let mut net = read(&golden, "start");
    let mut trainer = Trainer::new(Adam::new(1e-2), SparseCategoricalCrossentropy).batch_size(BATCH).verbose(0);
    let mut losses = Vec::new();
    for (images, labels) in batches(&golden) {
        let data = Dataset::new(images, labels).unwrap();
        losses.push(trainer.fit(&mut net, &data).unwrap().last("loss") as f32);
    }
    assert_eq!(trainer.steps(), 4);
    golden.check("running_mean_loss", &losses);
    let expected = read(&golden, "end");
    for (name, found, expected) in [
        ("conv.kernel", net.conv.kernel.floats(), expected.conv.kernel.floats()),
        ("conv.bias", net.conv.bias.floats(), expected.conv.bias.floats()),
        ("hidden.kernel", net.hidden.kernel.floats(), expected.hidden.kernel.floats()),
        ("hidden.bias", net.hidden.bias.floats(), expected.hidden.bias.floats()),
        ("digit.kernel", net.digit.kernel.floats(), expected.digit.kernel.floats()),
        ("digit.bias", net.digit.bias.floats(), expected.digit.bias.floats()),
    ] {
        assert_close(name, found, expected, TOLERANCE);
    }
    let (images, _) = batches(&golden).swap_remove(0);
    golden.check("probabilities_after", flatten(&net.predict_batch(&images)));
}

#[test]
fn one_inference_at_a_time() {
    let golden = Golden::read("network_tutorial_cnn");
    let net = read(&golden, "end");
    let (images, _) = batches(&golden).swap_remove(0);
    let mut workspace = Workspace::boxed();
    let outputs: Vec<[f32; 10]> = images.iter().map(|image| *net.infer(image, &mut workspace)).collect();
    golden.check("probabilities_after", flatten(&outputs));
}
