//! Training by orders, one sample at a time: derivatives are summed over a batch, then Adam moves the weights.

use crate::digits::{Digits, FEATURES, Pooled};
use crate::layers::{relu, softmax};
use worker::{Images, Shuffle, Training, Weights, array};

/// The digit classifier with batches of 128.
pub(crate) fn serve() {
    let weights = Weights::of("digits");
    let zeros = || Digits::of(&weights).zeroed();
    worker::serve(Loop {
        adam: Adam { mean: zeros(), square: zeros(), steps: 0 },
        gradient: zeros(),
        net: Digits::of(&weights),
        pooled: Box::new(Pooled { values: [0.0; FEATURES], positions: [0; FEATURES] }),
        images: Images::of("digits", "train"),
        shuffle: Shuffle::new(0),
    });
}

const BATCH: usize = 128;

struct Loop {
    net: Digits,
    gradient: Digits,
    adam: Adam,
    pooled: Box<Pooled>,
    images: Images,
    shuffle: Shuffle,
}

impl Training for Loop {
    fn train(&mut self, images: usize) -> f64 {
        if self.shuffle.len() != images {
            self.shuffle = Shuffle::new(images);
        }
        let mut loss = 0.0;
        for rows in self.shuffle.shuffled().chunks(BATCH) {
            let (pixels, labels) = self.images.batch(rows);
            self.gradient.tensors().into_iter().for_each(|tensor| tensor.fill(0.0));
            for (image, &label) in pixels.as_chunks().0.iter().zip(&labels) {
                loss +=
                    backward(&self.net, &mut self.gradient, &mut self.pooled, image, label, 1.0 / rows.len() as f32);
            }
            self.adam.step(&mut self.net, &mut self.gradient);
        }
        loss / images as f64
    }

    fn test(&mut self) -> f64 {
        let test = Images::of("digits", "test");
        let right = (0..test.len()).filter(|&row| {
            let (pixels, labels) = test.batch(&[row]);
            let answer = self.net.infer(&array(&pixels));
            answer.iter().all(|&other| other <= answer[usize::from(labels[0])])
        });
        right.count() as f64 / test.len() as f64
    }
}

/// Adds the derivatives by one sample, times `scale`; gives the loss.
fn backward(
    net: &Digits,
    gradient: &mut Digits,
    pooled: &mut Pooled,
    image: &[f32; 784],
    label: u8,
    scale: f32,
) -> f64 {
    net.pool(image, pooled);
    let hidden = relu(net.hidden.forward(&pooled.values));
    let mut by_logit = softmax(net.digit.forward(&hidden));
    let loss = -f64::from(by_logit[usize::from(label)].max(1e-30)).ln();
    by_logit[usize::from(label)] -= 1.0;
    by_logit = by_logit.map(|derivative| derivative * scale);
    let mut by_hidden = gradient.digit.backward(&net.digit, &hidden, &by_logit);
    for (derivative, value) in by_hidden.iter_mut().zip(hidden) {
        *derivative = if value > 0.0 { *derivative } else { 0.0 };
    }
    let by_feature = gradient.hidden.backward(&net.hidden, &pooled.values, &by_hidden);
    gradient.convolution_backward(pooled, image, &by_feature);
    loss
}

/// Adam with Keras's settings.
struct Adam {
    mean: Digits,
    square: Digits,
    steps: i32,
}

impl Adam {
    fn step(&mut self, net: &mut Digits, gradient: &mut Digits) {
        self.steps += 1;
        let rate = 1e-3 * (1.0 - 0.999f32.powi(self.steps)).sqrt() / (1.0 - 0.9f32.powi(self.steps));
        let states = self.mean.tensors().into_iter().zip(self.square.tensors());
        for ((weights, gradient), (mean, square)) in net.tensors().into_iter().zip(gradient.tensors()).zip(states) {
            for (((weight, &mut slope), mean), square) in weights.iter_mut().zip(gradient).zip(mean).zip(square) {
                *mean = 0.9 * *mean + 0.1 * slope;
                *square = 0.999 * *square + 0.001 * slope * slope;
                *weight -= rate * *mean / (square.sqrt() + 1e-7);
            }
        }
    }
}
