//! Trying again what was overtaken.

/// How often. Two people on one application are many already.
pub(crate) const TRIES: u32 = 8;

/// Tries again from the start when somebody else was faster: what was read is no longer so.
macro_rules! again {
    ($work:expr) => {{
        let mut left = $crate::again::TRIES;
        loop {
            match $work.await {
                Err($crate::service::Error::Store(shiming_store::Error::Conflict { .. })) if left > 0 => {
                    left -= 1;
                }
                done => break done,
            }
        }
    }};
}
