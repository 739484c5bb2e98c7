#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| shiming_idcard::fuzzing::mrz(data));
