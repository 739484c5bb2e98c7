#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| shiming_domain::fuzzing::policy(data));
