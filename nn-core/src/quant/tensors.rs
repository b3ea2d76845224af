//! The tensors of a form as bytes, for files.

use super::form::{Contents, Form, FormTensor, Kind};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;

/// A tensor of a form of the type `F`.
#[derive(Debug)]
pub struct TensorOf<F> {
    name: String,
    tensor: FormTensor,
    /// Where the form says that the sums to which the tensor belongs are usual ones.
    usual: Option<usize>,
    form: PhantomData<F>,
}

/// All tensors of forms of a type that files hold, in the order in which they are listed.
pub fn tensors<F: Form>() -> Vec<TensorOf<F>> {
    let mut tensors = Vec::new();
    add(&F::CONTENTS, "", 0, &mut tensors);
    tensors
}

fn add<F>(contents: &Contents, prefix: &str, offset: usize, tensors: &mut Vec<TensorOf<F>>) {
    let usual = contents.tensors.iter().find(|tensor| matches!(tensor.kind, Kind::Usual(_)));
    let usual = usual.map(|usual| offset + usual.offset);
    for tensor in contents.tensors.iter().filter(|tensor| !matches!(tensor.kind, Kind::Usual(_))) {
        let placed = FormTensor { offset: offset + tensor.offset, ..*tensor };
        tensors.push(TensorOf { name: format!("{prefix}{}", tensor.name), tensor: placed, usual, form: PhantomData });
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

/// Finds out which sums of a form are usual ones, after its tensors were changed.
pub fn judge<F: Form>(form: &mut F) {
    // SAFETY: the contents are those of the form, which is borrowed alone.
    unsafe { judge_contents(&F::CONTENTS, (&raw mut *form).cast()) }
}

/// # Safety
///
/// The contents are those of a form that begins there, and nobody else uses it.
unsafe fn judge_contents(contents: &Contents, form: *mut u8) {
    for tensor in contents.tensors {
        if let Kind::Usual(places) = tensor.kind {
            // SAFETY: by the contract of `Form` the constants lie at these places, and a byte at this one.
            unsafe { form.add(tensor.offset).write(places.are_usual(form) as u8) };
        }
    }
    for part in contents.parts {
        let [count, size] = part.repeated.unwrap_or([1, 0]);
        for number in 0..count {
            // SAFETY: by the contract of `Form` a form with these contents begins there.
            unsafe { judge_contents(&part.contents, form.add(part.offset + number * size)) };
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

    /// Its bytes in a form, to be changed: any bits are a valid value. [`judge`] afterwards, and inference is as fast as it
    /// can be.
    pub fn bytes_mut<'f>(&self, form: &'f mut F) -> &'f mut [u8] {
        if let Some(usual) = self.usual {
            // SAFETY: by the contract of `Form` a byte lies there, in which any bits are valid.
            unsafe { (&raw mut *form).cast::<u8>().add(usual).write(0) };
        }
        // SAFETY: as for `bytes`; the borrow is unique, and by the contract of `Form` any bits are valid.
        unsafe { core::slice::from_raw_parts_mut((&raw mut *form).cast::<u8>().add(self.tensor.offset), self.len()) }
    }
}
