//! Samples and their labels, in memory.

use crate::data::input::{Element, Flat, Input, Stored};
use crate::data::label::IntoLabel;
use crate::error::{Error, Result};
use core::fmt;
use core::marker::PhantomData;
use nn_core::quant::Samples;
use nn_core::random::Random;
use nn_core::tensor::Tensor;

/// What separates the random numbers of a shuffle from others of the same seed.
const SHUFFLE: u64 = 0x5eed_da7a;

/// Inputs of the type `I`, each with a label of the type `L`.
///
/// Inputs lie one behind the other in one piece of memory, as floats or as bytes. Bytes are divided by 255 on their way
/// to the network.
///
/// ```
/// use typednet::Dataset;
/// use nn_core::class::Class;
///
/// let data: Dataset<[f32; 2], Class<2>> =
///     Dataset::new(vec![[0u8, 0], [0, 255], [255, 0], [255, 255]], vec![0, 1, 1, 0])?;
/// assert_eq!(data.len(), 4);
/// assert_eq!(data.input(1), [0.0, 1.0]);
/// assert_eq!(data.label(1), Some(Class::new(1)?));
///
/// let (train, validation) = data.split(0.25)?;
/// assert_eq!((train.len(), validation.len()), (3, 1));
/// assert_eq!(validation.input(0), [1.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Dataset<I: Tensor, L> {
    inputs: Stored,
    labels: Vec<L>,
    input: PhantomData<I>,
}

impl<I: Tensor, L: Copy> Dataset<I, L> {
    /// A data set of these inputs and labels, which are copied.
    ///
    /// Inputs are arrays of floats or of bytes. Labels are whole numbers or [`Class`](nn_core::class::Class) for
    /// classes, floats or arrays of floats for values. How many classes there are follows from where the data set is
    /// used.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] if there are not as many inputs as labels, and [`Error::Label`] with the row of the first
    /// label that names no class.
    pub fn new<X, Y>(inputs: impl AsRef<[X]>, labels: impl AsRef<[Y]>) -> Result<Self>
    where
        X: Input<Tensor = I>,
        Y: IntoLabel<L>,
    {
        let (inputs, given) = (inputs.as_ref(), labels.as_ref());
        if inputs.len() != given.len() {
            return Err(Error::Lengths { inputs: inputs.len(), labels: given.len() });
        }
        let mut labels = Vec::with_capacity(given.len());
        for (row, label) in given.iter().enumerate() {
            labels.push(label.into_label().map_err(|source| Error::Label { row, source })?);
        }
        Ok(Self::of(Element::stored(X::flat(inputs).to_vec()), labels))
    }

    /// A data set of `count` samples that a function makes: it is given the number of the row, counted from zero.
    ///
    /// ```
    /// use typednet::Dataset;
    ///
    /// let sine = Dataset::from_fn(100, |row| {
    ///     let x = row as f32 / 100.0;
    ///     ([x], [x.sin()])
    /// });
    /// assert_eq!((sine.input(50), sine.labels()[50]), ([0.5], [0.5f32.sin()]));
    /// ```
    pub fn from_fn<X: Input<Tensor = I>>(count: usize, mut sample: impl FnMut(usize) -> (X, L)) -> Self {
        let (mut inputs, mut labels) = (Vec::new(), Vec::new());
        for row in 0..count {
            let (input, label) = sample(row);
            inputs.extend_from_slice(X::flat(core::slice::from_ref(&input)));
            labels.push(label);
        }
        Self::of(<X as Flat>::Element::stored(inputs), labels)
    }

