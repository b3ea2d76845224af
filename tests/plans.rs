//! The workspace of an inference is as small as it can be: the bytes of four networks, and the largest sum of buffers that
//! are needed at once. Random networks are planned in the tests of `nn-macros`.

#[path = "common/networks.rs"]
mod networks;

use networks::{DsCnn, DsCnnSeparable, ResNet8, Tutorial};
use typednet::prelude::*;

network! {
    /// Branches of several widths in each other, which leave gaps in memory for others to fill.
    struct Nested: [8, 8, 4] -> [3] {
        Conv2d(6, kernel = 3, padding = same, activation = relu),
        concat {
            { Conv2d(8, kernel = 1, activation = relu), residual { Conv2d(5, kernel = 1), Tanh, Conv2d(8, kernel = 1) } },
            { AvgPool2d(3, stride = 1, padding = same), Conv2d(4, kernel = 1) },
            { Conv2d(2, kernel = 1), add { { Conv2d(7, kernel = 3, padding = same) }, { Conv2d(7, kernel = 1) } } },
        },
        residual(shortcut = Conv2d(12, kernel = 1, stride = 2)) {
            multiply { { Conv2d(9, kernel = 1) }, { Conv2d(9, kernel = 1, activation = sigmoid) } },
            Conv2d(12, kernel = 3, stride = 2, padding = same),
        },
        inner: repeat(2) { residual { concat { { Conv2d(3, kernel = 1) }, {} }, Conv2d(12, kernel = 1) }, Relu },
        Flatten,
        Dense(3),
    }
}

/// Bytes of a workspace, and those that no plan could do without.
fn bytes<N: Network>() -> (usize, usize) {
    (N::WORKSPACE_BYTES, N::WORKSPACE_LOWER_BOUND)
}

/// An image of `height * width * channels` floats.
const fn image(height: usize, width: usize, channels: usize) -> usize {
    4 * height * width * channels
}

#[test]
fn the_tutorial() {
    // The image after pooling, of which the convolution is a part, and what the layer after it gives.
    let least = image(13, 13, 32) + 4 * 128;
    assert_eq!(bytes::<Tutorial>(), (least, least));
    assert_eq!(least, 22_144);
}

#[test]
fn ds_cnn() {
    // What goes through the separable layers, which is where they write, and what is between two of them.
    let least = 2 * image(25, 5, 64);
    assert_eq!(bytes::<DsCnn>(), (least, least));
    assert_eq!(least, 64_000);
    assert_eq!(bytes::<DsCnnSeparable>(), (64_000, 64_000));
}

#[test]
fn resnet_8() {
    // In the first block: its input, which is added at the end, and what goes in and out of its second convolution.
    let least = 3 * image(32, 32, 16);
    assert_eq!(bytes::<ResNet8>(), (least, least));
    assert_eq!(least, 196_608);
}

#[test]
fn blocks_within_blocks() {
    // What the three branches give, and where it is joined.
    let least = image(8, 8, 8 + 4 + 7) + image(8, 8, 8 + 4 + 7);
    assert_eq!(bytes::<Nested>(), (least, least));
    assert_eq!(least, 9_728);
    // The joined image, the convolution of it, and the input, to which that is added where it lies.
    let least = image(4, 4, 3 + 12) + 2 * image(4, 4, 12);
    assert_eq!(bytes::<NestedInner>(), (least, least));
}
