//! From channels to RGB rows.

use super::markers::Header;
use super::scan::{Frame, Rows};

/// What the channels mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// Red, green, blue.
    Rgb,
    /// Luma and two colour differences, ITU-R BT.601 full range (JFIF 1.02).
    YCbCr,
    /// Cyan, magenta, yellow, black; `inverted` as Adobe writes them.
    Cmyk {
        /// 255 means no ink.
        inverted: bool,
    },
    /// CMYK whose first three channels went through the transform of [`Self::YCbCr`].
    Ycck {
        /// See [`Self::Cmyk`].
        inverted: bool,
    },
}

impl Conversion {
    /// The Adobe segment decides, else the usual: three channels are YCbCr unless they are named R, G, B.
    pub(super) fn of(header: &Header) -> Self {
        let ids: Vec<u8> = header.components.iter().map(|c| c.id).collect();
        match (header.components.len(), header.adobe) {
            (4, Some(2)) => Self::Ycck { inverted: true },
            (4, adobe) => Self::Cmyk { inverted: adobe.is_some() },
            (_, Some(0)) => Self::Rgb,
            (_, None) if !header.jfif && ids == *b"RGB" => Self::Rgb,
            _ => Self::YCbCr,
        }
    }
}

/// Rows of channels stretched to the picture's width.
pub(super) struct Scratch {
    rows: Vec<Vec<u8>>,
}

impl Scratch {
    pub(super) fn new(frame: &Frame) -> Self {
        Self { rows: frame.channels.iter().map(|_| vec![0; frame.size.0]).collect() }
    }
}

/// Draws a row of RGB pixels.
pub(super) fn draw_row(
    rows: &Rows<'_>,
    y: usize,
    conversion: Conversion,
    scratch: &mut Scratch,
    line: &mut [u8],
) {
    let frame = rows.frame;
    for (channel, (stretched, layout)) in scratch.rows.iter_mut().zip(&frame.channels).enumerate() {
        let samples = rows.channel_row(channel, y);
        let per_mcu = layout.rows / layout.down * layout.across;
        stretch(samples, per_mcu, frame.mcu_columns, stretched);
    }
    match (conversion, scratch.rows.as_mut_slice()) {
        (Conversion::Rgb, [r, g, b]) => {
            for (pixel, ((r, g), b)) in line.chunks_exact_mut(3).zip(r.iter().zip(g.iter()).zip(b.iter())) {
                pixel[0] = *r;
                pixel[1] = *g;
                pixel[2] = *b;
            }
        }
        (Conversion::YCbCr, [y, cb, cr]) => ycc_row(y, cb, cr, line),
        (Conversion::Ycck { inverted } | Conversion::Cmyk { inverted }, [c, m, y, k]) => {
            let ycck = matches!(conversion, Conversion::Ycck { .. });
            if ycck {
                ycc_row(c, m, y, line);
            } else {
                for (pixel, ((c, m), y)) in line.chunks_exact_mut(3).zip(c.iter().zip(m.iter()).zip(y.iter()))
                {
                    pixel[0] = *c;
                    pixel[1] = *m;
                    pixel[2] = *y;
                }
            }
            for (pixel, k) in line.chunks_exact_mut(3).zip(k.iter()) {
                for v in pixel {
                    let light = |v: u8| u16::from(if inverted { v } else { 255 - v });
                    *v = ((light(*v) * light(*k) + 127) / 255) as u8;
                }
            }
        }
        // The number of channels was checked against the conversion when it was chosen.
        _ => {}
    }
}

/// Repeats samples so that `from` of them per MCU become `to`.
fn stretch(samples: &[u8], from: usize, to: usize, out: &mut [u8]) {
    if from == to {
        let n = out.len().min(samples.len());
        out[..n].copy_from_slice(&samples[..n]);
    } else if from * 2 == to {
        for (pair, s) in out.chunks_mut(2).zip(samples) {
            pair.fill(*s);
        }
    } else {
        for (x, o) in out.iter_mut().enumerate() {
            *o = samples.get(x * from / to).copied().unwrap_or(0);
        }
    }
}

/// YCbCr to RGB with 16 fractional bits.
fn ycc_row(y: &[u8], cb: &[u8], cr: &[u8], line: &mut [u8]) {
    for (pixel, ((y, cb), cr)) in line.chunks_exact_mut(3).zip(y.iter().zip(cb).zip(cr)) {
        let luma = (i32::from(*y) << 16) + 0x8000;
        let (b, r) = (i32::from(*cb) - 128, i32::from(*cr) - 128);
        let sample = |v: i32| (v >> 16).clamp(0, 255) as u8;
        pixel[0] = sample(luma + 91_881 * r);
        pixel[1] = sample(luma - 22_554 * b - 46_802 * r);
        pixel[2] = sample(luma + 116_130 * b);
    }
}
