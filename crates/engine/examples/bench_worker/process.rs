//! What the system says about this process.

use crate::Result;

/// Clock ticks of `/proc` per second: fixed by the kernel's interface on the platforms this is built for.
const TICKS_PER_S: f64 = 100.0;

/// The most memory that was resident, KiB.
pub(crate) fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let number = line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok());
    number.ok_or_else(|| "/proc/self/status has no VmHWM".into())
}

/// Processor time of all threads so far, ms, in steps of 10.
pub(crate) fn cpu_ms() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The second column is the program's name in brackets and may hold spaces.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let column = |i: usize| rest.split_whitespace().nth(i).and_then(|n| n.parse::<f64>().ok());
    let ticks = column(11).zip(column(12)).map(|(user, system)| user + system);
    ticks.map(|t| t * 1e3 / TICKS_PER_S).ok_or_else(|| "/proc/self/stat cannot be read".into())
}
