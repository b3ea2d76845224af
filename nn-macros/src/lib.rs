//! The language of typednet.
