//! Gives what one picture needed back before the next comes.
//!
//! The C library gives each thread a heap of its own, and takes buffers below 32 MiB from there once it has seen
//! such a one returned: in a process that looks at hard pictures on several threads 677 MiB stay behind, and 944 are
//! reached. With one heap, and with buffers of 16 MiB and more given back at once, 236 stay and 475 are reached, in
//! the same time (31 pictures without a card, with two, of passports and of far cards, on two cores). The library
//! reads these settings when a program starts, so the program starts itself once more with them. See
//! docs/adr/0011-heap.md.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread::available_parallelism;

/// Buffers of this size and more are given back to the system at once, bytes.
const GIVEN_BACK: &str = "16777216";
/// Free memory at the end of a heap from which on it is given back, bytes.
const KEPT: &str = "33554432";

/// Starts the program again with settings for the heap, unless it has some already. `stays`: it looks at many
/// pictures, one after the other.
pub(crate) fn settle(stays: bool) {
    let cores = available_parallelism().map_or(1, usize::from);
    // Threads that look at pictures ask for memory seldom and for much of it: one for two cores will do, and keeps
    // least. But networks that are loaded side by side wait for each other with it, and who looks once waits for them.
    let heaps = if stays { (cores / 2).max(1) } else { cores.min(2) }.to_string();
    let settings = [
        ("MALLOC_ARENA_MAX", heaps.as_str()),
        ("MALLOC_MMAP_THRESHOLD_", GIVEN_BACK),
        ("MALLOC_TRIM_THRESHOLD_", KEPT),
    ];
    let is_set = |name: &str| env::var_os(name).is_some();
    // What the operator chose stays; it is also how the second start knows that it is one.
    if is_set("GLIBC_TUNABLES") || settings.iter().any(|(name, _)| is_set(name)) {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // It comes back only if it fails. Then the heap is larger and everything else as it was.
    drop(again.args(arguments).envs(settings).exec());
}
