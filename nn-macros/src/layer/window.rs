//! The arguments that convolutions and pools share: kernel or size, stride, padding, dilation.

use crate::parse::{Arguments, Parameters, Size};
use nn_core::shape::{Padding, Window};
use proc_macro2::TokenStream;
use quote::quote;

/// The parameters of a pool.
pub(super) const POOL: Parameters = Parameters { positional: &["size", "stride"], named: &["padding"] };

/// A window whose sizes may be constants that only rustc knows.
pub(crate) struct WindowSyntax {
    kernel: [Size; 2],
    stride: [Size; 2],
    dilation: [Size; 2],
    padding: Padding,
}

impl WindowSyntax {
    /// `kernel`, `stride` (1), `padding` (valid) and `dilation` (1) of a convolution.
    pub(super) fn convolution(arguments: &mut Arguments<'_>, example: &str) -> Option<Self> {
        let one = || [Size::literal(1), Size::literal(1)];
        let kernel = arguments.pair("kernel", example);
        let stride = arguments.pair_or("stride", one());
        let dilation = arguments.pair_or("dilation", one());
        let padding = padding(arguments);
        Some(Self { kernel: kernel?, stride: stride?, dilation: dilation?, padding: padding? })
    }

    /// `size`, `stride` (the size) and `padding` (valid) of a pool.
    pub(super) fn pool(arguments: &mut Arguments<'_>) -> Option<Self> {
        let kernel = arguments.pair("size", "2");
        let default = kernel.clone().unwrap_or_else(|| [Size::literal(1), Size::literal(1)]);
        let stride = arguments.pair_or("stride", default);
        let padding = padding(arguments);
        let dilation = [Size::literal(1), Size::literal(1)];
        Some(Self { kernel: kernel?, stride: stride?, dilation, padding: padding? })
    }

    /// The window, if every size is a literal.
    pub(crate) fn value(&self) -> Option<Window> {
        let pair = |sizes: &[Size; 2]| Some([sizes[0].value?, sizes[1].value?]);
        Some(Window {
            kernel: pair(&self.kernel)?,
            stride: pair(&self.stride)?,
            dilation: pair(&self.dilation)?,
            padding: self.padding,
        })
    }

    /// An expression of type `Window`.
    pub(crate) fn tokens(&self, private: &TokenStream) -> TokenStream {
        let pair = |sizes: &[Size; 2]| {
            let (rows, columns) = (&sizes[0].tokens, &sizes[1].tokens);
            quote!([#rows, #columns])
        };
        let (kernel, stride, dilation) = (pair(&self.kernel), pair(&self.stride), pair(&self.dilation));
        let padding = match self.padding {
            Padding::Valid => quote!(Valid),
            Padding::Same => quote!(Same),
        };
        quote!(#private::Window {
            kernel: #kernel,
            stride: #stride,
            dilation: #dilation,
            padding: #private::Padding::#padding,
        })
    }

    /// Rows and columns of the kernel, to stand as const arguments.
    pub(super) fn kernel(&self) -> [TokenStream; 2] {
        [self.kernel[0].argument(), self.kernel[1].argument()]
    }
}

fn padding(arguments: &mut Arguments<'_>) -> Option<Padding> {
    match arguments.word("padding", &["valid", "same"]) {
        Ok(Some("same")) => Some(Padding::Same),
        Ok(_) => Some(Padding::Valid),
        Err(()) => None,
    }
}
