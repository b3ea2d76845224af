//! Networks made of networks: one after the other, side by side, or the mean of several. And the bounds that generic code
//! over networks is written with.
//!
//! A combination is a network itself: it infers, trains, is saved and loaded, and can be part of another combination. Its
//! weights are those of its parts, one part behind the other, in tensors such as `first.hidden.kernel`.
//!
//! Sizes that must add up, divide or be compared are types of `typenum` inside of the bounds, since const generics cannot
//! compute yet. They reach from 0 to 1024 and to some 120 larger numbers: powers of two and of ten, one less than a power
//! of two. Arrays that are merely the same array need no number, and can have any size.

mod averaged;
mod bounds;
mod chain;
mod ensemble;
mod joined;
mod memory;
mod parallel;
mod parts;

pub use averaged::Averaged;
pub use bounds::{AtLeast, DivisibleBy, SameArray, SameInput};
pub use chain::{Chain, ChainGradients};
pub use ensemble::Ensemble;
pub use joined::{Flat, FlowsInto, Joined, JoinedHead, LeftMetric, RightMetric};
pub use parallel::{Parallel, ParallelGradients};
pub(crate) use parts::pass_of;
