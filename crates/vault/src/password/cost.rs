//! How much work a guess costs.

/// Argon2id parameters between the floor and a ceiling that keeps a forged row from taking the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Memory floors by number of passes (OWASP ASVS 5.0.0, appendix C). Three or more passes count as three.
const FLOORS: [(u32, u32); 3] = [(1, 47_104), (2, 19_456), (3, 12_288)];
const MEMORY_KIB_MAX: u32 = 1 << 20;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 16;

/// The parameters are outside what is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// Guessing would be too cheap.
    #[error(
        "m={memory_kib} KiB, t={passes}, p={lanes} is below the floor: t=1 needs 47104 KiB, t=2 19456, t=3 12288"
    )]
    BelowFloor {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// One check would take too much of the machine.
    #[error("m={memory_kib} KiB, t={passes}, p={lanes} is above the ceiling of 1 GiB, 16 passes, 16 lanes")]
    AboveCeiling {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
}

impl Cost {
    /// m = 64 MiB, t = 3, p = 1.
    pub const DEFAULT: Self = Self { memory_kib: 65_536, passes: 3, lanes: 1 };

    /// Memory in KiB, passes and lanes, refused below the floor or above the ceiling. Configuration goes
    /// through here, so a program with cheaper parameters does not start.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        let cost = Self { memory_kib, passes, lanes };
        cost.check_ceiling()?;
        let floor = FLOORS.iter().rev().find(|(from, _)| passes >= *from);
        if lanes == 0 || floor.is_none_or(|(_, floor)| memory_kib < *floor) {
            return Err(CostError::BelowFloor { memory_kib, passes, lanes });
        }
        Ok(cost)
    }

    /// What a stored hash says of itself: older ones may lie below the floor and are still checked.
    pub(super) fn stored(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        let cost = Self { memory_kib, passes, lanes };
        cost.check_ceiling()?;
        // RFC 9106 §3.1: at least one pass, one lane and eight blocks a lane.
        if passes == 0 || lanes == 0 || memory_kib < 8 * lanes {
            return Err(CostError::BelowFloor { memory_kib, passes, lanes });
        }
        Ok(cost)
    }

    fn check_ceiling(self) -> Result<(), CostError> {
        let Self { memory_kib, passes, lanes } = self;
        if memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
            return Err(CostError::AboveCeiling { memory_kib, passes, lanes });
        }
        Ok(())
    }

    /// Memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(self) -> u32 {
        self.lanes
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_holds_at_the_floor() {
        for (passes, memory) in [(1, 47_104), (2, 19_456), (3, 12_288), (4, 12_288), (16, 12_288)] {
            assert!(Cost::new(memory, passes, 1).is_ok(), "{passes}");
            assert!(
                matches!(Cost::new(memory - 1, passes, 1), Err(CostError::BelowFloor { .. })),
                "{passes}"
            );
        }
        assert!(Cost::new(65_536, 0, 1).is_err());
        assert!(Cost::new(65_536, 3, 0).is_err());
        assert_eq!(Cost::new(65_536, 3, 1), Ok(Cost::DEFAULT));
    }

    #[test]
    fn the_ceiling_holds_at_the_ceiling() {
        assert!(Cost::new(MEMORY_KIB_MAX, PASSES_MAX, LANES_MAX).is_ok());
        for (memory, passes, lanes) in [(MEMORY_KIB_MAX + 1, 1, 1), (65_536, 17, 1), (65_536, 3, 17)] {
            assert!(matches!(Cost::new(memory, passes, lanes), Err(CostError::AboveCeiling { .. })));
            assert!(Cost::stored(memory, passes, lanes).is_err());
        }
        assert!(Cost::stored(8, 1, 1).is_ok());
        assert!(Cost::stored(7, 1, 1).is_err());
        assert!(Cost::stored(u32::MAX, u32::MAX, u32::MAX).is_err());
    }
}
