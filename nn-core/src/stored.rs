//! Weights of a file, compared with a network and laid out by the compiler: what `include_weights!` writes calls.
//!
//! The macro knows the file and not the declaration: only rustc knows both, as constants. Tensors are found by name, so
//! their order and alignment in the file do not matter.

use crate::layer::WeightInfo;
use crate::network::{LayerInfo, Network};
use crate::plain::{self, Plain};
use crate::shape::{Message, Shape};
use crate::tensor::Tensor;

/// A tensor of a file.
#[derive(Clone, Copy, Debug)]
pub struct StoredTensor {
    /// Its name.
    pub name: &'static str,
    /// The type of its values as the file names it, such as `F32`.
    pub kind: &'static str,
    /// Its sizes, outermost first.
    pub sizes: &'static [usize],
    /// Where its values begin in the bytes of the file.
    pub begin: usize,
}

/// A file of tensors, whose header was read before.
#[derive(Clone, Copy, Debug)]
pub struct StoredFile {
    /// The path as the author wrote it.
    pub path: &'static str,
    /// The name of the network whose weights it holds, if it tells.
    pub network: Option<&'static str>,
    /// The input and the layers of that network, separated by `; `, if it tells.
    pub signature: Option<&'static str>,
    /// Its tensors.
    pub tensors: &'static [StoredTensor],
}

/// Compares a file with a network: the tensors are those of its layers and no others, of the same shapes, and the layers
/// between them are the same, as far as the file tells.
#[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
pub const fn check<N: Network>(file: &StoredFile) -> Result<(), Message> {
    if N::LAYERS.is_empty() {
        // The network has mistakes of its own, which were reported.
        return Ok(());
    }
    let mut walk = Walk::new(file, N::NAME, &[], &mut []);
    walk.layers(N::LAYERS, &Message::new(""));
    if let Some(problem) = walk.problem {
        return Err(problem);
    }
    let mut index = 0;
    while index < file.tensors.len() {
        if !walk.is_used(index) {
            let StoredTensor { name, sizes, .. } = &file.tensors[index];
            let problem = walk.begin().text("tensor `").text(name).text("` of shape ").shape(&Shape::new(sizes));
            return Err(walk.help(problem.text(" belongs to none of its layers")));
        }
        index += 1;
    }
    match file.signature {
        Some(signature) => walk.same_layers::<N>(signature),
        None => Ok(()),
    }
}

/// The network with the weights of a file whose [`check`] holds. What does not fit stays zero.
///
/// # Panics
///
/// For a processor that is not little-endian, as the values of a file are: then the compiler stops.
pub const fn read<N: Network + Plain>(file: &StoredFile, bytes: &[u8]) -> N {
    const {
        assert!(cfg!(target_endian = "little"), "the values of a file are little-endian, and this processor is not");
    }
    let mut net = N::ZERO;
    let mut walk = Walk::new(file, N::NAME, bytes, plain::bytes_mut(&mut net));
    walk.layers(N::LAYERS, &Message::new(""));
    net
}

/// The most tensors of a file.
const MOST_TENSORS: usize = 1 << 14;
const BITS: usize = u64::BITS as usize;

/// A walk over the tensors of a network in memory order, each of which is looked for in the file.
struct Walk<'a> {
    file: &'a StoredFile,
    network: &'static str,
    /// The bytes of the file, and those of the weights, of which so many were passed; both empty for a comparison only.
    bytes: &'a [u8],
    weights: &'a mut [u8],
    passed: usize,
    /// Where the next tensor is looked for first: most files have the order of the network.
    next: usize,
    /// The tensors of the file that were found, as bits.
    used: [u64; MOST_TENSORS / BITS],
    problem: Option<Message>,
}

impl<'a> Walk<'a> {
    const fn new(file: &'a StoredFile, network: &'static str, bytes: &'a [u8], weights: &'a mut [u8]) -> Self {
        Self { file, network, bytes, weights, passed: 0, next: 0, used: [0; MOST_TENSORS / BITS], problem: None }
    }

    const fn is_used(&self, tensor: usize) -> bool {
        tensor < MOST_TENSORS && self.used[tensor / BITS] & 1 << (tensor % BITS) != 0
    }

    const fn layers(&mut self, layers: &[LayerInfo], prefix: &Message) {
        let mut number = 0;
        while number < layers.len() {
            let layer = &layers[number];
            let path = prefix.text(layer.name);
            let mut weight = 0;
            while weight < layer.weights.len() {
                self.tensor(layer, &path, &layer.weights[weight]);
                weight += 1;
            }
            let inside = path.text(".");
            match layer.repeated {
                None => self.layers(layer.children, &inside),
                Some(count) => {
                    let mut repetition = 0;
                    while repetition < count {
                        self.layers(layer.children, &inside.number(repetition).text("."));
                        repetition += 1;
                    }
                }
            }
            number += 1;
        }
    }

