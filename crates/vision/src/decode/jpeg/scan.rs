//! Scans: from coded data to rows of samples, MCU row by MCU row.

use super::super::error::DecodeError;
use super::bits::{Bits, Code};
use super::blocks::{self, Band};
use super::dct::{self, FULL, HALF, Steps};
use super::markers::{Header, Process, Walk};
use super::tables::Tables;

const DAMAGED: DecodeError = DecodeError::Damaged;
/// Bytes that may be left over in a segment: some encoders pad.
const LEFT_OVER_MAX: usize = 1024;

/// One colour channel as it is laid out in memory.
pub(super) struct Channel {
    /// Blocks per MCU across and down.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Samples per block side: [`FULL`] or [`HALF`].
    block: usize,
    /// Blocks per row, whole MCUs.
    blocks_across: usize,
    /// Blocks that carry picture, where the channel is coded on its own (T.81 A.2.2).
    own_blocks: (usize, usize),
    /// Samples per row of the strip.
    pub(super) stride: usize,
    /// Rows of the strip.
    pub(super) rows: usize,
}

/// The geometry of a frame.
pub(super) struct Frame {
    /// Size of the picture that comes out, pixels.
    pub(super) size: (usize, usize),
    /// Rows of pixels per MCU row.
    pub(super) mcu_rows: usize,
    /// Columns of pixels per MCU.
    pub(super) mcu_columns: usize,
    mcus: (usize, usize),
    pub(super) channels: Vec<Channel>,
}

impl Frame {
    pub(super) fn new(header: &Header, halved: bool) -> Self {
        let (width, height) = (header.width as usize, header.height as usize);
        // A channel alone in the frame has one block per MCU, whatever its factors say (T.81 A.2.2).
        let alone = header.components.len() == 1;
        let most = |of: fn(&super::markers::Component) -> usize| {
            if alone { 1 } else { header.components.iter().map(of).max().unwrap_or(1) }
        };
        let (most_across, most_down) = (most(|c| c.across), most(|c| c.down));
        let size = if halved { HALF } else { FULL };
        let mcus = (width.div_ceil(8 * most_across), height.div_ceil(8 * most_down));
        let channels = header
            .components
            .iter()
            .map(|c| {
                let (across, down) = if alone { (1, 1) } else { (c.across, c.down) };
                // A channel stored at half resolution has the wanted one at full size already.
                let fits = across * FULL <= most_across * size && down * FULL <= most_down * size;
                let block = if fits { FULL } else { size };
                let own =
                    |side: usize, factor: usize, most: usize| (side * factor).div_ceil(most).div_ceil(8);
                Channel {
                    across,
                    down,
                    block,
                    blocks_across: mcus.0 * across,
                    own_blocks: (own(width, across, most_across), own(height, down, most_down)),
                    stride: mcus.0 * across * block,
                    rows: down * block,
                }
            })
            .collect();
        let halves = if halved { 2 } else { 1 };
        Self {
            size: (width.div_ceil(halves), height.div_ceil(halves)),
            mcu_rows: most_down * size,
            mcu_columns: most_across * size,
            mcus,
            channels,
        }
    }
}

/// Samples of one MCU row.
pub(super) struct Rows<'a> {
    pub(super) frame: &'a Frame,
    strips: &'a [Vec<u8>],
    /// Rows of pixels in it.
    pub(super) count: usize,
}

impl Rows<'_> {
    /// The samples of a channel that belong to a row of pixels.
    pub(super) fn channel_row(&self, channel: usize, y: usize) -> &[u8] {
        let layout = &self.frame.channels[channel];
        let row = y * layout.rows / self.frame.mcu_rows;
        &self.strips[channel][row * layout.stride..(row + 1) * layout.stride]
    }
}

