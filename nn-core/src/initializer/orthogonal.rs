//! Matrices whose rows or columns are orthogonal.

use crate::random::Random;

/// Fills a matrix of `columns` columns so that its columns, or its rows if these are fewer, are orthogonal to each other
/// and of the length `gain`. Every such matrix is as probable as any other.
///
/// As in Keras the matrix is the Q of a QR decomposition of normal numbers with a positive diagonal of R, here by the
/// modified method of Gram and Schmidt, which works where the matrix lies.
pub(super) fn fill(weights: &mut [f32], columns: usize, gain: f32, random: &mut Random) {
    weights.iter_mut().for_each(|weight| *weight = random.normal());
    let columns = columns.max(1);
    let rows = weights.len() / columns;
    let mut vectors = if rows < columns {
        Vectors { values: weights, count: rows, next: columns, len: columns, step: 1 }
    } else {
        Vectors { values: weights, count: columns, next: 1, len: rows, step: columns }
    };
    for vector in 0..vectors.count {
        // Twice, since the first time leaves rounding errors that grow as the vector shrinks.
        for _ in 0..2 {
            for earlier in 0..vector {
                let part = vectors.dot(earlier, vector);
                vectors.subtract(earlier, part, vector);
            }
            vectors.normalize(vector);
        }
    }
    weights.iter_mut().for_each(|weight| *weight *= gain);
}

/// The rows or the columns of a matrix.
struct Vectors<'a> {
    values: &'a mut [f32],
    count: usize,
    /// The distance from a vector to the next one.
    next: usize,
    len: usize,
    /// The distance between the values of a vector.
    step: usize,
}

impl Vectors<'_> {
    fn place(&self, vector: usize, index: usize) -> usize {
        vector * self.next + index * self.step
    }

    fn dot(&self, one: usize, other: usize) -> f64 {
        let value = |vector, index| f64::from(self.values[self.place(vector, index)]);
        (0..self.len).map(|index| value(one, index) * value(other, index)).sum()
    }

    /// Takes `part` times the vector `unit` off `from`.
    fn subtract(&mut self, unit: usize, part: f64, from: usize) {
        for index in 0..self.len {
            let off = part * f64::from(self.values[self.place(unit, index)]);
            let place = self.place(from, index);
            self.values[place] = (f64::from(self.values[place]) - off) as f32;
        }
    }

    /// Makes the length of a vector one, unless it is zero.
    fn normalize(&mut self, vector: usize) {
        let length = libm::sqrt(self.dot(vector, vector));
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        for index in 0..self.len {
            let place = self.place(vector, index);
            self.values[place] = (f64::from(self.values[place]) * scale) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn check(rows: usize, columns: usize, gain: f32) {
        let mut weights = vec![f32::NAN; rows * columns];
        fill(&mut weights, columns, gain, &mut Random::new(3, 0));
        let value = |row: usize, column: usize| f64::from(weights[row * columns + column]);
        let length = f64::from(gain) * f64::from(gain);
        for one in 0..rows.min(columns) {
            for other in 0..=one {
                let dot: f64 = if rows < columns {
                    (0..columns).map(|column| value(one, column) * value(other, column)).sum()
                } else {
                    (0..rows).map(|row| value(row, one) * value(row, other)).sum()
                };
                let expected = if one == other { length } else { 0.0 };
                assert!((dot - expected).abs() < 1e-5 * length, "{rows}x{columns}: {one} and {other} give {dot}");
            }
        }
    }

    #[test]
    fn rows_or_columns_are_orthogonal() {
        for (rows, columns) in [(1, 1), (5, 3), (3, 5), (32, 32), (16, 64), (64, 16), (1, 9), (9, 1)] {
            check(rows, columns, 1.0);
            check(rows, columns, 2.5);
        }
    }

    #[test]
    fn either_sign_is_as_probable() {
        let mut random = Random::new(4, 0);
        let mut positive = 0;
        for _ in 0..1000 {
            let mut weights = [0.0; 4];
            fill(&mut weights, 2, 1.0, &mut random);
            positive += usize::from(weights[0] > 0.0) + usize::from(weights[3] > 0.0);
        }
        // Of 2000 signs half are positive, with a deviation of at most 32 (if the two of a matrix were always equal).
        assert!((positive as i32 - 1000).abs() < 128, "{positive}");
    }

    #[test]
    fn a_matrix_without_values_stays_without_values() {
        fill(&mut [], 0, 1.0, &mut Random::new(5, 0));
    }
}
