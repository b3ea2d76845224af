//! The rules: for each kind of layer, the shape that comes out, or what is wrong.
//!
//! A rule never panics. Given [`Shape::UNKNOWN`], it gives it again, since whoever made it has reported the mistake.
//! `layer` is how a message names the layer, such as `` `hidden` (Dense) ``.

#![expect(clippy::result_large_err, reason = "a message is made by constants, which have no heap to keep it on")]

use super::{Message, Padding, Shape, Window};

/// The shape that comes out of a layer, or what is wrong with it.
pub type Outcome = Result<Shape, Message>;

/// The most values of a tensor: what a 32-bit processor can address as floats.
const MOST_VALUES: usize = (i32::MAX as usize) / size_of::<f32>();

/// The shape of an outcome, unknown after a mistake.
pub const fn shape(outcome: Outcome) -> Shape {
    match outcome {
        Ok(shape) => shape,
        Err(_) => Shape::UNKNOWN,
    }
}

/// Stops the compiler with the message of a mistake.
///
/// # Panics
///
/// After a mistake: the caller is a constant, and the panic is the compiler's error at the caller's place.
#[track_caller]
pub const fn enforce<T: Copy>(outcome: Result<T, Message>) {
    if let Err(message) = outcome {
        panic!("{}", message.as_str());
    }
}

/// A declared input: at least one dimension, none of them zero.
pub const fn input(declared: Shape) -> Outcome {
    if !declared.is_known() {
        return Ok(declared);
    }
    if declared.rank() == 0 {
        return Err(Message::new("the network's input has no dimensions\n")
            .text("help: write its sizes, such as `[28, 28, 1]` for an image or `[4]` for four numbers"));
    }
    sized("the network's input", declared)
}

/// `Dense(units)`: a flat input, `units` values out.
pub const fn dense(layer: &str, input: Shape, units: usize) -> Outcome {
    if !input.is_known() {
        return Ok(input);
    }
    if units == 0 {
        return Err(zero(layer, "units"));
    }
    if input.rank() != 1 {
        return Err(not_flat(layer, input, units));
    }
    with_kernel(layer, Shape::new(&[input.len(), units]), Shape::new(&[units]))
}

/// `Conv2d(filters, ..)`: an image, one channel for each filter out.
pub const fn conv2d(layer: &str, input: Shape, filters: usize, window: Window, groups: usize) -> Outcome {
    match slide(layer, KERNEL, input, window) {
        Err(message) => Err(message),
        Ok(_) if !input.is_known() => Ok(input),
        Ok(_) if filters == 0 => Err(zero(layer, "filters")),
        Ok(_) if groups == 0 => Err(zero(layer, "groups")),
        Ok(_) if !input.last().is_multiple_of(groups) => {
            Err(not_divisible(layer, "input channels", input.last(), groups))
        }
        Ok(_) if !filters.is_multiple_of(groups) => Err(not_divisible(layer, "filters", filters, groups)),
        Ok([height, width]) => {
            let [rows, columns] = window.kernel;
            let kernel = Shape::new(&[rows, columns, input.last() / groups, filters]);
            with_kernel(layer, kernel, Shape::new(&[height, width, filters]))
        }
    }
}

/// `DepthwiseConv2d(kernel, ..)`: an image, `multiplier` channels for each of its channels out.
pub const fn depthwise_conv2d(layer: &str, input: Shape, window: Window, multiplier: usize) -> Outcome {
    match slide(layer, KERNEL, input, window) {
        Err(message) => Err(message),
        Ok(_) if !input.is_known() => Ok(input),
        Ok(_) if multiplier == 0 => Err(zero(layer, "multiplier")),
        Ok([height, width]) => {
            let [rows, columns] = window.kernel;
            let kernel = Shape::new(&[rows, columns, input.last(), multiplier]);
            with_kernel(layer, kernel, Shape::new(&[height, width, input.last().saturating_mul(multiplier)]))
        }
    }
}

/// `MaxPool2d(size, ..)` and `AvgPool2d(size, ..)`: an image, a smaller one of as many channels out.
pub const fn pool2d(layer: &str, input: Shape, window: Window) -> Outcome {
    match slide(layer, POOL, input, window) {
        Err(message) => Err(message),
        Ok(_) if !input.is_known() => Ok(input),
        Ok([height, width]) => sized(layer, Shape::new(&[height, width, input.last()])),
    }
}

