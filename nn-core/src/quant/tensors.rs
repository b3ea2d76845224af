//! The tensors of a form as bytes, for files.

use super::form::{Contents, Form, FormTensor};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;

/// A tensor of a form of the type `F`.
#[derive(Debug)]
pub struct TensorOf<F> {
    name: String,
    tensor: FormTensor,
    form: PhantomData<F>,
}

/// All tensors of forms of a type, in the order in which they are listed.
pub fn tensors<F: Form>() -> Vec<TensorOf<F>> {
    let mut tensors = Vec::new();
    add(&F::CONTENTS, "", 0, &mut tensors);
    tensors
}

fn add<F>(contents: &Contents, prefix: &str, offset: usize, tensors: &mut Vec<TensorOf<F>>) {
    for tensor in contents.tensors {
        let placed = FormTensor { offset: offset + tensor.offset, ..*tensor };
        tensors.push(TensorOf { name: format!("{prefix}{}", tensor.name), tensor: placed, form: PhantomData });
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

    /// Its bytes in a form, in the byte order of the processor.
    pub fn bytes<'f>(&self, form: &'f F) -> &'f [u8] {
        // SAFETY: only `tensors` makes values of this type, and by the contract of `Form` each lies within the form.
        unsafe { core::slice::from_raw_parts((&raw const *form).cast::<u8>().add(self.tensor.offset), self.len()) }
    }

    /// Its bytes in a form, to be changed: any bits are a valid value.
    pub fn bytes_mut<'f>(&self, form: &'f mut F) -> &'f mut [u8] {
        // SAFETY: as for `bytes`; the borrow is unique, and by the contract of `Form` any bits are valid.
        unsafe { core::slice::from_raw_parts_mut((&raw mut *form).cast::<u8>().add(self.tensor.offset), self.len()) }
    }
}
