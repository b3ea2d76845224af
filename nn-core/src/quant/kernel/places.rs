//! Where the outputs of a rectangle lie, and where their windows begin, row by row.

/// The outputs that are left.
pub(super) struct Places {
    left: usize,
    /// Outputs of a row, and how many of them are left.
    columns: usize,
    left_of_row: usize,
    /// The next output: where its window begins, and where it lies.
    next: Place,
    /// From one output to the next in a row, and from the last of a row to the first of the next one.
    step: Place,
    turn: Place,
}

/// Where a window begins, and where its output lies.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) window: usize,
    pub(super) output: usize,
}

/// A few outputs, of which the first `count` are there.
pub(super) struct Few<const COUNT: usize> {
    pub(super) windows: [usize; COUNT],
    pub(super) outputs: [usize; COUNT],
    pub(super) count: usize,
}

impl Places {
    /// Those of so many rows and columns. The distances are those between columns, and between rows.
    #[inline(always)]
    pub(super) fn new([rows, columns]: [usize; 2], first: Place, step: Place, row: Place) -> Self {
        // What was gone along the row is gone back, which a wrapped number does, too.
        let turn = |row: usize, step: usize| row.wrapping_sub(columns.saturating_sub(1).wrapping_mul(step));
        let turn = Place { window: turn(row.window, step.window), output: turn(row.output, step.output) };
        Self { left: rows * columns, columns, left_of_row: columns, next: first, step, turn }
    }

    /// The next ones, none if all are done.
    #[inline(always)]
    pub(super) fn few<const COUNT: usize>(&mut self) -> Option<Few<COUNT>> {
        let count = COUNT.min(self.left);
        let (mut windows, mut outputs) = ([0; COUNT], [0; COUNT]);
        if self.left.min(self.left_of_row) >= COUNT {
            // All of them lie in one row.
            for (window, output) in windows.iter_mut().zip(&mut outputs) {
                (*window, *output) = (self.next.window, self.next.output);
                self.next.window += self.step.window;
                self.next.output += self.step.output;
            }
            self.left_of_row -= COUNT;
            self.left -= COUNT;
            if self.left_of_row == 0 {
                // The last step went beyond the row.
                self.left_of_row = self.columns;
                self.next.window = self.next.window.wrapping_sub(self.step.window).wrapping_add(self.turn.window);
                self.next.output = self.next.output.wrapping_sub(self.step.output).wrapping_add(self.turn.output);
            }
            return Some(Few { windows, outputs, count: COUNT });
        }
        for (window, output) in windows.iter_mut().zip(&mut outputs).take(count) {
            (*window, *output) = (self.next.window, self.next.output);
            self.left_of_row -= 1;
            let mut step = self.step;
            if self.left_of_row == 0 {
                (step, self.left_of_row) = (self.turn, self.columns);
            }
            self.next.window = self.next.window.wrapping_add(step.window);
            self.next.output = self.next.output.wrapping_add(step.output);
        }
        self.left -= count;
        (count > 0).then_some(Few { windows, outputs, count })
    }
}
