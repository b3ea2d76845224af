//! What the programs share: the networks, the samples, and what the program prints on the chip and on the desktop alike.

#![no_std]

pub mod layers;
#[cfg_attr(target_os = "none", path = "chip.rs")]
#[cfg_attr(not(target_os = "none"), path = "desktop.rs")]
pub mod machine;
pub mod networks;
pub mod text;

use text::Text;
use typednet::custom::Plain;
use typednet::prelude::*;
use typednet::quant::{Int8Array, Int8Input, Int8Output, Quantizable, RoundingMode};

#[cfg(target_os = "none")]
#[doc(hidden)]
pub use cortex_m_rt;

/// A sample of bytes as what a network takes.
pub fn sample<N: Network>(bytes: &[u8], value: impl Fn(u8) -> f32) -> N::Input {
    let mut input = N::Input::ZERO;
    for (float, byte) in input.floats_mut().iter_mut().zip(bytes) {
        *float = value(*byte);
    }
    input
}

/// One inference, between the marks of the instruction counter.
#[inline(never)]
fn infer<'w, N: Network>(net: &N, input: &N::Input, workspace: &'w mut Workspace<N>) -> &'w N::Output {
    net.infer(input, workspace)
}

/// Classifies samples that follow each other in `bytes`, and prints classes and outputs, bit for bit.
pub fn classify<N: Network>(net: &N, workspace: &mut Workspace<N>, bytes: &[u8], value: impl Fn(u8) -> f32) {
    for (number, bytes) in bytes.chunks_exact(N::Input::FLOATS).enumerate() {
        let input = sample::<N>(bytes, &value);
        machine::mark();
        let outputs = infer(net, &input, workspace);
        machine::mark();
        let mut line = Text::new();
        line.text("sample ").number(number).text(": class ").number(highest(outputs.floats())).text(", outputs");
        for output in outputs.floats() {
            line.text(" ").bits(*output);
        }
        machine::print(&line);
    }
}

/// One inference in bytes, between the marks of the instruction counter.
#[inline(never)]
fn infer_int8<'w, N: Quantizable, R: RoundingMode>(
    net: &Quantized<N, R>,
    input: &Int8Input<N>,
    workspace: &'w mut Workspace<Quantized<N, R>>,
) -> &'w Int8Output<N> {
    net.infer(input, workspace)
}

/// The same for a network in bytes.
pub fn classify_int8<N: Quantizable>(
    net: &Quantized<N>,
    workspace: &mut Workspace<Quantized<N>>,
    bytes: &[u8],
    value: impl Fn(u8) -> f32,
) {
    for (number, bytes) in bytes.chunks_exact(N::Input::FLOATS).enumerate() {
        let input = net.quantize(&sample::<N>(bytes, &value));
        machine::mark();
        let outputs = infer_int8(net, &input, workspace);
        machine::mark();
        let mut line = Text::new();
        line.text("sample ").number(number).text(": class ").number(highest(outputs.bytes())).text(", outputs");
        for output in outputs.bytes() {
            line.text(" ").byte(*output);
        }
        machine::print(&line);
    }
}

/// What an int8 network says of two inputs that look random, as a hash and the first bytes.
pub fn probe_int8<N: Quantizable, R: RoundingMode>(
    name: &str,
    net: &Quantized<N, R>,
    workspace: &mut Workspace<Quantized<N, R>>,
) {
    let mut noise = Noise(1);
    let mut input = Int8Input::<N>::zeros();
    for _ in 0..2 {
        input.bytes_mut().fill_with(|| noise.byte());
        machine::mark();
        let outputs = infer_int8(net, &input, workspace);
        machine::mark();
        let mut line = Text::new();
        line.text(name)
            .text(": hash ")
            .bits(f32::from_bits(hash(outputs.bytes().iter().map(|byte| byte.cast_unsigned()))))
            .text(", outputs");
        for output in outputs.bytes().iter().take(8) {
            line.text(" ").byte(*output);
        }
        machine::print(&line);
    }
}

/// A network with its input and its workspace, in static memory.
pub struct Probed<N: Network> {
    net: N,
    input: N::Input,
    workspace: Workspace<N>,
}

impl<N: Network + Plain> Probed<N> {
    /// Of zeros.
    pub const ZERO: Self = Self { net: N::ZERO, input: N::Input::ZERO, workspace: Workspace::new() };

