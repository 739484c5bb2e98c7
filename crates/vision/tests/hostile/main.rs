//! Hostile and unusual files: each gives a clear error code or the right picture, in bounded memory.

#[cfg(test)]
mod make;

use make::{FIXTURES, chunk, fixture, formula, header, png};
use peak_alloc::PeakAlloc;
use shiming_vision::decode::{DecodeError, Limits, decode};
use shiming_vision::picture::Picture;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test at a time, so that the peak of memory belongs to it.
fn alone() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn load(bytes: &[u8]) -> Result<Picture, DecodeError> {
    decode(bytes, &Limits::default())
}

fn code(bytes: &[u8]) -> &'static str {
    load(bytes).map_or_else(|e| e.code(), |_| "fine")
}

/// Panics since the program started, also those that `decode` turned into errors.
fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            COUNT.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
    });
    COUNT.load(Ordering::SeqCst)
}

/// Runs and gives the result with the growth of memory at its highest, bytes.
fn measured<T>(run: impl FnOnce() -> T) -> (T, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let out = run();
    (out, MEMORY.peak_usage().saturating_sub(before))
}

const MIB: usize = 1 << 20;

/// The fixture's colours, within what the coding loses, away from the edges of the quarters.
fn assert_is_formula(name: &str, picture: &Picture, tolerance: u8) {
    assert_eq!(picture.rgb.dimensions(), (56, 40), "{name}");
    for (x, y) in [(4, 4), (20, 12), (36, 4), (50, 14), (6, 34), (20, 26), (40, 30), (52, 36)] {
        let (got, want) = (picture.rgb.get_pixel(x, y).0, formula(x, y));
        assert!(
            got.iter().zip(want).all(|(g, w)| g.abs_diff(w) <= tolerance),
            "{name} {x},{y}: {got:?} {want:?}"
        );
    }
}

