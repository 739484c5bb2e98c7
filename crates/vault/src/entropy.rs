//! Where randomness comes from: passed in, so that tests can repeat it and nothing draws it in secret.

/// A source of cryptographically secure random bytes.
///
/// It cannot report a failure, because nothing sensible could be done after one: an implementation whose
/// source fails ends the process (security rules, "CSPRNG failure aborts").
pub trait Entropy {
    /// Overwrites all of `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Not a panic: a job runner would catch it and go on without randomness.
            std::process::abort();
        }
    }
}

/// An array of random bytes.
pub(crate) fn random<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// Repeatable bytes for tests: SHA-256 of a seed and a counter.
#[cfg(test)]
pub(crate) struct Seeded(pub(crate) u64, u64);

#[cfg(test)]
impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed, 0)
    }
}

#[cfg(test)]
impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.1 += 1;
            let block = crate::digest::Sha256::of(&[self.0.to_be_bytes(), self.1.to_be_bytes()].concat());
            for (to, from) in chunk.iter_mut().zip(block.as_bytes()) {
                *to = *from;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let first: [u8; 32] = random(&mut OsEntropy);
        let second: [u8; 32] = random(&mut OsEntropy);
        assert_ne!(first, second);
        assert_ne!(first, [0; 32]);
    }
}
