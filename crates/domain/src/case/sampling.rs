//! Which decisions are looked at again. The draw comes from the caller; this only compares.

use crate::policy::Review;

/// What may be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampled {
    /// The machine approved.
    AutoApproved,
    /// One person decided alone.
    SingleReviewer {
        /// How many cases this person had decided before.
        decided_before: u32,
    },
}

/// Whether a decision is looked at again. `draw` is uniform over all of `u32`.
pub fn sampled(what: Sampled, rules: &Review, draw: u32) -> bool {
    match what {
        Sampled::AutoApproved => hits(rules.auto_approved_sample_percent, draw),
        Sampled::SingleReviewer { decided_before } if decided_before < rules.new_reviewer_first_cases => true,
        Sampled::SingleReviewer { .. } => hits(rules.single_reviewer_sample_percent, draw),
    }
}

/// True for that share of all draws, exact to one draw.
fn hits(percent: u32, draw: u32) -> bool {
    u64::from(draw) * 100 < u64::from(percent) << 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn the_share_is_exact_at_its_edges() {
        assert!(!hits(0, 0));
        assert!(hits(100, u32::MAX));
        // 5 % of 2^32 is 214,748,364.8.
        assert!(hits(5, 214_748_364));
        assert!(!hits(5, 214_748_365));
        let drawn = (0..10_000_u32).filter(|i| hits(5, i * 429_496)).count();
        assert_eq!(drawn, 501);
    }

    #[test]
    fn a_new_reviewer_is_always_looked_at() {
        let review = Policy::preset("cn_pboc").unwrap().review.clone();
        let drawn = |before| sampled(Sampled::SingleReviewer { decided_before: before }, &review, u32::MAX);
        assert!(drawn(0) && drawn(49));
        assert!(!drawn(50));
        assert!(sampled(Sampled::AutoApproved, &review, 0));
        assert!(!sampled(Sampled::AutoApproved, &review, u32::MAX));
    }
}
