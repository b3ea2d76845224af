//! Which instruction sets the running processor has.

#[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx2")))]
use super::Avx2;
#[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx512f")))]
use super::Avx512;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
use super::Neon;
use super::{Isa, Job, Portable};

/// An instruction set that the running processor has.
///
/// Without `std` the build alone decides: a set on which it does not count is never there, and nothing is compiled for it.
#[derive(Clone, Copy, Debug)]
pub enum Level {
    /// What every processor has.
    Portable(Portable),
    /// AVX2, FMA and F16C, on x86-64.
    #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx2")))]
    Avx2(Avx2),
    /// AVX-512 F and BW, on x86-64.
    #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx512f")))]
    Avx512(Avx512),
    /// NEON, on 64-bit ARM.
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon(Neon),
}

impl Level {
    /// The name by which `TYPEDNET_ISA` asks for this set.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable(_) => "portable",
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx2")))]
            Self::Avx2(_) => "avx2",
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx512f")))]
            Self::Avx512(_) => "avx512",
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Self::Neon(_) => "neon",
        }
    }

    /// Every set that the processor has, the best one last.
    pub fn available() -> impl Iterator<Item = Self> {
        let sets = [
            Some(Self::Portable(Portable)),
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx2")))]
            Avx2::detect().map(Self::Avx2),
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx512f")))]
            Avx512::detect().map(Self::Avx512),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Neon::detect().map(Self::Neon),
        ];
        sets.into_iter().flatten()
    }

    /// Runs a job with this set.
    #[inline]
    pub fn run<J: Job>(self, job: J) -> J::Output {
        match self {
            Self::Portable(isa) => isa.run(job),
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx2")))]
            Self::Avx2(isa) => isa.run(job),
            #[cfg(all(target_arch = "x86_64", any(feature = "std", target_feature = "avx512f")))]
            Self::Avx512(isa) => isa.run(job),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Self::Neon(isa) => isa.run(job),
        }
    }

    /// The set that `TYPEDNET_ISA` names if the processor has it, else the best one.
    fn choose() -> Self {
        let best = Self::available().last().unwrap_or(Self::Portable(Portable));
        #[cfg(feature = "std")]
        if let Ok(wanted) = std::env::var("TYPEDNET_ISA") {
            return Self::available().find(|level| level.name() == wanted).unwrap_or(best);
        }
        best
    }
}

/// The instruction set that [`super::dispatch`] uses, found at the first call.
#[cfg(feature = "std")]
#[inline]
pub fn level() -> Level {
    static LEVEL: std::sync::OnceLock<Level> = std::sync::OnceLock::new();
    *LEVEL.get_or_init(Level::choose)
}

/// The instruction set that [`super::dispatch`] uses: the best one that the build may count on.
#[cfg(not(feature = "std"))]
#[inline]
pub fn level() -> Level {
    Level::choose()
}