/// Decodes a file whose structure was checked, and hands over MCU row after MCU row.
pub(super) fn decode(
    bytes: &[u8],
    header: &Header,
    frame: &Frame,
    mut sink: impl FnMut(&Rows<'_>),
) -> Result<(), DecodeError> {
    let mut walk = Walk { bytes, at: 2 };
    let mut tables = Tables::default();
    let mut store: Option<Store> = None;
    loop {
        let (marker, body) = walk.next_segment()?;
        if marker == 0xD9 {
            break;
        }
        if marker != 0xDA {
            tables.take(marker, body)?;
            continue;
        }
        let scan = Scan::new(body, header)?;
        let start = walk.at;
        walk.skip_scan();
        let segments = Segments::new(&bytes[start..walk.at], tables.restart)?;
        let whole = header.process == Process::Sequential && scan.channels.len() == header.components.len();
        if whole && store.is_none() {
            // Nothing after the only scan can add to the picture.
            return stream(&segments, &scan, &tables, header, frame, &mut sink);
        }
        store
            .get_or_insert_with(|| Store::new(header, frame))
            .take(&segments, &scan, &tables, header, frame)?;
    }
    store.ok_or(DAMAGED)?.draw(frame, &mut sink)
}

/// Which channels a scan codes, with which tables (T.81 B.2.3).
struct Scan {
    /// Index of the channel, of its code of means and of its other code.
    channels: Vec<(usize, usize, usize)>,
    band: Band,
}

impl Scan {
    fn new(body: &[u8], header: &Header) -> Result<Self, DecodeError> {
        let (&count, rest) = body.split_first().ok_or(DAMAGED)?;
        let (list, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or(DAMAGED)?;
        let &[first, last, bits] = rest else { return Err(DAMAGED) };
        let mut channels = Vec::new();
        for entry in list.chunks_exact(2) {
            let channel = header.components.iter().position(|c| c.id == entry[0]).ok_or(DAMAGED)?;
            let (means, others) = (usize::from(entry[1] >> 4), usize::from(entry[1] & 15));
            if means > 3 || others > 3 || channels.iter().any(|c: &(usize, usize, usize)| c.0 == channel) {
                return Err(DAMAGED);
            }
            channels.push((channel, means, others));
        }
        let (high, low) = (u32::from(bits >> 4), u32::from(bits & 15));
        let band = Band { first: first.into(), last: last.into(), low, refines: high > 0 };
        let sound = !channels.is_empty()
            && match header.process {
                // Some encoders leave these fields unset.
                Process::Sequential => true,
                Process::Progressive => {
                    band.last < 64
                        && low < 14
                        && (high == 0 || high == low + 1)
                        && (if band.first == 0 {
                            band.last == 0
                        } else {
                            band.first <= band.last && channels.len() == 1
                        })
                }
            };
        if sound { Ok(Self { channels, band }) } else { Err(DAMAGED) }
    }
}

/// The coded data of a scan without stuffing, cut at its restart markers.
struct Segments {
    data: Vec<u8>,
    /// End of each segment.
    ends: Vec<usize>,
}

impl Segments {
    fn new(coded: &[u8], restart: usize) -> Result<Self, DecodeError> {
        let mut data = Vec::with_capacity(coded.len());
        let mut ends = Vec::new();
        let mut rest = coded;
        while let Some(at) = rest.iter().position(|b| *b == 0xFF) {
            data.extend_from_slice(&rest[..at]);
            match rest.get(at + 1) {
                Some(0) => data.push(0xFF),
                Some(marker @ 0xD0..=0xD7) => {
                    // They count from 0 to 7 and again: a gap means that data is missing.
                    if usize::from(marker & 7) != ends.len() % 8 || restart == 0 {
                        return Err(DAMAGED);
                    }
                    ends.push(data.len());
                }
                // Fill bytes before a marker.
                _ => {
                    rest = &rest[at + 1..];
                    continue;
                }
            }
            rest = &rest[at + 2..];
        }
        data.extend_from_slice(rest);
        ends.push(data.len());
        Ok(Self { data, ends })
    }

    /// Runs over all MCUs of a scan, `per_row` to a row; `each` gets the bits, whether a segment starts, and
    /// the MCU's row and column.
    fn each_mcu(
        &self,
        rows: usize,
        per_row: usize,
        restart: usize,
        mut each: impl FnMut(&mut Bits<'_>, bool, usize, usize) -> Result<(), DecodeError>,
        mut row_done: impl FnMut(usize),
    ) -> Result<(), DecodeError> {
        let total = rows * per_row;
        let interval = if restart == 0 { total } else { restart };
        if self.ends.len() != total.div_ceil(interval.max(1)) {
            return Err(if self.ends.len() * interval < total { DecodeError::Truncated } else { DAMAGED });
        }
        let mut segment = 0..0;
        let mut next_end = self.ends.iter();
        let mut bits = Bits::new(&[]);
        let mut left = 0;
        for row in 0..rows {
            for column in 0..per_row {
                let starts = left == 0;
                if starts {
                    check_end(&bits)?;
                    segment = segment.end..*next_end.next().ok_or(DecodeError::Truncated)?;
                    bits = Bits::new(&self.data[segment.clone()]);
                    left = interval;
                }
                left -= 1;
                each(&mut bits, starts, row, column)?;
            }
            if bits.is_overrun() {
                return Err(DecodeError::Truncated);
            }
            row_done(row);
        }
        check_end(&bits)
    }
}

/// All of a segment was there, and nothing else.
fn check_end(bits: &Bits<'_>) -> Result<(), DecodeError> {
    if bits.is_overrun() {
        Err(DecodeError::Truncated)
    } else if bits.bytes_left() > LEFT_OVER_MAX {
        Err(DAMAGED)
    } else {
        Ok(())
    }
}

fn code(slot: &[Option<Code>; 4], index: usize) -> Result<&Code, DecodeError> {
    slot[index & 3].as_ref().ok_or(DAMAGED)
}

fn steps(tables: &Tables, table: usize) -> Result<Steps, DecodeError> {
    Ok(Steps::new(tables.steps[table & 3].as_ref().ok_or(DAMAGED)?))
}

fn strips(frame: &Frame) -> Vec<Vec<u8>> {
    frame.channels.iter().map(|c| vec![0; c.stride * c.rows]).collect()
}

/// Rows of pixels in an MCU row.
fn rows_in(frame: &Frame, mcu_row: usize) -> usize {
    frame.mcu_rows.min(frame.size.1.saturating_sub(mcu_row * frame.mcu_rows))
}

/// The usual file: one scan with all channels, drawn as it is read.
fn stream(
    segments: &Segments,
    scan: &Scan,
    tables: &Tables,
    header: &Header,
    frame: &Frame,
    sink: &mut impl FnMut(&Rows<'_>),
) -> Result<(), DecodeError> {
    struct Part<'a> {
        channel: usize,
        layout: &'a Channel,
        means: &'a Code,
        others: &'a Code,
        steps: Steps,
        prediction: i32,
    }
    let mut parts = Vec::new();
    for &(channel, means, others) in &scan.channels {
        parts.push(Part {
            channel,
            layout: &frame.channels[channel],
            means: code(&tables.means, means)?,
            others: code(&tables.others, others)?,
            steps: steps(tables, header.components[channel].table)?,
            prediction: 0,
        });
    }
    let strips = std::cell::RefCell::new(strips(frame));
    segments.each_mcu(
        frame.mcus.1,
        frame.mcus.0,
        tables.restart,
        |bits, starts, _, column| {
            let mut strips = strips.borrow_mut();
            for part in &mut parts {
                if starts {
                    part.prediction = 0;
                }
                let layout = part.layout;
                let strip = &mut strips[part.channel];
                for y in 0..layout.down {
                    for x in 0..layout.across {
                        let mut block = [0; 64];
                        let only_mean = blocks::sequential(
                            bits,
                            part.means,
                            part.others,
                            &mut part.prediction,
                            &mut block,
                        )?;
                        let at =
                            y * layout.block * layout.stride + (column * layout.across + x) * layout.block;
                        dct::draw(
                            &block,
                            only_mean,
                            &part.steps,
                            layout.block,
                            &mut strip[at..],
                            layout.stride,
                        );
                    }
                }
            }
            Ok(())
        },
        |row| sink(&Rows { frame, strips: &strips.borrow(), count: rows_in(frame, row) }),
    )
}

/// All coefficients of a picture that comes in several scans.
struct Store {
    channels: Vec<Stored>,
}

struct Stored {
    coefficients: Vec<[i16; 64]>,
    /// Set when the channel first appears: later tables do not apply to it.
    steps: Option<Steps>,
    /// The lowest bit known of each coefficient; 16 = none.
    low: [u32; 64],
}

impl Store {
    fn new(header: &Header, frame: &Frame) -> Self {
        let channels = frame
            .channels
            .iter()
            .take(header.components.len())
            .map(|c| Stored {
                coefficients: vec![[0; 64]; c.blocks_across * frame.mcus.1 * c.down],
                steps: None,
                low: [16; 64],
            })
            .collect();
        Self { channels }
    }

    fn take(
        &mut self,
        segments: &Segments,
        scan: &Scan,
        tables: &Tables,
        header: &Header,
        frame: &Frame,
    ) -> Result<(), DecodeError> {
        let mut predictions = [0; 4];
        for (channel, ..) in &scan.channels {
            let stored = &mut self.channels[*channel];
            if stored.steps.is_none() {
                stored.steps = Some(steps(tables, header.components[*channel].table)?);
            }
            let sequential = header.process == Process::Sequential;
            let (first, last, low) =
                if sequential { (0, 63, 0) } else { (scan.band.first, scan.band.last, scan.band.low) };
            for known in &mut stored.low[first..=last] {
                // Bits come in order, each once.
                let in_order =
                    if scan.band.refines && !sequential { *known == low + 1 } else { *known == 16 };
                if !in_order {
                    return Err(DAMAGED);
                }
                *known = low;
            }
        }
        // Blocks that a run of empty bands still covers; runs end with a segment.
        let mut to_skip = 0;
        let mut one = |bits: &mut Bits<'_>,
                       part: &(usize, usize, usize),
                       prediction: &mut i32,
                       starts: bool,
                       block: &mut [i16; 64]| {
            if starts {
                to_skip = 0;
            }
            let &(_, means, others) = part;
            let band = scan.band;
            if header.process == Process::Sequential {
                let (means, others) = (code(&tables.means, means)?, code(&tables.others, others)?);
                blocks::sequential(bits, means, others, prediction, block).map(|_| ())
            } else if band.first == 0 {
                if band.refines {
                    blocks::mean_refine(bits, band, block);
                    Ok(())
                } else {
                    blocks::mean_first(bits, code(&tables.means, means)?, prediction, band, block)
                }
            } else if band.refines {
                blocks::band_refine(bits, code(&tables.others, others)?, band, &mut to_skip, block)
            } else {
                blocks::band_first(bits, code(&tables.others, others)?, band, &mut to_skip, block)
            }
        };
        if let [part] = scan.channels.as_slice() {
            // A channel on its own: its blocks row by row, without the ones that only fill up MCUs.
            let layout = &frame.channels[part.0];
            let stored = &mut self.channels[part.0].coefficients;
            let mut prediction = 0;
            segments.each_mcu(
                layout.own_blocks.1,
                layout.own_blocks.0,
                tables.restart,
                |bits, starts, y, x| {
                    if starts {
                        prediction = 0;
                    }
                    let block = stored.get_mut(y * layout.blocks_across + x).ok_or(DAMAGED)?;
                    one(bits, part, &mut prediction, starts, block)
                },
                |_| {},
            )
        } else {
            segments.each_mcu(
                frame.mcus.1,
                frame.mcus.0,
                tables.restart,
                |bits, starts, row, column| {
                    if starts {
                        predictions = [0; 4];
                    }
                    for part in &scan.channels {
                        let layout = &frame.channels[part.0];
                        for y in 0..layout.down {
                            for x in 0..layout.across {
                                let at = (row * layout.down + y) * layout.blocks_across
                                    + column * layout.across
                                    + x;
                                let block = self.channels[part.0].coefficients.get_mut(at).ok_or(DAMAGED)?;
                                one(bits, part, &mut predictions[part.0 & 3], starts, block)?;
                            }
                        }
                    }
                    Ok(())
                },
                |_| {},
            )
        }
    }

    fn draw(&self, frame: &Frame, sink: &mut impl FnMut(&Rows<'_>)) -> Result<(), DecodeError> {
        // Every bit of every coefficient that was begun, and all of the means.
        let whole = |s: &Stored| s.low[0] == 0 && s.low.iter().all(|l| matches!(l, 0 | 16));
        if !self.channels.iter().all(whole) {
            return Err(DecodeError::Truncated);
        }
        let mut strips = strips(frame);
        for row in 0..frame.mcus.1 {
            for ((stored, layout), strip) in self.channels.iter().zip(&frame.channels).zip(&mut strips) {
                let Some(steps) = &stored.steps else { return Err(DAMAGED) };
                for y in 0..layout.down {
                    let first = (row * layout.down + y) * layout.blocks_across;
                    let line = stored.coefficients.get(first..first + layout.blocks_across).ok_or(DAMAGED)?;
                    for (x, block) in line.iter().enumerate() {
                        let only_mean = block[1..].iter().all(|c| *c == 0);
                        let at = y * layout.block * layout.stride + x * layout.block;
                        dct::draw(block, only_mean, steps, layout.block, &mut strip[at..], layout.stride);
                    }
                }
            }
            sink(&Rows { frame, strips: &strips, count: rows_in(frame, row) });
        }
        Ok(())
    }
}