/// `GlobalAvgPool2d` and `GlobalMaxPool2d`: an image, one value for each channel out.
pub const fn global_pool2d(layer: &str, input: Shape) -> Outcome {
    if !input.is_known() {
        return Ok(input);
    }
    if input.rank() == 1 {
        let message = not_an_image(layer, input);
        return Err(message.text(", or leave the layer out, since the values are flat already"));
    }
    if !input.is_image() {
        return Err(not_an_image(layer, input));
    }
    Ok(Shape::new(&[input.last()]))
}

/// `Flatten`: anything, the same values as one row out.
pub const fn flatten(input: Shape) -> Outcome {
    if input.is_known() { Ok(Shape::new(&[input.len()])) } else { Ok(input) }
}

/// `Reshape(target)`: anything, the same values in another shape out.
pub const fn reshape(layer: &str, input: Shape, target: Shape) -> Outcome {
    if !input.is_known() {
        return Ok(input);
    }
    match sized(layer, target) {
        Err(message) => Err(message),
        Ok(_) if input.len() == target.len() => Ok(target),
        Ok(_) => Err(Message::new(layer)
            .text(" cannot turn the ")
            .number(input.len())
            .text(" values of ")
            .shape(&input)
            .text(" into the ")
            .number(target.len())
            .text(" of ")
            .shape(&target)
            .text("\nhelp: the product of the sizes must stay ")
            .number(input.len())),
    }
}

/// `residual`: what the layers give is added to the input, or to what the shortcut makes of it.
pub const fn residual(layer: &str, beside: Shape, inner: Shape, has_shortcut: bool) -> Outcome {
    if !beside.is_known() || !inner.is_known() || beside.equals(&inner) {
        return Ok(if beside.is_known() { inner } else { beside });
    }
    let message = Message::new(layer)
        .text(" adds what its layers give, ")
        .shape(&inner)
        .text(if has_shortcut { ", to what its shortcut gives, " } else { ", to its input, " })
        .shape(&beside)
        .text("\nhelp: make both the same");
    if has_shortcut || !inner.is_image() || !beside.is_image() {
        return Err(message);
    }
    let message = message
        .text(", or bring the input to the same shape: `residual(shortcut = Conv2d(")
        .number(inner.last())
        .text(", kernel = 1");
    let (height, width) = (inner.size(0), inner.size(1));
    if height == beside.size(0) || height == 0 {
        return Err(message.text("))`"));
    }
    // A kernel of 1 gives `input / stride` rows, rounded up.
    let stride = beside.size(0).div_ceil(height);
    if beside.size(0).div_ceil(stride) != height || beside.size(1).div_ceil(stride) != width {
        return Err(message.text(", stride = ..))`"));
    }
    Err(message.text(", stride = ").number(stride).text("))`"))
}

/// `repeat`: the layers give the shape that they take, so that they can follow themselves.
pub const fn repeat(layer: &str, input: Shape, inner: Shape) -> Outcome {
    if !input.is_known() || !inner.is_known() || input.equals(&inner) {
        return Ok(if input.is_known() { inner } else { input });
    }
    Err(Message::new(layer)
        .text(" takes ")
        .shape(&input)
        .text(" and gives ")
        .shape(&inner)
        .text(", so it cannot follow itself\nhelp: its layers must end with the shape that they begin with, ")
        .shape(&input))
}

/// How often `repeat` repeats; the outcome has no shape.
pub const fn count(layer: &str, count: usize) -> Outcome {
    if count == 0 { Err(zero(layer, "count")) } else { Ok(Shape::UNKNOWN) }
}

/// One branch more of `add` or `multiply`: all branches have one shape.
pub const fn elementwise(layer: &str, before: Shape, branch: Shape) -> Outcome {
    if !before.is_known() || !branch.is_known() || before.equals(&branch) {
        return Ok(if before.is_known() { branch } else { before });
    }
    Err(Message::new(layer)
        .text(" joins values of one shape, but this branch gives ")
        .shape(&branch)
        .text(" and those before it ")
        .shape(&before)
        .text("\nhelp: end every branch with the same shape, or use `concat` to put them side by side"))
}

/// One branch more of `concat`: it is joined along the last axis, and all other sizes are equal.
pub const fn concat(layer: &str, before: Shape, branch: Shape) -> Outcome {
    if !before.is_known() || !branch.is_known() {
        return Ok(Shape::UNKNOWN);
    }
    match before.joined(&branch) {
        Some(joined) => sized(layer, joined),
        None => Err(Message::new(layer)
            .text(" joins along the last axis, but this branch gives ")
            .shape(&branch)
            .text(" and those before it ")
            .shape(&before)
            .text("\nhelp: all sizes but the last must be equal")),
    }
}

