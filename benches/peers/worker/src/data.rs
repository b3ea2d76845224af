//! Files that all workers read: weights, inputs and images.

use crate::installed;
use safetensors::SafeTensors;
use std::fs;

/// The weights of a network, in the layouts of typednet and Keras.
pub struct Weights(Vec<u8>);

impl Weights {
    /// Those of a network that `export` wrote.
    pub fn of(network: &str) -> Self {
        let path = installed().join("models").join(format!("{network}.safetensors"));
        Self(fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    /// The tensor of this name, flat.
    pub fn tensor(&self, name: &str) -> Vec<f32> {
        self.find(name).expect(name)
    }

    /// The tensor of this name, if there is one, flat.
    pub fn find(&self, name: &str) -> Option<Vec<f32>> {
        let file = SafeTensors::deserialize(&self.0).expect("a safetensors file");
        Some(floats(file.tensor(name).ok()?.data()))
    }

    /// The tensor of this name, a matrix of `[inputs][outputs]`.
    pub fn matrix<const IN: usize, const OUT: usize>(&self, name: &str) -> Vec<[f32; OUT]> {
        let rows = self.tensor(name).as_chunks().0.to_vec();
        assert_eq!(rows.len(), IN, "rows of {name}");
        rows
    }
}

/// The input of a workload, flat.
pub fn input(workload: &str) -> Vec<f32> {
    floats(&fs::read(installed().join("models").join(format!("{workload}.input"))).expect("the file of an input"))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// Images of bytes and their classes.
pub struct Images {
    pub pixels: Vec<u8>,
    pub labels: Vec<u8>,
}

impl Images {
    /// Those of a network, to train (`part` is `train`) or to test with (`test`).
    pub fn of(network: &str, part: &str) -> Self {
        let read = |what: &str| {
            let path = installed().join("data").join(format!("{network}-{part}.{what}"));
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self { pixels: read("images"), labels: read("labels") }
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of one image.
    pub fn image(&self, row: usize) -> &[u8] {
        let size = self.pixels.len() / self.len();
        &self.pixels[row * size..][..size]
    }

    /// A batch of these rows: pixels from 0 to 1, and labels.
    pub fn batch(&self, rows: &[usize]) -> (Vec<f32>, Vec<u8>) {
        let pixels = rows.iter().flat_map(|&row| self.image(row)).map(|&byte| f32::from(byte) / 255.0).collect();
        (pixels, rows.iter().map(|&row| self.labels[row]).collect())
    }
}

/// An order of rows that is shuffled anew for each epoch.
pub struct Shuffle {
    rows: Vec<usize>,
    state: u64,
}

impl Shuffle {
    /// The first `count` rows.
    pub fn new(count: usize) -> Self {
        Self { rows: (0..count).collect(), state: 1 }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in another order (by Fisher and Yates, with the numbers of SplitMix64).
    pub fn shuffled(&mut self) -> &[usize] {
        for last in (1..self.rows.len()).rev() {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = self.state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            self.rows.swap(last, ((bits ^ (bits >> 31)) % (last as u64 + 1)) as usize);
        }
        &self.rows
    }
}
