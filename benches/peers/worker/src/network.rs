//! The networks with their weights, for libraries that have no file format in common with the others.

use crate::Weights;

/// A network for images with channels first, its batch normalization folded into the convolutions before it.
///
/// ReLU follows each layer with weights, but the last one, and in a residual block those that are added.
pub struct Network<C = Convolution, D = Dense> {
    /// The shape of a sample: channels, rows and columns of an image, or the length of a vector.
    pub shape: Vec<usize>,
    /// The layers on images.
    pub images: Vec<Layer<C>>,
    /// Whether a vector is made of an image by the mean of each channel; else it is all pixels.
    pub mean: bool,
    /// The layers on vectors.
    pub dense: Vec<D>,
    /// Whether softmax follows the last layer.
    pub softmax: bool,
}

/// A layer on images.
pub enum Layer<C> {
    Convolution(C),
    /// The largest value of each two by two.
    MaxPool,
    /// Two convolutions, to which the input is added, or another convolution of it; ReLU follows the sum.
    Residual {
        one: C,
        two: C,
        shortcut: Option<C>,
    },
}

/// The weights of a convolution.
pub struct Convolution {
    /// In the order of `shape`.
    pub kernel: Vec<f32>,
    /// Filters, channels of a group, rows and columns.
    pub shape: [usize; 4],
    pub bias: Vec<f32>,
    pub stride: usize,
    /// The zeros before and after the rows, and before and after the columns.
    pub borders: [[usize; 2]; 2],
    /// 1, or as many as there are filters.
    pub groups: usize,
}

/// The weights of a dense layer.
pub struct Dense {
    /// A row of outputs for each input.
    pub kernel: Vec<f32>,
    pub bias: Vec<f32>,
}

const NONE: [[usize; 2]; 2] = [[0, 0], [0, 0]];
const SAME: [[usize; 2]; 2] = [[1, 1], [1, 1]];
const SAME_HALVED: [[usize; 2]; 2] = [[0, 1], [0, 1]];

impl Network {
    /// The network of this workload.
    pub fn of(workload: &str) -> Option<Self> {
        match workload {
            "perceptron" => Some(perceptron()),
            "controller" => Some(vectors("controller", 4, &["first", "second", "output"])),
            "ds-cnn" => Some(ds_cnn()),
            "autoencoder" => Some(autoencoder()),
            "resnet-8" => Some(resnet()),
            _ => workload.starts_with("digits").then(digits),
        }
    }

    /// The network with a library's layers for these.
    pub fn map<C, D>(
        self,
        mut convolution: impl FnMut(Convolution) -> C,
        dense: impl FnMut(Dense) -> D,
    ) -> Network<C, D> {
        let Self { shape, images, mean, dense: vectors, softmax } = self;
        let images = images.into_iter().map(|layer| layer.map(&mut convolution)).collect();
        Network { shape, images, mean, dense: vectors.into_iter().map(dense).collect(), softmax }
    }
}

impl Layer<Convolution> {
    fn map<C>(self, convolution: &mut impl FnMut(Convolution) -> C) -> Layer<C> {
        match self {
            Self::Convolution(layer) => Layer::Convolution(convolution(layer)),
            Self::MaxPool => Layer::MaxPool,
            Self::Residual { one, two, shortcut } => {
                Layer::Residual { one: convolution(one), two: convolution(two), shortcut: shortcut.map(convolution) }
            }
        }
    }
}

impl Dense {
    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        self.kernel.len() / self.outputs()
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    fn of(weights: &Weights, name: &str) -> Self {
        Self { kernel: weights.tensor(&format!("{name}.kernel")), bias: weights.tensor(&format!("{name}.bias")) }
    }

    /// With its inputs, all pixels of an image of so many channels, in the order of channels first.
    fn channels_first(self, channels: usize) -> Self {
        let (pixels, outputs) = (self.inputs() / channels, self.outputs());
        let input = |n: usize| (n % pixels) * channels + n / pixels;
        let rows = (0..self.inputs()).flat_map(|n| &self.kernel[input(n) * outputs..][..outputs]).copied();
        Self { kernel: rows.collect(), bias: self.bias }
    }
}

impl Convolution {
    /// One with kernels of 1x1 or 3x3, whose output has as many pixels as its input, or half as many rows and columns.
    fn square(weights: &Weights, name: &str, filters: usize, size: usize, stride: usize) -> Self {
        let borders = match (size, stride) {
            (1, _) => NONE,
            (_, 1) => SAME,
            _ => SAME_HALVED,
        };
        Self::of(weights, name, [filters, size, size], stride, borders)
    }