    const fn tensor(&mut self, layer: &LayerInfo, path: &Message, weight: &WeightInfo) {
        let name = path.text(".").text(weight.name);
        let found = self.find(name.as_str());
        let problem = self.begin().text("tensor `").text(name.as_str()).text("` ");
        let needed = Message::new("`").text(path.as_str()).text("` (").text(layer.kind).text(") needs ");
        let Some(index) = found else {
            let problem = problem.text("of shape ").shape(&weight.shape).text(", which ");
            return self
                .fail(problem.text("`").text(path.as_str()).text("` (").text(layer.kind).text(") needs, is missing"));
        };
        let tensor = &self.file.tensors[index];
        if !is_same(tensor.kind.as_bytes(), b"F32") {
            let problem = problem.text("holds values of type ").text(tensor.kind).text(", and ");
            return self.fail(problem.text(needed.as_str()).text("F32"));
        }
        if !has_sizes(&weight.shape, tensor.sizes) {
            let problem = problem.text("has the shape ").shape(&Shape::new(tensor.sizes)).text(", and ");
            return self.fail(problem.text(needed.as_str()).shape(&weight.shape));
        }
        self.copy(tensor, weight.shape.len() * size_of::<f32>());
    }

    /// The tensor of a name.
    const fn find(&mut self, name: &str) -> Option<usize> {
        let count = self.file.tensors.len();
        let mut tried = 0;
        while tried < count {
            let index = (self.next + tried) % count;
            if is_same(self.file.tensors[index].name.as_bytes(), name.as_bytes()) {
                self.next = index + 1;
                if index < MOST_TENSORS {
                    self.used[index / BITS] |= 1 << (index % BITS);
                }
                return Some(index);
            }
            tried += 1;
        }
        None
    }

    /// Copies a tensor to where the walk is.
    const fn copy(&mut self, tensor: &StoredTensor, len: usize) {
        if self.weights.len() < self.passed + len || self.bytes.len() < tensor.begin + len {
            return;
        }
        let source = self.bytes.split_at(tensor.begin).1.split_at(len).0;
        self.weights.split_at_mut(self.passed).1.split_at_mut(len).0.copy_from_slice(source);
        self.passed += len;
    }

    /// Compares the input and the layers of the network with those that the file tells of. Tensors and these may be the
    /// same, and the networks still differ in what neither shows, such as an activation.
    #[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
    const fn same_layers<N: Network>(mut self, signature: &str) -> Result<(), Message> {
        let mut rest = Lines(signature.as_bytes());
        let input = Message::new("Input ").shape(&<N::Input as Tensor>::SHAPE);
        self.same_line(&mut rest, &input);
        self.same_lines(&mut rest, N::LAYERS, 0);
        if self.problem.is_none() && !rest.0.is_empty() {
            self.same_line(&mut rest, &Message::new("nothing"));
        }
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    const fn same_lines(&mut self, found: &mut Lines<'_>, layers: &[LayerInfo], depth: usize) {
        let mut number = 0;
        while number < layers.len() && self.problem.is_none() {
            let layer = &layers[number];
            let mut line = Message::new("");
            let mut level = 0;
            while level < depth {
                line = line.text(">");
                level += 1;
            }
            line = line.text(layer.kind).text(" ").shape(&layer.output);
            if let Some(count) = layer.repeated {
                line = line.text(" x ").number(count);
            }
            self.same_line(found, &line);
            self.same_lines(found, layer.children, depth + 1);
            number += 1;
        }
    }

    const fn same_line(&mut self, rest: &mut Lines<'_>, expected: &Message) {
        let found = rest.next();
        if self.problem.is_none() && !is_same(found.as_bytes(), expected.as_str().as_bytes()) {
            let found = if found.is_empty() { "nothing" } else { found };
            let problem = self.begin().text("the weights are those of a network with `").text(found);
            self.fail(problem.text("` where this one has `").text(expected.as_str()).text("`"));
        }
    }

    const fn fail(&mut self, problem: Message) {
        if self.problem.is_none() {
            self.problem = Some(self.help(problem));
        }
    }

    const fn begin(&self) -> Message {
        Message::new("`").text(self.file.path).text("` does not fit `").text(self.network).text("`: ")
    }

    const fn help(&self, problem: Message) -> Message {
        let help = problem.text("\nhelp: ");
        match self.file.network {
            Some(name) if !is_same(name.as_bytes(), self.network.as_bytes()) => {
                help.text("the file was saved from a network named `").text(name).text("`; name the file of this one")
            }
            _ => help.text("save the weights again from this declaration, or declare the network as it was saved"),
        }
    }
}

/// The lines of a signature that were not read yet.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    const fn next(&mut self) -> &'a str {
        let mut end = 0;
        while end < self.0.len() && self.0[end] != b';' {
            end += 1;
        }
        let (line, mut rest) = self.0.split_at(end);
        while let [b';' | b' ', tail @ ..] = rest {
            rest = tail;
        }
        self.0 = rest;
        match core::str::from_utf8(line) {
            Ok(line) => line,
            Err(_) => "",
        }
    }
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

const fn has_sizes(shape: &Shape, sizes: &[usize]) -> bool {
    let mut axis = 0;
    while axis < sizes.len() && axis < shape.rank() && shape.size(axis) == sizes[axis] {
        axis += 1;
    }
    axis == sizes.len() && axis == shape.rank()
}
