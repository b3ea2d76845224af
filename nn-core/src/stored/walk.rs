//! A walk over the tensors of a network, each of which is looked for in the file.

use super::{StoredFile, StoredTensor};
use crate::layer::WeightInfo;
use crate::network::LayerInfo;
use crate::quant::{Contents, FormTensor, Kind, Rounding, SumsPlaces};
use crate::shape::{Message, Shape};

/// The most tensors of a file.
const MOST_TENSORS: usize = 1 << 14;
const BITS: usize = u64::BITS as usize;

/// A walk over the tensors of a network in memory order.
pub(super) struct Walk<'a> {
    file: &'a StoredFile,
    network: &'static str,
    /// The bytes of the file, and where they go; nowhere for a comparison only.
    bytes: &'a [u8],
    target: Option<Target>,
    /// Where the next weights go.
    passed: usize,
    /// Where the next tensor is looked for first: most files have the order of the network.
    next: usize,
    /// The tensors of the file that were found, as bits.
    used: [u64; MOST_TENSORS / BITS],
    problem: Option<Message>,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(
        file: &'a StoredFile,
        network: &'static str,
        bytes: &'a [u8],
        target: Option<Target>,
    ) -> Self {
        Self { file, network, bytes, target, passed: 0, next: 0, used: [0; MOST_TENSORS / BITS], problem: None }
    }

    const fn is_used(&self, tensor: usize) -> bool {
        tensor < MOST_TENSORS && self.used[tensor / BITS] & 1 << (tensor % BITS) != 0
    }

    /// The weights of layers, numbers of this kind one behind the other.
    pub(super) const fn layers(&mut self, layers: &[LayerInfo], kind: Kind, prefix: &Message) {
        let mut number = 0;
        while number < layers.len() {
            let layer = &layers[number];
            let path = prefix.text(layer.name);
            let mut weight = 0;
            while weight < layer.weights.len() {
                self.tensor(layer, kind, &path, &layer.weights[weight]);
                weight += 1;
            }
            let inside = path.text(".");
            match layer.repeated {
                None => self.layers(layer.children, kind, &inside),
                Some(count) => {
                    let mut repetition = 0;
                    while repetition < count {
                        self.layers(layer.children, kind, &inside.number(repetition).text("."));
                        repetition += 1;
                    }
                }
            }
            number += 1;
        }
    }

    const fn tensor(&mut self, layer: &LayerInfo, kind: Kind, path: &Message, weight: &WeightInfo) {
        let owner = Message::new("`").text(path.as_str()).text("` (").text(layer.kind).text(")");
        let tensor = FormTensor { name: weight.name, kind, shape: weight.shape, offset: self.passed };
        self.passed += weight.shape.len() * kind.size();
        self.wanted(&path.text(".").text(weight.name), &owner, &tensor);
    }

    /// The tensors of an int8 network, whose own begin at `offset`.
    pub(super) const fn contents(&mut self, contents: &Contents, prefix: &Message, offset: usize) {
        let mut number = 0;
        while number < contents.tensors.len() {
            let tensor = &contents.tensors[number];
            number += 1;
            if let Kind::Marks(places) = &tensor.kind {
                if let Some(target) = &mut self.target {
                    target.judge(offset, places, tensor.offset);
                }
                continue;
            }
            let owner = Message::new("`").text(without_dot(prefix.as_str())).text("`");
            let placed = FormTensor { offset: offset + tensor.offset, ..*tensor };
            self.wanted(&prefix.text(tensor.name), &owner, &placed);
        }
        let mut number = 0;
        while number < contents.parts.len() {
            let part = &contents.parts[number];
            let inside = if part.name.is_empty() { *prefix } else { prefix.text(part.name).text(".") };
            match part.repeated {
                None => self.contents(&part.contents, &inside, offset + part.offset),
                Some([count, size]) => {
                    let mut repetition = 0;
                    while repetition < count {
                        let begin = offset + part.offset + repetition * size;
                        self.contents(&part.contents, &inside.number(repetition).text("."), begin);
                        repetition += 1;
                    }
                }
            }
            number += 1;
        }
    }

    /// A tensor of the network, which is looked for in the file. `owner` is the layer that needs it.
    const fn wanted(&mut self, name: &Message, owner: &Message, wanted: &FormTensor) {
        let found = self.find(name.as_str());
        let problem = self.begin().text("tensor `").text(name.as_str()).text("` ");
        let needed = owner.text(" needs ");
        let Some(index) = found else {
            let problem = problem.text("of shape ").shape(&wanted.shape).text(", which ");
            return self.fail(problem.text(owner.as_str()).text(" needs, is missing"));
        };
        let tensor = &self.file.tensors[index];
        if !is_same(tensor.kind.as_bytes(), wanted.kind.name().as_bytes()) {
            let problem = problem.text("holds values of type ").text(tensor.kind).text(", and ");
            return self.fail_by_kind(problem.text(needed.as_str()).text(wanted.kind.name()), tensor.kind, wanted.kind);
        }
        if !has_sizes(&wanted.shape, tensor.sizes) {
            let problem = problem.text("has the shape ").shape(&Shape::new(tensor.sizes)).text(", and ");
            return self.fail(problem.text(needed.as_str()).shape(&wanted.shape));
        }
        let len = wanted.shape.len() * wanted.kind.size();
        if self.bytes.len() < tensor.begin + len {
            return;
        }
        let values = self.bytes.split_at(tensor.begin).1.split_at(len).0;
        if !wanted.kind.allows(values) {
            return self.fail(problem.text("holds numbers that ").text(owner.as_str()).text(" cannot have"));
        }
        if let (Kind::Weight, Some(place)) = (wanted.kind, tensor.lowest) {
            let problem = problem.text("has the weight -128 at place ").number(place).text(", and ");
            let problem = problem.text(needed.as_str()).text("weights from -127 to 127");
            return self.fail_with(problem.text("\nhelp: quantize the network again, by `Quantized::calibrate`"));
        }
        if let Some(target) = &mut self.target {
            target.write(wanted.offset, values);
        }
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

    /// Fails for a tensor of the file that was not looked for.
    #[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
    pub(super) const fn nothing_left(&self) -> Result<(), Message> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let mut index = 0;
        while index < self.file.tensors.len() {
            if !self.is_used(index) {
                let StoredTensor { name, sizes, .. } = &self.file.tensors[index];
                let problem = self.begin().text("tensor `").text(name).text("` of shape ").shape(&Shape::new(sizes));
                return Err(self.help(problem.text(" belongs to none of its layers")));
            }
            index += 1;
        }
        Ok(())
    }

    /// Compares how the network rounds with how the file says that it does.
    pub(super) const fn same_rounding(&mut self, rounding: Rounding) {
        if let Some(found) = self.file.rounding
            && !is_same(found.as_bytes(), rounding.name().as_bytes())
        {
            let problem =
                self.begin().text("it was quantized for ").text(found).text(" rounding, and this network has ");
            self.fail(problem.text(rounding.name()).text(" rounding"));
        }
    }

    /// Compares the input and the layers of the network with those that the file tells of. Tensors and these may be the
    /// same, and the networks still differ in what neither shows, such as an activation.
    #[expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]
    pub(super) const fn same_layers(
        mut self,
        input: &Shape,
        layers: &[LayerInfo],
        signature: &str,
    ) -> Result<(), Message> {
        let mut rest = Lines(signature.as_bytes());
        let input = Message::new("Input ").shape(input);
        self.same_line(&mut rest, &input);
        self.same_lines(&mut rest, layers, 0);
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
        self.fail_with(self.help(problem));
    }

    /// Fails with a problem and what to do.
    const fn fail_with(&mut self, problem: Message) {
        if self.problem.is_none() {
            self.problem = Some(problem);
        }
    }

    /// Fails for numbers of another kind, with the network that the file is one of.
    const fn fail_by_kind(&mut self, problem: Message, found: &str, wanted: Kind) {
        let help = problem.text("\nhelp: name the network `");
        let problem = match wanted {
            Kind::F32 if is_same(found.as_bytes(), b"F16") => help.text("Half<").text(self.network).text(">`"),
            Kind::F16 if is_same(found.as_bytes(), b"F32") => {
                help.text(self.network).text("`, or save what `Half::round` makes of it")
            }
            _ => return self.fail(problem),
        };
        self.fail_with(problem);
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

/// A name without the dot behind it.
const fn without_dot(name: &str) -> &str {
    match name.as_bytes() {
        [.., b'.'] => name.split_at(name.len() - 1).0,
        _ => name,
    }
}

/// The memory of a network that is being laid out.
pub(super) struct Target {
    begin: *mut u8,
    size: usize,
}

impl Target {
    /// The memory from `begin` on.
    ///
    /// # Safety
    ///
    /// While the target is used, `size` bytes from there on are nobody else's, and where the network has tensors they are
    /// initialized and may take any bits.
    pub(super) const unsafe fn new(begin: *mut u8, size: usize) -> Self {
        Self { begin, size }
    }

    /// Writes whether the sums of a form that begins at `offset` are usual ones, to a place of that form.
    const fn judge(&mut self, offset: usize, sums: &SumsPlaces, place: usize) {
        if self.size <= offset || self.size - offset <= place {
            return;
        }
        // SAFETY: the place lies within the memory, and so do the sums' constants by the contract of `Form`; they are
        // initialized, and nobody else's.
        unsafe {
            let form = self.begin.add(offset);
            *form.add(place) = sums.marks(form) as u8;
        }
    }

    /// Writes the values of a tensor; nothing if it does not lie within.
    const fn write(&mut self, offset: usize, values: &[u8]) {
        if offset > self.size || self.size - offset < values.len() {
            return;
        }
        // SAFETY: the range lies within the memory, which is initialized there, nobody else's, and takes any bits.
        let target = unsafe { core::slice::from_raw_parts_mut(self.begin.add(offset), values.len()) };
        target.copy_from_slice(values);
    }
}
