//! Which steps, in which order.

use super::Action;

/// Fewest steps of a challenge.
pub const STEPS_MIN: usize = 2;
/// Most steps of a challenge.
pub const STEPS_MAX: usize = Action::ALL.len();

/// Two or three different steps in random order: twelve challenges, each as likely as the others (to 2⁻⁵⁶).
/// `random` is fresh and unpredictable; the client learns a step only when the one before it has passed.
pub fn draw(random: u64) -> Vec<Action> {
    // 6 orders of three steps and 6 of two; an order of two is an order of three without its last.
    let (order, steps) =
        ((random % 6) as usize, if (random / 6).is_multiple_of(2) { STEPS_MIN } else { STEPS_MAX });
    let mut actions = Action::ALL.to_vec();
    let first = actions.remove(order % 3);
    if order >= 3 {
        actions.reverse();
    }
    actions.insert(0, first);
    actions.truncate(steps);
    actions
}