    /// A data set of stored inputs, of which there are as many as labels.
    pub(crate) fn of(inputs: Stored, labels: Vec<L>) -> Self {
        Self { inputs, labels, input: PhantomData }
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// All labels, in order.
    pub fn labels(&self) -> &[L] {
        &self.labels
    }

    /// The label of a row; `None` if there is no such row.
    pub fn label(&self, row: usize) -> Option<L> {
        self.labels.get(row).copied()
    }

    /// The input of a row; zeros if there is no such row.
    pub fn input(&self, row: usize) -> I {
        let mut input = I::ZERO;
        self.write_input(row, input.floats_mut());
        input
    }

    /// Writes the input of a row, as floats, without allocating.
    ///
    /// It never panics: of a slice that is too short the beginning of the input is written, and what a slice has more
    /// than the input, or all of it if there is no such row, is filled with zeros.
    pub fn write_input(&self, row: usize, into: &mut [f32]) {
        self.inputs.write(row, I::FLOATS, into);
    }

    /// All samples, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (I, L)> {
        self.labels.iter().enumerate().map(|(row, label)| (self.input(row), *label))
    }

    /// The first rows, at most `count`: enough to [calibrate](nn_core::quant::Quantized::calibrate) with, or for a quick
    /// look.
    pub fn first(&self, count: usize) -> Self {
        self.rows(&(0..count.min(self.len())).collect::<Vec<_>>())
    }

    /// The samples without the last `fraction` of them, and these, as Keras's `validation_split` takes them: from row
    /// `floor(len * (1 - fraction))` to the end, in order. If the rows are sorted, [`shuffle`](Self::shuffled) them first.
    ///
    /// # Errors
    ///
    /// [`Error::Split`] unless both parts have at least one row.
    pub fn split(self, fraction: f64) -> Result<(Self, Self)> {
        let rows = self.len();
        // A fraction beyond 0 to 1, or none at all (NaN), comes out as one of the ends.
        let first = (rows as f64 * (1.0 - fraction)).floor() as usize;
        if first == 0 || first >= rows {
            return Err(Error::Split { fraction, rows });
        }
        Ok(self.split_at(first))
    }

    /// The first `count` samples (all, if there are not so many) and the rest.
    pub fn split_at(mut self, count: usize) -> (Self, Self) {
        let count = count.min(self.len());
        let rest = Self::of(self.inputs.split_off(count, I::FLOATS), self.labels.split_off(count));
        (self, rest)
    }

    /// The first `count` samples; all, if there are not so many.
    pub fn take(self, count: usize) -> Self {
        self.split_at(count).0
    }

    /// The samples of these rows, in this order; a row may come more than once.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] if there is no such row.
    pub fn subset(&self, rows: &[usize]) -> Result<Self> {
        match rows.iter().find(|&&row| row >= self.len()) {
            Some(&row) => Err(Error::Row { row, rows: self.len() }),
            None => Ok(self.rows(rows)),
        }
    }

    /// The samples in a random order, which is the same for the same seed and number of samples everywhere.
    pub fn shuffled(self, seed: u64) -> Self {
        let mut random = Random::new(seed, SHUFFLE);
        let mut rows: Vec<usize> = (0..self.len()).collect();
        for last in (1..rows.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            rows.swap(last, random.below(bound) as usize);
        }
        self.rows(&rows)
    }

    /// The same data set with bytes divided by `divisor` instead of 255 on their way to the network. Inputs that are
    /// stored as floats stay what they are.
    ///
    /// ```
    /// use typednet::Dataset;
    ///
    /// let data = Dataset::from_fn(1, |_| ([4u8, 16], [1.0])).bytes_divided_by(16.0);
    /// assert_eq!(data.input(0), [0.25, 1.0]);
    /// ```
    pub fn bytes_divided_by(mut self, new: f32) -> Self {
        if let Stored::Bytes { divisor, .. } = &mut self.inputs {
            *divisor = new;
        }
        self
    }

    fn rows(&self, rows: &[usize]) -> Self {
        let labels = rows.iter().filter_map(|&row| self.label(row)).collect();
        Self::of(self.inputs.rows(rows, I::FLOATS), labels)
    }
}

impl<I: Tensor, L: Copy> Samples<I> for Dataset<I, L> {
    fn count(&self) -> usize {
        self.len()
    }

    fn write(&self, number: usize, sample: &mut I) {
        self.write_input(number, sample.floats_mut());
    }
}