/// `Network(Name)`: a declared network, which takes and gives what it was declared with.
pub const fn network(layer: &str, input: Shape, takes: Shape, gives: Shape) -> Outcome {
    if !input.is_known() || input.equals(&takes) {
        return Ok(if input.is_known() { gives } else { input });
    }
    Err(Message::new(layer)
        .text(" takes ")
        .shape(&takes)
        .text(", but ")
        .shape(&input)
        .text(" arrives\nhelp: end the layers before it with ")
        .shape(&takes))
}

/// `custom`: what the layer's own `output_shape` makes of the input.
pub const fn custom(layer: &str, input: Shape, given: Shape) -> Outcome {
    if !input.is_known() || given.is_known() {
        return Ok(if input.is_known() { given } else { input });
    }
    Err(Message::new(layer)
        .text(" has no output for an input of ")
        .shape(&input)
        .text(": its `output_shape` gives `Shape::UNKNOWN`\nhelp: see which inputs the layer takes"))
}

/// Softmax along the last axis of this shape: of a single value it would be 1, whatever the value.
pub const fn softmax(layer: &str, shape: Shape) -> Outcome {
    if !shape.is_known() || shape.last() != 1 {
        return Ok(shape);
    }
    Err(Message::new(layer)
        .text(" takes the softmax of ")
        .shape(&shape)
        .text(", one value at a time, which is always exp(x) / exp(x) = 1\nhelp: use `sigmoid` for the ")
        .text("probability of yes or no, or let the last axis hold a value for each class"))
}

/// What a number other than a size has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// From 0 to 1.
    Fraction,
    /// At least 0.
    NotNegative,
    /// More than 0.
    Positive,
}

/// The argument `name` of a layer, such as the rate of `Dropout`, within its limit.
pub const fn limited(layer: &str, name: &str, value: f32, limit: Limit) -> Result<(), Message> {
    let (within, demand, example) = match limit {
        Limit::Fraction => (value >= 0.0 && value <= 1.0, "from 0 to 1", "0.5"),
        Limit::NotNegative => (value >= 0.0 && value <= f32::MAX, "0 or more", "0.1"),
        Limit::Positive => (value > 0.0 && value <= f32::MAX, "more than 0", "0.001"),
    };
    if within {
        return Ok(());
    }
    let message = Message::new(layer).text(" has the ").text(name).text(" ").decimal(value);
    let message = message.text(", but `").text(name).text("` must be ").text(demand).text("\nhelp: write ");
    if matches!(limit, Limit::Fraction) && value >= 2.0 && value <= 100.0 {
        let fraction = value / 100.0;
        return Err(message.text("`").decimal(fraction).text("` for ").decimal(value).text(" percent"));
    }
    Err(message.text("for example `").text(example).text("`"))
}

/// A layer that works on each value or along the last axis, and keeps the shape.
pub const fn same(input: Shape) -> Outcome {
    Ok(input)
}

/// What the author states after a layer, `-> [13, 13, 32]`, against what the layer gives.
pub const fn stated(layer: &str, given: Shape, stated: Shape) -> Outcome {
    if !given.is_known() || given.equals(&stated) {
        return Ok(given);
    }
    Err(Message::new(layer)
        .text(" gives ")
        .shape(&given)
        .text(", but `-> ")
        .shape(&stated)
        .text("` is stated\nhelp: write `-> ")
        .shape(&given)
        .text("`, or change a layer up to here"))
}

/// The declared output of a network against what its last layer gives.
pub const fn output(given: Shape, declared: Shape) -> Outcome {
    if !given.is_known() || given.equals(&declared) {
        return Ok(given);
    }
    let message = Message::new("the last layer gives ")
        .shape(&given)
        .text(", but the network's output is declared as ")
        .shape(&declared)
        .text("\nhelp: declare `-> ")
        .shape(&given)
        .text("`");
    if declared.rank() == 0 {
        return Err(message);
    }
    let message = message.text(", or end with a layer that gives ").shape(&declared);
    if declared.len() == given.len() && declared.rank() == 1 {
        return Err(message.text(", here `Flatten`"));
    }
    if declared.len() == given.len() {
        return Err(message.text(", here `Reshape(").shape(&declared).text(")`"));
    }
    if declared.rank() == 1 && given.rank() == 1 {
        return Err(message.text(", such as `Dense(").number(declared.len()).text(")`"));
    }
    Err(message)
}

