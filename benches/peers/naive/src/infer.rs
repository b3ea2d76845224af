//! Inference by orders.

use crate::digits::Digits;
use crate::layers::{Dense, relu, softmax};
use core::hint::black_box;
use worker::{Order, Weights, array, input, orders};

pub(crate) fn serve() {
    for (workload, order) in orders() {
        match workload.as_str() {
            "digits" | "digits-128" => digits(&workload, order),
            "perceptron" => perceptron(order),
            "controller" => controller(order),
            "autoencoder" => autoencoder(order),
            "ds-cnn" => ds_cnn(order),
            _ => order.decline(),
        }
    }
}

fn digits(workload: &str, order: Order) {
    let net = Digits::of(&Weights::of("digits"));
    let images: Vec<[f32; 784]> = input(workload).as_chunks().0.to_vec();
    let mut outputs = vec![[0.0; 10]; images.len()];
    order.answer(
        || {
            for (image, output) in black_box(&images).iter().zip(&mut outputs) {
                *output = net.infer(image);
            }
            outputs.clone()
        },
        |outputs| outputs.concat(),
    );
}

fn perceptron(order: Order) {
    let weights = Weights::of("perceptron");
    let (hidden, digit) = (Dense::<784, 128>::of(&weights, "hidden"), Dense::<128, 10>::of(&weights, "digit"));
    let image = array(&input("perceptron"));
    order.answer(|| softmax(digit.forward(&relu(hidden.forward(black_box(&image))))), |output| output.to_vec());
}

fn controller(order: Order) {
    let weights = Weights::of("controller");
    let (first, second) = (Dense::<4, 16>::of(&weights, "first"), Dense::<16, 16>::of(&weights, "second"));
    let output = Dense::<16, 1>::of(&weights, "output");
    let values = array(&input("controller"));
    let call = || output.forward(&relu(second.forward(&relu(first.forward(black_box(&values))))));
    order.answer(call, |output| output.to_vec());
}

fn autoencoder(order: Order) {
    let weights = Weights::of("autoencoder");
    let three = |name: &str| [0, 1, 2].map(|n| Dense::<128, 128>::of(&weights, &format!("{name}.{n}.dense")));
    let (narrow, encoder) = (Dense::<640, 128>::of(&weights, "narrow"), three("encoder"));
    let (code, widen) = (Dense::<128, 8>::of(&weights, "code"), Dense::<8, 128>::of(&weights, "widen"));
    let (decoder, output) = (three("decoder"), Dense::<128, 640>::of(&weights, "output"));
    let sound = array(&input("autoencoder"));
    let call = || {
        let mut values = relu(narrow.forward(black_box(&sound)));
        encoder.iter().for_each(|dense| values = relu(dense.forward(&values)));
        values = relu(widen.forward(&relu(code.forward(&values))));
        decoder.iter().for_each(|dense| values = relu(dense.forward(&values)));
        output.forward(&values)
    };
    order.answer(call, |output| output.to_vec());
}

/// The channels of DS-CNN, and the pixels of its images behind the first layer.
const CHANNELS: usize = 64;
const ROWS: usize = 25;
const COLUMNS: usize = 5;

type Pixels = [[f32; CHANNELS]; ROWS * COLUMNS];

/// A convolution, batch normalization folded into it: a row of channels for each place of the window.
struct Filters {
    kernel: Vec<[f32; CHANNELS]>,
    bias: [f32; CHANNELS],
}

impl Filters {
    fn of(weights: &Weights, name: &str) -> Self {
        let part = |part: &str| array::<CHANNELS>(&weights.tensor(&format!("{name}{part}")));
        let (gamma, beta) = (part("_norm.gamma"), part("_norm.beta"));
        let (mean, variance, bias) = (part("_norm.moving_mean"), part("_norm.moving_variance"), part(".bias"));
        let scale: [f32; CHANNELS] = core::array::from_fn(|c| gamma[c] / (variance[c] + 1e-3).sqrt());
        let kernel = weights.tensor(&format!("{name}.kernel"));
        let scaled = |row: &[f32; CHANNELS]| core::array::from_fn(|c| row[c] * scale[c]);
        Self {
            kernel: kernel.as_chunks().0.iter().map(scaled).collect(),
            bias: core::array::from_fn(|c| (bias[c] - mean[c]) * scale[c] + beta[c]),
        }
    }
}

fn ds_cnn(order: Order) {
    let weights = Weights::of("ds-cnn");
    let stem = Filters::of(&weights, "stem");
    let blocks: [[Filters; 2]; 4] = core::array::from_fn(|n| {
        ["depthwise", "pointwise"].map(|layer| Filters::of(&weights, &format!("blocks.{n}.{layer}")))
    });
    let word = Dense::<CHANNELS, 12>::of(&weights, "word");
    let sound = array::<490>(&input("ds-cnn"));
    let call = || {
        let mut pixels = first_layer(&stem, black_box(&sound));
        for [depthwise, pointwise] in &blocks {
            pixels = each_pixel(pointwise, &each_channel(depthwise, &pixels));
        }
        let mean = core::array::from_fn(|c| pixels.iter().map(|pixel| pixel[c]).sum::<f32>() / pixels.len() as f32);
        softmax(word.forward(&mean))
    };
    order.answer(call, |output| output.to_vec());
}

fn first_layer(filters: &Filters, sound: &[f32; 490]) -> Pixels {
    core::array::from_fn(|pixel| {
        let mut sums = filters.bias;
        for (tap, weights) in filters.kernel.iter().enumerate() {
            let (y, x) = (pixel / COLUMNS * 2 + tap / 4, pixel % COLUMNS * 2 + tap % 4);
            if (4..53).contains(&y) && (1..11).contains(&x) {
                let value = sound[(y - 4) * 10 + x - 1];
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
            }
        }
        relu(sums)
    })
}

fn each_channel(filters: &Filters, pixels: &Pixels) -> Pixels {
    core::array::from_fn(|pixel| {
        let mut sums = filters.bias;
        for (tap, weights) in filters.kernel.iter().enumerate() {
            let (y, x) = (pixel / COLUMNS + tap / 3, pixel % COLUMNS + tap % 3);
            if (1..=ROWS).contains(&y) && (1..=COLUMNS).contains(&x) {
                let values = &pixels[(y - 1) * COLUMNS + x - 1];
                for (sum, (value, weight)) in sums.iter_mut().zip(values.iter().zip(weights)) {
                    *sum += value * weight;
                }
            }
        }
        relu(sums)
    })
}

fn each_pixel(filters: &Filters, pixels: &Pixels) -> Pixels {
    core::array::from_fn(|pixel| {
        let mut sums = filters.bias;
        for (value, weights) in pixels[pixel].iter().zip(&filters.kernel) {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
        }
        relu(sums)
    })
}