#[test]
fn every_variant_decodes_to_the_right_picture() {
    let _alone = alone();
    for (name, tolerance) in [
        ("baseline_444.jpg", 12),
        ("baseline_422.jpg", 12),
        ("baseline_420.jpg", 12),
        ("progressive.jpg", 12),
        ("restart.jpg", 12),
        ("cmyk_adobe.jpg", 12),
        ("lossy.webp", 20),
        ("lossless.webp", 0),
        ("palette.png", 24),
    ] {
        let picture = load(&fixture(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_is_formula(name, &picture, tolerance);
        assert!((picture.scale - 1.0).abs() < 1e-6);
        assert!(!picture.grey_file, "{name}");
    }
    for (depth, interlaced) in [(8, false), (8, true), (16, false), (16, true)] {
        let picture = load(&make::formula_png(depth, interlaced)).unwrap();
        assert_is_formula("formula png", &picture, 0);
    }
}

#[test]
fn grey_files_become_grey_pictures() {
    let _alone = alone();
    for name in ["grey.jpg", "grey16.png"] {
        let picture = load(&fixture(name)).unwrap();
        assert!(picture.grey_file, "{name}");
        for (x, y) in [(4, 4), (50, 14), (20, 26)] {
            let [r, g, b] = formula(x, y).map(f32::from);
            let want = 0.299 * r + 0.587 * g + 0.114 * b;
            let got = picture.rgb.get_pixel(x, y).0;
            assert!(
                (f32::from(got[0]) - want).abs() <= 8.0 && got[0] == got[1] && got[1] == got[2],
                "{name}"
            );
        }
    }
    // One bit a pixel, black and white alternating.
    let rows: Vec<u8> = (0..40).flat_map(|_| [0, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]).collect();
    let picture = load(&png(&[header(40, 40, 1, 0, 0), chunk(b"IDAT", &make::deflated(&rows))])).unwrap();
    assert_eq!(picture.rgb.get_pixel(0, 0).0, [255; 3]);
    assert_eq!(picture.rgb.get_pixel(1, 0).0, [0; 3]);
}

#[test]
fn transparency_is_put_on_white() {
    let _alone = alone();
    for name in ["alpha.png", "alpha.webp"] {
        let picture = load(&fixture(name)).unwrap();
        assert_eq!(picture.rgb.get_pixel(5, 5).0, formula(5, 5), "{name}");
        assert_eq!(picture.rgb.get_pixel(40, 5).0, [255; 3], "{name}");
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let _alone = alone();
    let jpeg = fixture("baseline_444.jpg");
    let plain = make::formula_png(8, false);
    let (start, rest) = plain.split_at(8 + 25);
    for orientation in 1..=8_u16 {
        let png = [start, &chunk(b"eXIf", &make::exif(orientation)), rest].concat();
        for file in [make::with_orientation(&jpeg, orientation), png] {
            let picture = load(&file).unwrap();
            assert_eq!(u16::from(picture.orientation), orientation);
            let (w, h) = if orientation >= 5 { (40, 56) } else { (56, 40) };
            assert_eq!((picture.file.width_px, picture.file.height_px), (w, h));
            assert_eq!(picture.rgb.dimensions(), (w, h));
            for (x, y) in [(6, 6), (50, 6), (6, 34), (50, 34)] {
                // Where a stored pixel stands upright (EXIF 2.32 §4.6.4 A).
                let (ux, uy) = match orientation {
                    1 => (x, y),
                    2 => (55 - x, y),
                    3 => (55 - x, 39 - y),
                    4 => (x, 39 - y),
                    5 => (y, x),
                    6 => (39 - y, x),
                    7 => (39 - y, 55 - x),
                    _ => (y, 55 - x),
                };
                let (got, want) = (picture.rgb.get_pixel(ux, uy).0, formula(x, y));
                assert!(
                    got.iter().zip(want).all(|(g, w)| g.abs_diff(w) <= 12),
                    "{orientation}: {got:?} {want:?}"
                );
            }
        }
    }
    for nonsense in [0, 9, 0xFFFF] {
        assert_eq!(load(&make::with_orientation(&jpeg, nonsense)).unwrap().orientation, 1);
    }
}

#[test]
fn every_truncation_is_an_error() {
    let _alone = alone();
    let mut files: Vec<(String, Vec<u8>)> = FIXTURES.iter().map(|n| ((*n).to_owned(), fixture(n))).collect();
    files.push(("interlaced".into(), make::formula_png(8, true)));
    for (name, file) in files {
        // The last byte of a WebP chunk of odd length is padding; all else is needed.
        for end in 0..file.len() {
            let got = code(&file[..end]);
            assert!(
                matches!(got, "truncated" | "damaged" | "empty_file" | "unknown_format"),
                "{name} cut to {end} of {}: {got}",
                file.len()
            );
        }
    }
}

#[test]
fn a_scan_with_a_piece_missing_is_an_error() {
    let _alone = alone();
    for name in [
        "baseline_444.jpg",
        "baseline_420.jpg",
        "grey.jpg",
        "cmyk_adobe.jpg",
        "restart.jpg",
        "progressive.jpg",
    ] {
        let file = fixture(name);
        let (start, end) = (make::scan_start(&file), file.len() - 2);
        for sixteenth in 1..16 {
            // Cut off there, and an end marker put on so that the structure is whole.
            let at = start + (end - start) * sixteenth / 16;
            let mut cut = file[..at].to_vec();
            if cut.last() == Some(&0xFF) {
                cut.pop();
            }
            cut.extend([0xFF, 0xD9]);
            let got = code(&cut);
            assert!(matches!(got, "truncated" | "damaged"), "{name} {sixteenth}/16: {got}");
        }
    }
}

#[test]
fn flipped_bits_never_panic_and_never_lie_about_the_size() {
    let _alone = alone();
    let before = panics();
    for name in FIXTURES {
        let file = fixture(name);
        for at in 0..file.len() {
            let mut broken = file.clone();
            broken[at] ^= 1 << (at % 8);
            if let Ok(picture) = load(&broken) {
                let (w, h) = picture.rgb.dimensions();
                assert!(w.max(h) <= 2048, "{name} byte {at}");
                assert!(u64::from(picture.file.width_px) * u64::from(picture.file.height_px) <= 25_000_000);
            }
        }
    }
    assert_eq!(panics(), before);
}

#[test]
fn large_dimensions_are_refused_before_any_pixel_is_allocated() {
    let _alone = alone();
    let vp8l = |w: u32, h: u32| {
        [vec![0x2f], ((w - 1) | ((h - 1) << 14)).to_le_bytes().to_vec(), vec![0; 64]].concat()
    };
    let jpeg = fixture("baseline_420.jpg");
    let files = [
        ("jpeg", make::with_dimensions(&jpeg, 0xC0, 65535, 65535)),
        ("progressive", make::with_dimensions(&fixture("progressive.jpg"), 0xC2, 65535, 65535)),
        (
            "png",
            png(&[
                header(i32::MAX as u32, i32::MAX as u32, 16, 6, 1),
                chunk(b"IDAT", &make::deflated(&[0; 9])),
            ]),
        ),
        ("webp", make::webp(&[(b"VP8L", vp8l(16384, 16384))])),
        ("just above", png(&[header(5001, 5000, 8, 0, 0), chunk(b"IDAT", &make::deflated(&[0; 9]))])),
    ];
    for (name, file) in files {
        let (got, peak) = measured(|| code(&file));
        assert_eq!(got, "too_many_pixels", "{name}");
        assert!(peak < MIB, "{name}: {peak}");
    }
    assert_eq!(code(&png(&[header(0, 40, 8, 0, 0), chunk(b"IDAT", &[])])), "too_few_pixels");
    assert_eq!(code(&make::with_dimensions(&jpeg, 0xC0, 0, 40)), "too_few_pixels");
    assert_eq!(code(&make::with_dimensions(&jpeg, 0xC0, 56, 0)), "variant_not_supported");
}

#[test]
fn headers_that_promise_more_than_the_file_holds_are_errors_in_bounded_memory() {
    let _alone = alone();
    let files = [
        ("jpeg", make::with_dimensions(&fixture("baseline_420.jpg"), 0xC0, 5000, 5000)),
        ("grey jpeg", make::with_dimensions(&fixture("grey.jpg"), 0xC0, 5000, 5000)),
        ("progressive", make::with_dimensions(&fixture("progressive.jpg"), 0xC2, 5000, 5000)),
        ("png", png(&[header(5000, 5000, 8, 2, 0), chunk(b"IDAT", &make::deflated(&[0; 999]))])),
        ("interlaced png", png(&[header(5000, 5000, 16, 6, 1), chunk(b"IDAT", &make::deflated(&[0; 999]))])),
    ];
    for (name, file) in files {
        let (got, peak) = measured(|| code(&file));
        assert!(matches!(got, "truncated" | "damaged"), "{name}: {got}");
        assert!(peak < 256 * MIB, "{name}: {} MiB", peak / MIB);
    }
}

#[test]
fn bombs_cost_no_more_than_the_picture_they_claim_to_be() {
    let _alone = alone();
    // A black picture at the limit of pixels: 25 million from 25 kB.
    let black = png(&[header(5000, 5000, 8, 0, 0), chunk(b"IDAT", &make::deflated_zeros(5001 * 5000))]);
    let (got, peak) = measured(|| load(&black).map(|p| p.rgb.dimensions()));
    assert_eq!(got.unwrap(), (2048, 2048));
    assert!(peak < 24 * MIB, "{} MiB", peak / MIB);

    // A small picture whose data goes on for 300 MB, and small pictures with expandable metadata.
    let long = png(&[header(64, 64, 8, 0, 0), chunk(b"IDAT", &make::deflated_zeros(300_000_000))]);
    let bomb = make::deflated_zeros(300_000_000);
    let tiny = chunk(b"IDAT", &make::deflated(&[0; 65 * 64]));
    let text = |kind, name: &[u8]| chunk(kind, &[name, &[0, 0], &bomb].concat());
    let profile = png(&[header(64, 64, 8, 0, 0), text(b"iCCP", b"profile"), tiny.clone()]);
    let comment = png(&[header(64, 64, 8, 0, 0), text(b"zTXt", b"Comment"), tiny]);
    for (name, file) in [("long", long), ("iCCP", profile), ("zTXt", comment)] {
        let (got, peak) = measured(|| code(&file));
        assert!(matches!(got, "fine" | "damaged"), "{name}: {got}");
        assert!(peak < 4 * MIB, "{name}: {} MiB", peak / MIB);
    }

    // Nine megabytes of application segments.
    let jpeg = fixture("baseline_420.jpg");
    let mut heavy = jpeg[..2].to_vec();
    for i in 0..140_u8 {
        heavy
            .extend(make::segment(0xE2, &[b"ICC_PROFILE\0".as_slice(), &[i, 140], &vec![7; 65000]].concat()));
    }
    heavy.extend(&jpeg[2..]);
    let (got, peak) = measured(|| code(&heavy));
    assert_eq!(got, "fine");
    assert!(peak < 32 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn a_progressive_file_with_endless_scans_is_refused() {
    let _alone = alone();
    let file = fixture("progressive.jpg");
    let at = make::find_segment(&file, 0xDA);
    let scan_end = at + file[at..].windows(2).position(|w| w[0] == 0xFF && w[1] == 0xC4).unwrap();
    let repeated = [&file[..at], &file[at..scan_end].repeat(100), &file[scan_end..]].concat();
    assert_eq!(code(&repeated), "variant_not_supported");
}

#[test]
fn animations_are_refused() {
    let _alone = alone();
    assert_eq!(code(&fixture("animated.png")), "animated");
    assert_eq!(code(&fixture("animated.webp")), "animated");
}

#[test]
fn other_formats_are_named_and_come_with_advice() {
    let _alone = alone();
    for (bytes, want) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), "heic_not_supported"),
        (b"%PDF-1.7 ...", "pdf_not_supported"),
        (b"GIF89a\x01\0\x01\0", "format_not_supported"),
        (b"II*\0\x08\0\0\0", "format_not_supported"),
        (b"BM\x46\0\0\0", "format_not_supported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format_not_supported"),
        (b"PK\x03\x04", "format_not_supported"),
        (b"#!/bin/sh", "unknown_format"),
        (b"", "empty_file"),
    ] {
        let error = load(bytes).unwrap_err();
        assert_eq!(error.code(), want);
        assert!(!error.advice().zh_cn.is_empty() && error.advice().en.ends_with('.'));
    }
    // Legal JPEG that no phone writes, told by the frame marker or the sample precision.
    let jpeg = fixture("baseline_420.jpg");
    let at = make::find_segment(&jpeg, 0xC0);
    for (offset, value) in [(1, 0xC3), (1, 0xC9), (1, 0xCA), (1, 0xC5), (4, 12), (9, 2)] {
        let mut odd = jpeg.clone();
        odd[at + offset] = value;
        assert_eq!(code(&odd), "variant_not_supported", "{offset} {value:x}");
    }
}

#[test]
fn the_byte_limit_holds_exactly() {
    let _alone = alone();
    let mut file = fixture("baseline_420.jpg");
    file.resize(10 << 20, 0);
    assert_eq!(code(&file), "fine");
    file.push(0);
    assert_eq!(code(&file), "too_many_bytes");
}

#[test]
fn what_follows_the_picture_is_refused_unless_a_phone_wrote_it() {
    let _alone = alone();
    let jpeg = fixture("baseline_420.jpg");
    for (name, picture) in
        [("jpeg", jpeg.clone()), ("png", make::formula_png(8, false)), ("webp", fixture("lossy.webp"))]
    {
        for tail in [b"<?php echo 1;".as_slice(), b"PK\x03\x04....", make::EMPTY_ZIP, b"\x7fELF", b"%PDF-1.4"]
        {
            assert_eq!(code(&[&picture, tail].concat()), "trailing_data", "{name} {tail:?}");
        }
        assert_eq!(code(&[&picture, b"\0\0\r\n".as_slice()].concat()), "fine", "{name}");
    }
    // Further pictures: a gain map, a preview.
    assert_eq!(code(&[jpeg.clone(), fixture("grey.jpg"), jpeg.clone()].concat()), "fine");
    let cut = &jpeg[..jpeg.len() - 9];
    assert_eq!(code(&[&jpeg, cut].concat()), "trailing_data");
    // A video only when the picture announces one.
    let video = b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\x0bmdatabc";
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto='1'/>";
    assert_eq!(code(&[jpeg.as_slice(), video].concat()), "trailing_data");
    let announced = make::with_segment(&jpeg, 0xE1, xmp);
    assert_eq!(code(&[announced.as_slice(), video].concat()), "fine");
    assert_eq!(code(&[announced.as_slice(), video, make::EMPTY_ZIP].concat()), "trailing_data");
}

#[test]
fn files_that_are_two_formats_at_once_are_refused() {
    let _alone = alone();
    let jpeg = fixture("baseline_420.jpg");
    assert_eq!(code(&make::with_segment(&jpeg, 0xFE, b"%PDF-1.4 1 0 obj")), "trailing_data");
    // An archive in a comment whose own comment is the rest of the picture.
    let mut record = make::EMPTY_ZIP.to_vec();
    let rest = (jpeg.len() - 2) as u16;
    record[20..22].copy_from_slice(&rest.to_le_bytes());
    assert_eq!(code(&make::with_segment(&jpeg, 0xFE, &record)), "trailing_data");
    // Ordinary comments are fine.
    assert_eq!(code(&make::with_segment(&jpeg, 0xFE, b"taken with a telephone")), "fine");
}

#[test]
fn structure_errors_of_png_and_webp_are_errors() {
    let _alone = alone();
    let tiny = chunk(b"IDAT", &make::deflated(&[0; 65 * 64]));
    let head = header(64, 64, 8, 0, 0);
    for (name, file) in [
        ("no data", png(std::slice::from_ref(&head))),
        ("data first", png(&[tiny.clone(), head.clone()])),
        ("two headers", png(&[head.clone(), head.clone(), tiny.clone()])),
        ("unknown critical chunk", png(&[head.clone(), chunk(b"QUUX", &[1, 2]), tiny.clone()])),
        ("palette missing", png(&[header(64, 64, 8, 3, 0), tiny.clone()])),
        ("bad depth", png(&[header(64, 64, 7, 0, 0), tiny.clone()])),
        ("no picture", make::webp(&[(b"EXIF", make::exif(1))])),
        (
            "canvas differs",
            make::webp(&[
                (b"VP8X", vec![0, 0, 0, 0, 99, 0, 0, 99, 0, 0]),
                (b"VP8L", fixture("lossless.webp")[20..].to_vec()),
            ]),
        ),
    ] {
        assert_eq!(code(&file), "damaged", "{name}");
    }
    let mut wrong_sum = png(&[head, tiny]);
    wrong_sum[8 + 20] ^= 1;
    assert_eq!(code(&wrong_sum), "damaged");
}

#[test]
fn a_picture_at_the_limit_stays_within_the_memory_bound() {
    let _alone = alone();
    let mut jpeg = Vec::new();
    let row: Vec<u8> = (0..5000 * 3).map(|i| (i % 251) as u8).collect();
    let pixels = row.repeat(5000);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 60)
        .encode(&pixels, 5000, 5000, image::ExtendedColorType::Rgb8)
        .unwrap();
    drop(pixels);
    let (got, peak) = measured(|| load(&jpeg).map(|p| p.rgb.dimensions()));
    assert_eq!(got.unwrap(), (2048, 2048));
    assert!(peak < 24 * MIB, "{} MiB", peak / MIB);
}

#[test]
fn the_working_side_is_a_limit() {
    let _alone = alone();
    let file = fixture("baseline_444.jpg");
    let picture = decode(&file, &Limits { working_side_max: 28, ..Limits::default() }).unwrap();
    assert_eq!((picture.rgb.dimensions(), picture.scale), ((28, 20), 2.0));
    let [x, y] = picture.point_to_original([28.0, 20.0]);
    assert_eq!((x, y), (56.0, 40.0));
}
