//! The order in which the weights of an int8 network lie in memory: that of files, or words where the processor reads them so.

use super::SumsPlaces;
use super::form::{Contents, Form, FormTensor, Kind};
use super::kernel::{Order, words};
use super::marks::{words_begin, words_from};
use core::slice;

/// Makes inference as fast as it can be, after tensors of a form were changed: finds out which sums are usual ones, and puts
/// weights in the order in which this processor reads them.
pub fn settle<F: Form>(form: &mut F) {
    let in_words = words::are_read();
    // SAFETY: the contents are those of the form, which is borrowed alone.
    unsafe { settle_contents(&F::CONTENTS, (&raw mut *form).cast(), in_words) }
}

/// # Safety
///
/// The contents are those of a form that begins there, and nobody else uses it.
unsafe fn settle_contents(contents: &Contents, form: *mut u8, in_words: bool) {
    for sums in contents.tensors.iter().filter_map(|tensor| SumsOf::new(tensor, 0)) {
        // SAFETY: as for this function, since the sums are those of the contents.
        unsafe {
            sums.set_order(form, Order::Filters);
            sums.write_marks(form, sums.places.marks(form));
            if in_words && sums.places.slack > 0 {
                sums.set_order(form, Order::Words);
            }
        }
    }
    for part in contents.parts {
        let [count, size] = part.repeated.unwrap_or([1, 0]);
        for number in 0..count {
            // SAFETY: by the contract of `Form` a form with these contents begins there.
            unsafe { settle_contents(&part.contents, form.add(part.offset + number * size), in_words) };
        }
    }
}

/// Sums of a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct SumsOf {
    /// Where their own form begins, and where it has its marks.
    pub(super) offset: usize,
    marks: usize,
    pub(super) places: SumsPlaces,
}

impl SumsOf {
    /// Those of which a tensor is the marks, of a form that begins at `offset`.
    pub(super) fn new(tensor: &FormTensor, offset: usize) -> Option<Self> {
        match tensor.kind {
            Kind::Marks(places) => Some(Self { offset, marks: tensor.offset, places }),
            _ => None,
        }
    }

    /// # Safety
    ///
    /// These are sums of the form that begins there, which nobody writes meanwhile.
    pub(super) unsafe fn order(&self, form: *const u8) -> Order {
        // SAFETY: as for this function.
        match unsafe { self.words_begin(form) } {
            Some(_) => Order::Words,
            None => Order::Filters,
        }
    }

    /// Where weights in words begin.
    ///
    /// # Safety
    ///
    /// As for the order.
    unsafe fn words_begin(&self, form: *const u8) -> Option<usize> {
        // SAFETY: by the contract of `Form` a byte lies there; the rest as for this function.
        let marks = unsafe { *form.add(self.offset + self.marks).cast::<i8>() };
        let begin = words_begin(marks).filter(|_| self.places.slack > 0)?;
        Some(self.offset + self.places.kernel - self.places.slack + begin.min(self.places.slack))
    }

    /// # Safety
    ///
    /// These are sums of the form that begins there, and nobody else uses it.
    pub(super) unsafe fn write_marks(&self, form: *mut u8, marks: i8) {
        // SAFETY: by the contract of `Form` a byte lies there, in which any bits are valid.
        unsafe { form.add(self.offset + self.marks).cast::<i8>().write(marks) };
    }

    /// Puts the weights in an order.
    ///
    /// # Safety
    ///
    /// These are sums of the form that begins there, and nobody else uses it.
    pub(super) unsafe fn set_order(&self, form: *mut u8, order: Order) {
        let Self { offset, places: SumsPlaces { kernel, slack, bias, .. }, .. } = *self;
        // SAFETY: by the contract of `Form` the weights and what sums begin with lie at these places, as many as the slices from
        // there have; the rest as for this function.
        unsafe {
            let from = self.order(form);
            if from == order {
                return;
            }
            let (weights, starts) = (self.weights(form), self.starts(form));
            let (weights, starts) = (from.rearrange(weights, starts.len()), from.restart(weights, starts));
            let slack = form.add(offset + kernel - slack);
            let (begin, marks) = match order {
                Order::Filters => (form.add(offset + kernel), 0),
                Order::Words => {
                    // At most the slack, since it begins where a word does.
                    let skipped = slack.addr().wrapping_neg() % words::LINE;
                    (slack.add(skipped), words_from(skipped))
                }
            };
            begin.cast::<i8>().copy_from_nonoverlapping(weights.as_ptr(), weights.len());
            form.add(offset + bias).cast::<i32>().copy_from_nonoverlapping(starts.as_ptr(), starts.len());
            self.write_marks(form, marks);
        }
    }

    /// # Safety
    ///
    /// These are sums of the form that begins there, which nobody writes while the slice is used.
    pub(super) unsafe fn weights<'f>(&self, form: *const u8) -> &'f [i8] {
        let Self { offset, places: SumsPlaces { outputs, products, kernel, .. }, .. } = *self;
        // SAFETY: by the contract of `Form` as many bytes lie there; the rest as for this function.
        unsafe {
            let begin = self.words_begin(form).unwrap_or(offset + kernel);
            slice::from_raw_parts(form.add(begin).cast(), outputs * products)
        }
    }

    /// # Safety
    ///
    /// As for the weights.
    pub(super) unsafe fn starts<'f>(&self, form: *const u8) -> &'f [i32] {
        let Self { offset, places: SumsPlaces { outputs, bias, .. }, .. } = *self;
        // SAFETY: by the contract of `Form` as many words lie there; the rest as for this function.
        unsafe { slice::from_raw_parts(form.add(offset + bias).cast(), outputs) }
    }
}
