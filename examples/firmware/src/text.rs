//! Lines of text without `core::fmt`, which would be most of the program.

/// The longest line.
const CAPACITY: usize = 256;

/// A line that grows.
pub struct Text {
    bytes: [u8; CAPACITY],
    len: usize,
}

impl Text {
    /// An empty line.
    #[expect(clippy::new_without_default, reason = "a static begins with a constant")]
    pub const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0 }
    }

    /// Adds a text; what does not fit is left out.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for (to, from) in self.bytes.iter_mut().skip(self.len).zip(text.as_bytes()) {
            *to = *from;
            self.len += 1;
        }
        self
    }

    /// Adds a number in decimal.
    pub fn number(&mut self, number: usize) -> &mut Self {
        if number > 9 {
            self.number(number / 10);
        }
        self.digit(number % 10)
    }

    /// Adds a number that is not negative with three decimals.
    pub fn thousandths(&mut self, number: f64) -> &mut Self {
        let thousandths = (number * 1000.0 + 0.5) as usize;
        self.number(thousandths / 1000).text(".");
        self.digit(thousandths / 100 % 10).digit(thousandths / 10 % 10).digit(thousandths % 10)
    }

    /// Adds the bits of a float in hexadecimal.
    pub fn bits(&mut self, float: f32) -> &mut Self {
        (0..8).rev().for_each(|place| {
            self.digit((float.to_bits() >> (4 * place)) as usize % 16);
        });
        self
    }

    /// Adds the bits of a byte in hexadecimal.
    pub fn byte(&mut self, byte: i8) -> &mut Self {
        let bits = usize::from(byte as u8);
        self.digit(bits / 16).digit(bits % 16)
    }

    fn digit(&mut self, digit: usize) -> &mut Self {
        let digits = "0123456789abcdef";
        self.text(digits.get(digit..=digit).unwrap_or("?"))
    }

    /// The line.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}
