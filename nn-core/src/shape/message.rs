//! The text of a broken rule, written by `const fn`s so that rustc can show it.

use super::Shape;

/// Longest text that a rule writes, in bytes; anything longer is cut.
const CAPACITY: usize = 2048;

/// What is wrong with a declaration, in words: what arrived, what was needed, the arithmetic between, and the fix.
#[derive(Clone, Copy)]
pub struct Message {
    text: [u8; CAPACITY],
    len: usize,
}

impl Message {
    /// A message that begins with `text`.
    pub const fn new(text: &str) -> Self {
        Self { text: [0; CAPACITY], len: 0 }.text(text)
    }

    /// Adds a text; whole characters only.
    pub const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut end = bytes.len();
        if end > CAPACITY - self.len {
            end = CAPACITY - self.len;
            while end > 0 && bytes[end] & 0b1100_0000 == 0b1000_0000 {
                end -= 1;
            }
        }
        let mut index = 0;
        while index < end {
            self.text[self.len] = bytes[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    /// Adds a number.
    pub const fn number(self, number: usize) -> Self {
        let mut digits = [0; 20];
        let mut begin = digits.len();
        let mut rest = number;
        loop {
            begin -= 1;
            digits[begin] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        match core::str::from_utf8(digits.split_at(begin).1) {
            Ok(text) => self.text(text),
            Err(_) => self,
        }
    }

    /// Adds a number such as `-0.25`, rounded to six decimals.
    pub const fn decimal(self, number: f32) -> Self {
        let size = number.abs() as f64;
        let millionths = (size * 1e6 + 0.5) as u64;
        if number.is_nan() || size >= 1e9 || (millionths == 0 && size > 0.0) {
            return self.text(match number {
                _ if number.is_nan() => "NaN",
                f32::INFINITY => "infinity",
                f32::NEG_INFINITY => "-infinity",
                _ if number < 0.0 && size < 1.0 => "a little below 0",
                _ if size < 1.0 => "a little above 0",
                _ if number < 0.0 => "below -1e9",
                _ => "above 1e9",
            });
        }
        let mut message = if number < 0.0 { self.text("-") } else { self };
        message = message.number((millionths / 1_000_000) as usize);
        let (mut rest, mut place) = (millionths % 1_000_000, 100_000);
        if rest > 0 {
            message = message.text(".");
        }
        while rest > 0 {
            message = message.number((rest / place) as usize);
            rest %= place;
            place /= 10;
        }
        message
    }

    /// Adds a shape as the language writes it, `[28, 28, 1]`.
    pub const fn shape(self, shape: &Shape) -> Self {
        let mut message = self.text("[");
        let mut axis = 0;
        while axis < shape.rank() {
            if axis > 0 {
                message = message.text(", ");
            }
            message = message.number(shape.size(axis));
            axis += 1;
        }
        message.text("]")
    }

    /// Adds two sizes as `3x5`.
    pub const fn by(self, sizes: [usize; 2]) -> Self {
        self.number(sizes[0]).text("x").number(sizes[1])
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.text.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

impl core::fmt::Debug for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::fmt::Display for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_what_was_written() {
        const MESSAGE: Message = Message::new("a ").shape(&Shape::new(&[28, 0])).text(" b ").by([3, 15]);
        assert_eq!(MESSAGE.as_str(), "a [28, 0] b 3x15");
    }

    #[test]
    fn decimals_are_short() {
        let text = |number: f32| std::string::String::from(Message::new("").decimal(number).as_str());
        assert_eq!([0.0, 1.5, -0.1, 50.0, 0.001].map(text), ["0", "1.5", "-0.1", "50", "0.001"]);
        assert_eq!(
            [f32::NAN, f32::INFINITY, -1e-9, 1e30].map(text),
            ["NaN", "infinity", "a little below 0", "above 1e9"]
        );
        assert_eq!([0.999_999_9, 123_456.0].map(text), ["1", "123456"]);
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut message = Message::new("x");
        for _ in 0..CAPACITY {
            message = message.text("é");
        }
        assert_eq!(message.as_str().chars().filter(|&letter| letter == 'é').count(), (CAPACITY - 1) / 2);
        assert_eq!(Message::new("").number(usize::MAX).as_str(), std::format!("{}", usize::MAX));
    }
}
