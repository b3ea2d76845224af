//! The tensors of a form as bytes, for files.

use super::form::{Contents, Form, FormTensor, Kind};
use super::kernel::Order;
use super::settle::SumsOf;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::slice;

/// A tensor of a form of the type `F`.
#[derive(Debug)]
pub struct TensorOf<F> {
    name: String,
    tensor: FormTensor,
    /// The sums to which it belongs.
    sums: Option<SumsOf>,
    form: PhantomData<F>,
}

/// All tensors of forms of a type that files hold, in the order in which they are listed.
pub fn tensors<F: Form>() -> Vec<TensorOf<F>> {
    let mut tensors = Vec::new();
    add(&F::CONTENTS, "", 0, &mut tensors);
    tensors
}

fn add<F>(contents: &Contents, prefix: &str, offset: usize, tensors: &mut Vec<TensorOf<F>>) {
    let sums = contents.tensors.iter().find_map(|tensor| SumsOf::new(tensor, offset));
    for tensor in contents.tensors.iter().filter(|tensor| !matches!(tensor.kind, Kind::Marks(_))) {
        let placed = FormTensor { offset: offset + tensor.offset, ..*tensor };
        tensors.push(TensorOf { name: format!("{prefix}{}", tensor.name), tensor: placed, sums, form: PhantomData });
    }
    for part in contents.parts {
        let inside = if part.name.is_empty() { prefix.to_string() } else { format!("{prefix}{}.", part.name) };
        match part.repeated {
            None => add(&part.contents, &inside, offset + part.offset, tensors),
            Some([count, size]) => (0..count).for_each(|number| {
                let begin = offset + part.offset + number * size;
                add(&part.contents, &format!("{inside}{number}."), begin, tensors);
            }),
        }
    }
}

impl<F: Form> TensorOf<F> {
    /// Its name, such as `block.conv.kernel`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Kind and shape. The place is that within the whole form.
    pub const fn tensor(&self) -> &FormTensor {
        &self.tensor
    }

    /// How many bytes it has.
    pub const fn len(&self) -> usize {
        self.tensor.shape.len() * self.tensor.kind.size()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its bytes in a form, as in a file but for the byte order, which is the processor's.
    pub fn bytes(&self, form: &F) -> Vec<u8> {
        let begin = (&raw const *form).cast::<u8>();
        // SAFETY: only `tensors` makes values of this type, and by the contract of `Form` each tensor lies within the form, as
        // do the sums to which it belongs.
        unsafe {
            if let Some(sums) = self.sums.filter(|sums| sums.order(begin) == Order::Words) {
                let (weights, starts) = (sums.weights(begin), sums.starts(begin));
                if self.tensor.offset == sums.offset + sums.places.kernel {
                    let weights = Order::Words.rearrange(weights, starts.len());
                    return weights.into_iter().map(i8::cast_unsigned).collect();
                }
                if self.tensor.offset == sums.offset + sums.places.bias {
                    return Order::Words.restart(weights, starts).into_iter().flat_map(i32::to_ne_bytes).collect();
                }
            }
            slice::from_raw_parts(begin.add(self.tensor.offset), self.len()).to_vec()
        }
    }

    /// Its bytes in a form, to be changed: any bits are a valid value. [`settle`](fn@super::settle) the form
    /// afterwards, and inference is as fast as it can be.
    pub fn bytes_mut<'f>(&self, form: &'f mut F) -> &'f mut [u8] {
        let begin = (&raw mut *form).cast::<u8>();
        // SAFETY: as for `bytes`; the borrow is unique, and by the contract of `Form` any bits are valid.
        unsafe {
            if let Some(sums) = self.sums {
                sums.set_order(begin, Order::Filters);
                sums.write_marks(begin, 0);
            }
            slice::from_raw_parts_mut(begin.add(self.tensor.offset), self.len())
        }
    }
}
