//! typednet