    /// One of this many filters, rows and columns, with the batch normalization that follows it, if there is any.
    fn of(
        weights: &Weights,
        name: &str,
        [filters, rows, columns]: [usize; 3],
        stride: usize,
        borders: [[usize; 2]; 2],
    ) -> Self {
        let kernel = weights.tensor(&format!("{name}.kernel"));
        let channels = kernel.len() / (filters * rows * columns);
        let places = rows * columns;
        let cell = |n: usize| (n % places * channels + n / places % channels) * filters + n / (places * channels);
        let mut result = Self {
            kernel: (0..kernel.len()).map(|n| kernel[cell(n)]).collect(),
            shape: [filters, channels, rows, columns],
            bias: weights.tensor(&format!("{name}.bias")),
            stride,
            borders,
            groups: 1,
        };
        if let Some(gamma) = weights.find(&format!("{name}_norm.gamma")) {
            let part = |part: &str| weights.tensor(&format!("{name}_norm.{part}"));
            result.normalize(&gamma, &part("beta"), &part("moving_mean"), &part("moving_variance"));
        }
        result
    }

    fn normalize(&mut self, gamma: &[f32], beta: &[f32], mean: &[f32], variance: &[f32]) {
        let size = self.kernel.len() / self.bias.len();
        for (filter, weights) in self.kernel.chunks_exact_mut(size).enumerate() {
            let scale = gamma[filter] / (variance[filter] + 1e-3).sqrt();
            weights.iter_mut().for_each(|weight| *weight *= scale);
            self.bias[filter] = (self.bias[filter] - mean[filter]) * scale + beta[filter];
        }
    }
}

fn digits() -> Network {
    let weights = Weights::of("digits");
    let convolution = Convolution::of(&weights, "conv", [32, 3, 3], 1, NONE);
    Network {
        shape: vec![1, 28, 28],
        images: vec![Layer::Convolution(convolution), Layer::MaxPool],
        mean: false,
        dense: vec![Dense::of(&weights, "hidden").channels_first(32), Dense::of(&weights, "digit")],
        softmax: true,
    }
}

fn perceptron() -> Network {
    Network { softmax: true, ..vectors("perceptron", 784, &["hidden", "digit"]) }
}

fn autoencoder() -> Network {
    let encoder = ["narrow", "encoder.0.dense", "encoder.1.dense", "encoder.2.dense", "code"];
    let decoder = ["widen", "decoder.0.dense", "decoder.1.dense", "decoder.2.dense", "output"];
    vectors("autoencoder", 640, &[encoder, decoder].concat())
}

/// A network of dense layers.
fn vectors(name: &str, inputs: usize, layers: &[&str]) -> Network {
    let weights = Weights::of(name);
    let dense = layers.iter().map(|layer| Dense::of(&weights, layer)).collect();
    Network { shape: vec![inputs], images: Vec::new(), mean: false, dense, softmax: false }
}

fn ds_cnn() -> Network {
    let weights = Weights::of("ds-cnn");
    let mut images = vec![Convolution::of(&weights, "stem", [64, 10, 4], 2, [[4, 5], [1, 1]])];
    for block in 0..4 {
        let depthwise = Convolution::square(&weights, &format!("blocks.{block}.depthwise"), 64, 3, 1);
        images.push(Convolution { groups: 64, ..depthwise });
        images.push(Convolution::square(&weights, &format!("blocks.{block}.pointwise"), 64, 1, 1));
    }
    Network {
        shape: vec![1, 49, 10],
        images: images.into_iter().map(Layer::Convolution).collect(),
        mean: true,
        dense: vec![Dense::of(&weights, "word")],
        softmax: true,
    }
}

fn resnet() -> Network {
    let weights = Weights::of("resnet-8");
    let block = |name: &str, filters: usize, stride: usize| Layer::Residual {
        one: Convolution::square(&weights, &format!("{name}.one"), filters, 3, stride),
        two: Convolution::square(&weights, &format!("{name}.two"), filters, 3, 1),
        shortcut: (stride > 1).then(|| Convolution::square(&weights, &format!("{name}.shortcut"), filters, 1, stride)),
    };
    let stem = Layer::Convolution(Convolution::square(&weights, "stem", 16, 3, 1));
    Network {
        shape: vec![3, 32, 32],
        images: vec![stem, block("first", 16, 1), block("second", 32, 2), block("third", 64, 2)],
        mean: true,
        dense: vec![Dense::of(&weights, "class")],
        softmax: true,
    }
}