    /// What the network, with its initial weights, says of two inputs that look random, as a hash and the first outputs.
    pub fn probe(&mut self, name: &str) {
        let mut noise = Noise(1);
        self.net.initialize(1);
        for _ in 0..2 {
            self.input.floats_mut().fill_with(|| f32::from(noise.byte()) / 64.0);
            machine::mark();
            let outputs = infer(&self.net, &self.input, &mut self.workspace);
            machine::mark();
            let bytes = outputs.floats().iter().flat_map(|output| output.to_bits().to_le_bytes());
            let mut line = Text::new();
            line.text(name).text(": hash ").bits(f32::from_bits(hash(bytes))).text(", outputs");
            for output in outputs.floats().iter().take(4) {
                line.text(" ").bits(*output);
            }
            machine::print(&line);
        }
    }
}

/// One inference between marks.
#[cfg(target_os = "none")]
pub fn infer_once<N: Quantizable>(net: &Quantized<N>, input: &Int8Input<N>, workspace: &mut Workspace<Quantized<N>>) {
    machine::mark();
    core::hint::black_box(infer_int8(net, input, workspace));
    machine::mark();
}

/// Bytes that look random, the same on every machine.
struct Noise(u32);

impl Noise {
    fn byte(&mut self) -> i8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 24) as i8
    }
}

/// A number that hardly ever is the same for other bytes (FNV-1a).
fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn highest<T: PartialOrd>(scores: &[T]) -> usize {
    let mut best = 0;
    for (class, score) in scores.iter().enumerate() {
        if scores.get(best).is_some_and(|highest| score > highest) {
            best = class;
        }
    }
    best
}

/// The `main` of a program: on the chip with a static workspace, on the desktop with one on the stack.
#[macro_export]
macro_rules! program {
    ($state:ident: $kind:ty = $start:expr; $body:expr;) => {
        #[cfg(target_os = "none")]
        #[$crate::cortex_m_rt::entry]
        fn main() -> ! {
            static mut STATE: $kind = $start;
            let $state: &mut $kind = STATE;
            $body;
            $crate::machine::finish()
        }

        #[cfg(not(target_os = "none"))]
        fn main() {
            let mut state: Box<$kind> = Box::new($start);
            let $state: &mut $kind = &mut state;
            $body;
        }
    };
}

/// The `main` of a program that asks several networks: `name: type of the network = file of its weights`.
#[macro_export]
macro_rules! probes {
    ($($name:ident: $net:ty = $file:literal,)*) => {
        struct Workspaces {
            $($name: ::typednet::prelude::Workspace<$net>,)*
        }

        $crate::program! {
            workspaces: Workspaces = Workspaces { $($name: ::typednet::prelude::Workspace::new(),)* };
            {
                $({
                    static NET: $net = ::typednet::prelude::include_weights!($net, $file);
                    $crate::probe_int8(stringify!($name), &NET, &mut workspaces.$name);
                })*
            };
        }
    };
}

/// The same for networks of floats with their initial weights: `name: type of the network`.
#[macro_export]
macro_rules! float_probes {
    ($($name:ident: $net:ty,)*) => {
        struct Networks {
            $($name: $crate::Probed<$net>,)*
        }

        $crate::program! {
            networks: Networks = Networks { $($name: $crate::Probed::ZERO,)* };
            {
                $(networks.$name.probe(stringify!($name));)*
            };
        }
    };
}

/// A program that infers once and ends, without a word: its flash and its RAM are those of the network, of its input, and
/// of the processor's start.
#[macro_export]
macro_rules! bare {
    ($net:ty = $file:literal; $input:ty = $zeros:expr) => {
        #[cfg(target_os = "none")]
        #[$crate::cortex_m_rt::entry]
        fn main() -> ! {
            static NET: $net = ::typednet::prelude::include_weights!($net, $file);
            static mut WORKSPACE: ::typednet::prelude::Workspace<$net> = ::typednet::prelude::Workspace::new();
            static mut INPUT: $input = $zeros;
            $crate::infer_once(&NET, core::hint::black_box(INPUT), WORKSPACE);
            $crate::machine::exit()
        }

        #[cfg(not(target_os = "none"))]
        fn main() {}
    };
}