/// The input channels that each filter of a convolution reads; zero where the rule of [`conv2d`] is broken.
pub const fn channels_per_group(input: Shape, groups: usize) -> usize {
    match groups {
        0 => 0,
        _ if !input.is_known() => 0,
        groups => input.last() / groups,
    }
}

/// How a window is called, and the argument that gives its size.
type WindowName = [&'static str; 2];
const KERNEL: WindowName = ["kernel", "kernel"];
const POOL: WindowName = ["window", "size"];

/// Height and width that come out when a window slides over an image.
const fn slide(layer: &str, name: WindowName, input: Shape, window: Window) -> Result<[usize; 2], Message> {
    if window.kernel[0] == 0 || window.kernel[1] == 0 {
        return Err(zero_in_pair(layer, name[1], window.kernel));
    }
    if window.stride[0] == 0 || window.stride[1] == 0 {
        return Err(zero_in_pair(layer, "stride", window.stride));
    }
    if window.dilation[0] == 0 || window.dilation[1] == 0 {
        return Err(zero_in_pair(layer, "dilation", window.dilation));
    }
    if !input.is_known() {
        return Ok([0, 0]);
    }
    if !input.is_image() {
        return Err(not_an_image(layer, input));
    }
    let image = [input.size(0), input.size(1)];
    let extent = window.extent();
    if matches!(window.padding, Padding::Valid) && (image[0] < extent[0] || image[1] < extent[1]) {
        return Err(does_not_fit(layer, name[0], image, window));
    }
    Ok(window.output(image))
}

/// The shape that comes out of a layer with weights of the shape `kernel`.
const fn with_kernel(layer: &str, kernel: Shape, output: Shape) -> Outcome {
    if kernel.len() > MOST_VALUES {
        return Err(Message::new(layer)
            .text(" has a kernel of the shape ")
            .shape(&kernel)
            .text(", whose ")
            .number(kernel.len())
            .text(" weights are more than the ")
            .number(MOST_VALUES)
            .text(" values that a tensor can hold\nhelp: make the layer smaller, or what arrives at it"));
    }
    sized(layer, output)
}

/// What is said of a window that does not reach the last rows or columns of its image; `None` if it reaches all, or if
/// its stride is larger than the window itself, which leaves out pixels everywhere.
pub const fn left_out(layer: &str, input: Shape, output: Shape, window: Window) -> Option<Message> {
    if !matches!(window.padding, Padding::Valid) || !input.is_image() || !output.is_image() {
        return None;
    }
    let mut axis = 0;
    while axis < 2 {
        let (size, positions, stride) = (input.size(axis), output.size(axis), window.stride[axis]);
        let span = (positions.saturating_sub(1)).saturating_mul(stride).saturating_add(window.extent()[axis]);
        if span < size && stride <= window.extent()[axis] {
            let message = Message::new(layer).text(" reads ").number(span).text(" of ").number(size);
            let message = message.text(if axis == 0 { " rows" } else { " columns" }).text(" and leaves out the rest: ");
            let message = message.text("(").number(positions).text(" - 1) * ").number(stride).text(" + ");
            let message = message.number(window.extent()[axis]).text(" = ").number(span);
            return Some(
                message
                    .text("\nhelp: write `-> ")
                    .shape(&output)
                    .text("` after it if that is meant, or use `padding = same`"),
            );
        }
        axis += 1;
    }
    None
}

/// A shape that a tensor can have: no size zero, and not more values than can be addressed.
const fn sized(layer: &str, shape: Shape) -> Outcome {
    let mut axis = 0;
    while axis < shape.rank() {
        if shape.size(axis) == 0 {
            return Err(Message::new(layer)
                .text(" has the shape ")
                .shape(&shape)
                .text(", which holds no values\nhelp: every size must be at least 1"));
        }
        axis += 1;
    }
    if shape.len() > MOST_VALUES {
        return Err(Message::new(layer)
            .text(" has the shape ")
            .shape(&shape)
            .text(", whose ")
            .number(shape.len())
            .text(" values are more than the ")
            .number(MOST_VALUES)
            .text(" that a tensor can hold\nhelp: make a size smaller"));
    }
    Ok(shape)
}

const fn zero(layer: &str, what: &str) -> Message {
    Message::new(layer).text(" has `").text(what).text(" = 0`\nhelp: `").text(what).text("` must be at least 1")
}

const fn zero_in_pair(layer: &str, what: &str, [rows, columns]: [usize; 2]) -> Message {
    if rows == columns {
        return zero(layer, what);
    }
    let message = Message::new(layer).text(" has `").text(what).text(" = (").number(rows).text(", ").number(columns);
    message.text(")`\nhelp: both numbers, for rows and for columns, must be at least 1")
}

const fn not_divisible(layer: &str, what: &str, number: usize, groups: usize) -> Message {
    Message::new(layer)
        .text(" has ")
        .number(number)
        .text(" ")
        .text(what)
        .text(", which do not fall into ")
        .number(groups)
        .text(" equal groups: ")
        .number(number)
        .text(" = ")
        .number(number / groups)
        .text(" * ")
        .number(groups)
        .text(" + ")
        .number(number % groups)
        .text("\nhelp: use a number of groups that divides both the input channels and the filters")
}

const fn not_flat(layer: &str, input: Shape, units: usize) -> Message {
    let message = Message::new(layer)
        .text(" takes a flat input such as [")
        .number(input.len())
        .text("], but ")
        .shape(&input)
        .text(" arrives\nhelp: put `Flatten` before it to read all ")
        .number(input.len())
        .text(" values");
    if !input.is_image() {
        return message;
    }
    message
        .text(", `GlobalAvgPool2d` to read one mean a channel (")
        .number(input.last())
        .text(" values), or write `Conv2d(")
        .number(units)
        .text(", kernel = 1)` to apply it at every position")
}

const fn not_an_image(layer: &str, input: Shape) -> Message {
    let message = Message::new(layer)
        .text(" takes an image [height, width, channels], but ")
        .shape(&input)
        .text(" arrives\nhelp: put `Reshape([height, width, channels])` before it");
    if input.rank() != 1 {
        return message;
    }
    let side = input.len().isqrt();
    if side * side == input.len() && side > 1 {
        return message.text(", here for example `Reshape([").number(side).text(", ").number(side).text(", 1])`");
    }
    message.text(", or use `Dense` for a flat input")
}

const fn does_not_fit(layer: &str, window_name: &str, image: [usize; 2], window: Window) -> Message {
    let extent = window.extent();
    let mut message = Message::new(layer)
        .text(" does not fit: its input is ")
        .by(image)
        .text(", and a ")
        .text(window_name)
        .text(" of ")
        .by(window.kernel);
    if window.dilation[0] != 1 || window.dilation[1] != 1 {
        message = message.text(" with dilation ").by(window.dilation).text(" spans ").by(extent);
        let axis = if image[0] < extent[0] { 0 } else { 1 };
        message = message
            .text(", (")
            .number(window.kernel[axis])
            .text(" - 1) * ")
            .number(window.dilation[axis])
            .text(" + 1 = ")
            .number(extent[axis])
            .text(", and");
    }
    message
        .text(" needs at least ")
        .by(extent)
        .text("\nhelp: use `padding = same`, a ")
        .text(window_name)
        .text(" that spans at most ")
        .by(image)
        .text(", or shrink the image less before it")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString};

    const IMAGE: Shape = Shape::new(&[28, 28, 1]);

    fn window(kernel: usize, stride: usize, dilation: usize, padding: Padding) -> Window {
        Window { kernel: [kernel; 2], stride: [stride; 2], dilation: [dilation; 2], padding }
    }

    fn message(outcome: Outcome) -> String {
        match outcome {
            Ok(shape) => panic!("{shape} is no mistake"),
            Err(message) => message.to_string(),
        }
    }

    #[test]
    fn the_tutorial_has_the_shapes_of_keras() {
        let conv = shape(conv2d("conv", IMAGE, 32, window(3, 1, 1, Padding::Valid), 1));
        let pool = shape(pool2d("pool", conv, window(2, 2, 1, Padding::Valid)));
        let flat = shape(flatten(pool));
        assert_eq!((conv, pool), (Shape::new(&[26, 26, 32]), Shape::new(&[13, 13, 32])));
        assert_eq!(shape(dense("hidden", flat, 128)), Shape::new(&[128]));
        assert_eq!(flat, Shape::new(&[5408]));
    }

    #[test]
    fn a_mistake_says_both_numbers_and_the_fix() {
        let text = message(dense("`hidden` (Dense)", Shape::new(&[13, 13, 32]), 128));
        assert!(text.contains("[13, 13, 32] arrives") && text.contains("`Flatten`") && text.contains("5408"), "{text}");
        assert!(text.contains("Conv2d(128, kernel = 1)"), "{text}");
        let text = message(conv2d("c", Shape::new(&[4, 4, 8]), 8, window(5, 1, 1, Padding::Valid), 1));
        assert!(text.contains("4x4") && text.contains("5x5") && text.contains("padding = same"), "{text}");
        let text = message(conv2d("c", Shape::new(&[4, 4, 8]), 8, window(3, 1, 2, Padding::Valid), 1));
        assert!(text.contains("(3 - 1) * 2 + 1 = 5"), "{text}");
        let text = message(conv2d("c", Shape::new(&[4, 4, 8]), 8, window(3, 1, 1, Padding::Same), 3));
        assert!(text.contains("8 = 2 * 3 + 2"), "{text}");
        let text = message(conv2d("c", Shape::new(&[784]), 8, window(3, 1, 1, Padding::Same), 1));
        assert!(text.contains("Reshape([28, 28, 1])"), "{text}");
        let text = message(reshape("r", IMAGE, Shape::new(&[7, 7, 8])));
        assert!(text.contains("784") && text.contains("392"), "{text}");
        let text = message(output(Shape::new(&[128]), Shape::new(&[10])));
        assert!(text.contains("Dense(10)"), "{text}");
    }

    #[test]
    fn what_a_window_leaves_out_is_told() {
        let remark = |size: usize, window: Window| {
            let image = Shape::new(&[size, size, 1]);
            left_out("p", image, shape(pool2d("p", image, window)), window).map(|message| message.to_string())
        };
        let text = remark(11, window(2, 2, 1, Padding::Valid)).unwrap();
        assert!(text.contains("reads 10 of 11 rows") && text.contains("(5 - 1) * 2 + 2 = 10"), "{text}");
        assert!(text.contains("`-> [5, 5, 1]`"), "{text}");
        assert_eq!(remark(10, window(2, 2, 1, Padding::Valid)), None);
        assert_eq!(remark(11, window(2, 2, 1, Padding::Same)), None);
        assert_eq!(remark(11, window(3, 1, 2, Padding::Valid)), None);
        assert_eq!(remark(12, window(1, 2, 1, Padding::Valid)), None);
        assert!(remark(12, window(3, 2, 1, Padding::Valid)).is_some());
    }

    #[test]
    fn nothing_is_said_after_a_mistake() {
        let unknown = Shape::UNKNOWN;
        let outcomes = [
            dense("", unknown, 3),
            conv2d("", unknown, 3, window(3, 1, 1, Padding::Valid), 2),
            depthwise_conv2d("", unknown, window(3, 1, 1, Padding::Valid), 2),
            pool2d("", unknown, window(3, 1, 1, Padding::Valid)),
            global_pool2d("", unknown),
            flatten(unknown),
            reshape("", unknown, IMAGE),
            stated("", unknown, IMAGE),
            output(unknown, IMAGE),
        ];
        for outcome in outcomes {
            assert!(!shape(outcome).is_known());
            enforce(outcome);
        }
    }

    #[test]
    fn sizes_that_no_tensor_can_have_are_mistakes() {
        assert!(message(dense("d", Shape::new(&[4]), 0)).contains("units"));
        assert!(message(pool2d("p", IMAGE, window(2, 0, 1, Padding::Valid))).contains("`stride = 0`"));
        let narrow = Window { kernel: [3, 0], ..window(3, 1, 1, Padding::Same) };
        assert!(message(pool2d("p", IMAGE, narrow)).contains("`size = (3, 0)`"));
        assert!(message(dense("d", Shape::new(&[1 << 20]), 1 << 20)).contains("1099511627776 weights"));
        assert!(message(input(Shape::new(&[28, 0, 1]))).contains("[28, 0, 1]"));
        assert!(message(input(Shape::SCALAR)).contains("no dimensions"));
        assert!(message(dense("d", Shape::new(&[4]), usize::MAX)).contains("more than"));
        let wide = Shape::new(&[1 << 20, 1 << 20, 1 << 20, 1 << 20]);
        assert!(message(reshape("r", IMAGE, wide)).contains("more than"));
    }
}
