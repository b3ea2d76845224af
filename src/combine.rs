//! Networks made of networks, and the bounds that generic code over networks is written with.
//!
//! ```
//! use typednet::combine::{Chain, Ensemble, Parallel};
//! use typednet::prelude::*;
//!
//! network! { struct Height: [4] -> [2] { Dense(2, activation = tanh) } }
//! network! { struct Width: [4] -> [3] { Dense(3, activation = relu) } }
//! network! { struct Judge: [5] -> [2] { Dense(2, activation = softmax) } }
//!
//! // Two networks look at the same four numbers, a third one judges what both say, and three such judges vote.
//! type Senses = Parallel<Height, Width>;
//! type Jury = Ensemble<Chain<Senses, Judge>, 3>;
//! assert_eq!(Jury::PARAMETERS, 3 * (10 + 15 + 12));
//! assert_eq!(Jury::NAME, "Ensemble<Chain<Parallel<Height, Width>, Judge>, 3>");
//!
//! let jury = Jury::boxed(42);
//! let [yes, no] = jury.predict(&[0.1, 0.2, 0.3, 0.4]);
//! assert!((yes + no - 1.0).abs() < 1e-6);
//! assert_eq!(jury.members[0].first.left.dense_1.bias, [0.0; 2]);
//! ```
//!
//! What does not fit does not compile:
//!
//! ```compile_fail,E0277
//! # use typednet::{combine::Chain, prelude::*};
//! # network! { struct Height: [4] -> [2] { Dense(2, activation = tanh) } }
//! # network! { struct Judge: [5] -> [2] { Dense(2, activation = softmax) } }
//! fn judge(net: &Chain<Height, Judge>) {} // `Height` gives two numbers, `Judge` takes five
//! ```
//!
//! Generic code says what it needs:
//!
//! ```
//! use typednet::combine::{AtLeast, SameInput};
//! use typednet::prelude::*;
//!
//! /// Whether two networks name the same class.
//! fn agree<A, B>(a: &A, b: &B, input: &A::Input) -> bool
//! where
//!     A: Network<Output: AtLeast<2>>,
//!     B: SameInput<A> + Network<Input = A::Input, Output = A::Output>,
//! {
//!     use typednet::class::highest;
//!     highest(a.predict(input).floats()) == highest(b.predict(input).floats())
//! }
//!
//! network! { struct Small: [4] -> [3] { Dense(3, activation = softmax) } }
//! network! { struct Large: [4] -> [3] { Dense(50, activation = relu), Dense(3, activation = softmax) } }
//! let (small, large) = (Small::boxed(1), Large::boxed(2));
//! assert!(agree(&*small, &*large, &[0.0; 4]));
//! ```

pub use nn_core::combine::*;
