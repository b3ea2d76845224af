//! `include_weights!(Network, "file.safetensors")`: the header of a file as constants, its values as bytes.

use crate::expand::enforce;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use safetensors::{Dtype, SafeTensors};
use std::path::Path;
use std::{env, fs};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{LitStr, Token, Type};

/// The bytes before the header, which hold its length.
const LENGTH: usize = size_of::<u64>();

const EXAMPLE: &str = "write the network and its file: `include_weights!(Digits, \"digits.safetensors\")`";

/// What was called for.
struct Include {
    krate: TokenStream,
    network: Type,
    path: LitStr,
}

impl Parse for Include {
    fn parse(stream: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        syn::bracketed!(krate in stream);
        let krate = krate.parse()?;
        if stream.peek(LitStr) {
            return Err(explained(&stream.error("the network comes before its file")));
        }
        let network = stream.parse().map_err(|error| explained(&error))?;
        stream.parse::<Token![,]>().map_err(|error| explained(&error))?;
        let path = stream.parse().map_err(|error| explained(&error))?;
        stream.parse::<Option<Token![,]>>()?;
        match stream.is_empty() {
            true => Ok(Self { krate, network, path }),
            false => Err(explained(&stream.error("nothing follows the path of the file"))),
        }
    }
}

fn explained(error: &syn::Error) -> syn::Error {
    syn::Error::new(error.span(), format!("{error}\nhelp: {EXAMPLE}"))
}

/// The network as a constant expression.
pub(crate) fn weights(tokens: TokenStream) -> syn::Result<TokenStream> {
    let Include { krate, network, path } = Include::parse.parse2(tokens)?;
    let private = quote!(#krate::__private);
    let name = path.value();
    let wrong = |problem: String| syn::Error::new(path.span(), problem);
    let folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let place = Path::new(&folder).join(&name);
    let Some(place_text) = place.to_str() else {
        return Err(wrong(format!("the folder of `{name}` has a name that is not UTF-8\nhelp: rename the folder")));
    };
    let bytes = fs::read(&place).map_err(|error| {
        let help = "a path is relative to the folder of the crate's `Cargo.toml`";
        wrong(format!("cannot read `{name}`: {}\nhelp: {help}", error.kind()))
    })?;
    let file = stored_file(&private, &name, &bytes).map_err(|error| {
        let help = "the file ends early or was damaged: save the weights again";
        wrong(format!("`{name}` is not a whole safetensors file: {error}\nhelp: {help}"))
    })?;
    let rule = quote!(#private::stored::check::<#network>(&__TYPEDNET_FILE, #private::include_bytes!(#place_text)));
    let check = enforce(&private, &TokenStream::new(), &path, &rule);
    Ok(quote! {{
        const __TYPEDNET_FILE: #private::stored::StoredFile = #file;
        #check
        #[allow(long_running_const_eval)]
        const __TYPEDNET_NETWORK: #network =
            #private::stored::read::<#network>(&__TYPEDNET_FILE, #private::include_bytes!(#place_text));
        __TYPEDNET_NETWORK
    }})
}

/// The header of a file, as an expression.
fn stored_file(private: &TokenStream, path: &str, bytes: &[u8]) -> Result<TokenStream, String> {
    let (length, header) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
    let tensors = header.offset_keys().into_iter().filter_map(|name| {
        let info = header.info(&name)?;
        let kind = info.dtype.to_string();
        let sizes = info.shape.iter().map(|size| Literal::usize_unsuffixed(*size));
        let (begin, end) = (LENGTH + length + info.data_offsets.0, LENGTH + length + info.data_offsets.1);
        // Looked for here, since the compiler would take seconds for it.
        let is_lowest = |byte: &u8| byte.cast_signed() == i8::MIN;
        let bytes = bytes.get(begin..end).filter(|_| info.dtype == Dtype::I8).unwrap_or_default();
        let lowest = match bytes.iter().position(is_lowest) {
            Some(place) => quote!(#private::Option::Some(#place)),
            None => quote!(#private::Option::None),
        };
        let begin = Literal::usize_unsuffixed(begin);
        Some(quote! {
            #private::stored::StoredTensor {
                name: #name,
                kind: #kind,
                sizes: &[#(#sizes),*],
                begin: #begin,
                lowest: #lowest,
            }
        })
    });
    let text = |key: &str| match header.metadata().as_ref().and_then(|texts| texts.get(key)) {
        Some(text) => quote!(#private::Option::Some(#text)),
        None => quote!(#private::Option::None),
    };
    let (network, signature, rounding) = (text("network"), text("signature"), text("rounding"));
    Ok(quote! {
        #private::stored::StoredFile {
            path: #path,
            network: #network,
            signature: #signature,
            rounding: #rounding,
            tensors: &[#(#tensors),*],
        }
    })
}
