#![no_main]

use shiming_vision::decode::{Limits, decode};

// Small limits: what is looked for is the way to a verdict, not how long pixels take.
const LIMITS: Limits = Limits { bytes_max: 1 << 20, pixels_max: 100_000, working_side_max: 64 };

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(picture) = decode(data, &LIMITS) {
        let (width, height) = picture.rgb.dimensions();
        assert!(width.max(height) <= LIMITS.working_side_max, "the working picture keeps its limit");
    }
});