/// How many samples of which shape, and how they are stored.
impl<I: Tensor, L> fmt::Debug for Dataset<I, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stored = match self.inputs {
            Stored::Bytes { .. } => "bytes",
            Stored::Floats(_) => "floats",
        };
        write!(f, "Dataset({} samples {} stored as {stored})", self.labels.len(), I::SHAPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::class::Class;
    use nn_core::head::{Head, Linear, Softmax};

    /// What a network and a loss say of the data set's types, as `fit` does.
    trait Net {
        type Input: Tensor;
        type Head: Head;
    }
    trait Loss<H> {
        type Label: Copy;
    }
    struct Digits;
    struct Curve;
    struct CrossEntropy;
    struct Squares;
    impl Net for Digits {
        type Input = [[[f32; 1]; 2]; 3];
        type Head = Softmax;
    }
    impl Net for Curve {
        type Input = [f32; 2];
        type Head = Linear;
    }
    impl Loss<Softmax> for CrossEntropy {
        type Label = Class<10>;
    }
    impl<H> Loss<H> for Squares {
        type Label = [f32; 1];
    }

    fn fit<N: Net, L: Loss<N::Head>>(_: &N, _: &L, data: &Dataset<N::Input, L::Label>) -> usize {
        data.len()
    }

    #[test]
    fn types_are_found_from_where_the_data_set_is_used() -> Result<()> {
        let data = Dataset::new(vec![[[[0u8; 1]; 2]; 3]; 4], vec![0, 1, 2, 9])?;
        let (train, test) = data.split(0.5)?;
        assert_eq!(fit(&Digits, &CrossEntropy, &train) + fit(&Digits, &CrossEntropy, &test), 4);
        let data = Dataset::new(vec![[[[0.5]; 2]; 3]; 2], [3usize, 4])?;
        assert_eq!(fit(&Digits, &CrossEntropy, &data.shuffled(1)), 2);
        let labels: Vec<u8> = vec![1, 2, 3];
        let inputs = vec![[[[0.0f32]; 2]; 3]; 3];
        let data = Dataset::new(&inputs, &labels)?;
        assert_eq!(fit(&Digits, &CrossEntropy, &data.take(2)), 2);
        let curve = Dataset::new(vec![[0.0, 1.0], [1.0, 0.0]], vec![0.5, 1.5])?;
        assert_eq!(fit(&Curve, &Squares, &curve), 2);
        let arrays = Dataset::new(vec![[0u8, 1]], vec![[0.5]])?;
        assert_eq!(fit(&Curve, &Squares, &arrays), 1);
        let made = Dataset::from_fn(7, |row| ([row as f32, 0.0], [1.0]));
        assert_eq!(fit(&Curve, &Squares, &made), 7);
        Ok(())
    }

    fn counted(count: usize) -> Dataset<[f32; 2], Class<100>> {
        let inputs: Vec<[u8; 2]> = (0..count as u8).map(|row| [row, 2 * row]).collect();
        Dataset::new(inputs, (0..count).collect::<Vec<_>>()).unwrap()
    }

    /// Whether each input still stands beside its label.
    fn agrees(data: &Dataset<[f32; 2], Class<100>>) -> bool {
        data.iter().all(|([once, twice], label)| {
            let label = label.index() as f32;
            once == label / 255.0 && twice == 2.0 * label / 255.0
        })
    }

    #[test]
    fn mistakes_are_told_with_their_numbers() {
        let message = |error: Error| error.to_string();
        let error = Dataset::<[f32; 1], Class<3>>::new(vec![[0u8]; 3], vec![0, 1]).unwrap_err();
        assert!(message(error).starts_with("3 inputs but 2 labels"));
        let error = Dataset::<[f32; 1], Class<3>>::new(vec![[0u8]; 3], vec![0, 1, 3]).unwrap_err();
        assert!(message(error).starts_with("row 2: label 3 is not one of the 3 classes 0 to 2"));
        let error = Dataset::<[f32; 1], Class<3>>::new(vec![[0u8]; 1], vec![-1i64]).unwrap_err();
        assert!(message(error).starts_with("row 0: label -1 is"));
        let error = counted(3).subset(&[0, 3]).unwrap_err();
        assert!(message(error).starts_with("row 3 was asked for, but the data set has 3 rows"));
    }

    #[test]
    fn the_last_rows_are_split_off_as_in_keras() {
        for (rows, fraction, first) in [(10, 0.2, 8), (7, 0.5, 3), (3, 0.9, 0), (10, 0.05, 9), (60, 0.1, 54)] {
            match counted(rows).split(fraction) {
                Ok((train, test)) => {
                    assert_eq!((train.len(), test.len()), (first, rows - first));
                    assert!(agrees(&train) && agrees(&test));
                    assert_eq!(test.label(0).map(Class::index), Some(first));
                }
                Err(_) => assert_eq!(first, 0),
            }
        }
        for fraction in [0.0, 1.0, -1.0, 2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(matches!(counted(10).split(fraction), Err(Error::Split { rows: 10, .. })), "{fraction}");
        }
        assert!(counted(0).split(0.5).is_err() && counted(1).split(0.5).is_err());
    }

    #[test]
    fn a_shuffle_moves_every_sample_with_its_label() {
        let shuffled = counted(100).shuffled(7);
        assert!(agrees(&shuffled));
        assert_ne!(shuffled, counted(100));
        assert_eq!(shuffled, counted(100).shuffled(7));
        assert_ne!(shuffled, counted(100).shuffled(8));
        let mut labels: Vec<usize> = shuffled.labels().iter().map(|label| label.index()).collect();
        labels.sort_unstable();
        assert_eq!(labels, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn rows_and_slices_that_do_not_fit_are_no_panic() {
        let bytes = counted(3);
        let floats = Dataset::new(vec![[1.0f32, 2.0]; 3], vec![[0.0f32]; 3]).unwrap();
        for row in [0, 2, 3, usize::MAX / 2, usize::MAX] {
            for len in 0..5 {
                let mut into = [9.0; 5];
                bytes.write_input(row, &mut into[..len]);
                floats.write_input(row, &mut into[..len]);
                let there = if row < 3 { [1.0, 2.0] } else { [0.0, 0.0] };
                let expected: Vec<f32> = there.into_iter().chain([0.0; 3]).take(len).collect();
                assert_eq!(into[..len], expected);
                assert!(into[len..].iter().all(|&value| value == 9.0));
            }
        }
        assert_eq!((bytes.input(3), bytes.label(3)), ([0.0; 2], None));
        assert_eq!((bytes.clone().take(9).len(), bytes.split_at(9).1.len()), (3, 0));
    }

    #[test]
    fn every_byte_becomes_its_share_of_one() {
        let data = Dataset::from_fn(256, |row| ([row as u8], [0.0]));
        for row in 0..256 {
            assert_eq!(data.input(row), [row as f32 / 255.0]);
        }
        assert_eq!(std::format!("{data:?}"), "Dataset(256 samples [1] stored as bytes)");
    }

    #[test]
    fn large_inputs_do_not_pass_over_the_stack() {
        type Image = [[[f32; 3]; 512]; 512];
        let inputs: Vec<Image> = {
            let mut inputs = Vec::with_capacity(4);
            (0..4).for_each(|_| inputs.extend_from_slice(core::slice::from_ref(&*nn_core::plain::boxed_zeroed())));
            inputs
        };
        // An image has 3 MiB.
        let small = std::thread::Builder::new().stack_size(512 * 1024);
        let thread = small.spawn(move || {
            let data = Dataset::<Image, Class<2>>::new(inputs, vec![0, 1, 0, 1]).unwrap();
            let (first, rest) = data.shuffled(1).split(0.5).unwrap();
            let mut into = vec![1.0; 512 * 512 * 3];
            rest.write_input(1, &mut into);
            first.len() + usize::from(into.iter().all(|&value| value == 0.0))
        });
        assert_eq!(thread.unwrap().join().unwrap(), 3);
    }
}
