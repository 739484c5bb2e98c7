//! Hostile pictures, looked at by the real eyes.

use super::make::{self, FIXTURES, chunk, fixture, header, png};
use crate::client::{Answer, Client};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use shiming_engine::models::default_directory;
use shiming_engine::service::Eyes;
use shiming_engine::{EngineChoice, Toolbox};
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial, TrialOptions, databases};
use std::sync::{Arc, OnceLock};

/// The installed networks, loaded once.
fn eyes() -> Arc<dyn Eyes> {
    static EYES: OnceLock<Arc<Toolbox>> = OnceLock::new();
    let eyes = EYES.get_or_init(|| {
        let folder = default_directory(|name| std::env::var_os(name)).unwrap();
        let toolbox = Toolbox::open(&folder, EngineChoice::Auto, 2);
        Arc::new(toolbox.unwrap_or_else(|e| panic!("{e}; run `cargo xtask setup` once")))
    });
    Arc::clone(eyes) as _
}

async fn trial(database: Database) -> Trial {
    let options = TrialOptions { real_eyes: Some(eyes()), ..TrialOptions::default() };
    Trial::with(database, options).await
}

/// Somebody's client, signed in, with an application that waits for pictures.
async fn applicant(trial: &Trial, n: u32) -> (Client, Somebody, String) {
    let somebody = stories::registered(trial, n).await;
    let id = stories::declared(trial, &somebody, 1).await;
    let mut client = Client::of(trial);
    client.sign_in(trial, &somebody.account.to_string()).await;
    (client, somebody, format!("/api/v1/applications/{id}/files"))
}

/// It was refused as a file that cannot be opened, and says so for developers and applicants.
fn assert_unreadable(name: &str, answer: &Answer) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", answer.text);
    let problem = answer.json();
    assert_eq!(problem["code"], "IMG_UNREADABLE_FILE", "{name}");
    assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{name}: {problem}");
    assert_eq!(problem["reasons"][0]["public_code"], "IMG_UNREADABLE_FILE", "{name}");
    assert!(!problem["reasons"][0]["text"]["zh-CN"].as_str().unwrap().is_empty(), "{name}");
}

/// Every kind of file that the decoder refuses.
fn files() -> Vec<(String, Vec<u8>)> {
    let jpeg = fixture("baseline_420.jpg");
    let tiny = chunk(b"IDAT", &make::deflated(&[0; 65 * 64]));
    let head = header(64, 64, 8, 0, 0);
    let scan = {
        let file = fixture("progressive.jpg");
        let at = make::find_segment(&file, 0xDA);
        let end = at + file[at..].windows(2).position(|w| w[0] == 0xFF && w[1] == 0xC4).unwrap();
        [&file[..at], &file[at..end].repeat(100), &file[end..]].concat()
    };
    let mut archive = make::EMPTY_ZIP.to_vec();
    archive[20..22].copy_from_slice(&((jpeg.len() - 2) as u16).to_le_bytes());
    let mut wrong_sum = png(&[head.clone(), tiny.clone()]);
    wrong_sum[8 + 20] ^= 1;
    let mut all: Vec<(&str, Vec<u8>)> = vec![
        ("no bytes", Vec::new()),
        ("text", b"#!/bin/sh".to_vec()),
        ("pdf", b"%PDF-1.7 ...".to_vec()),
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("gif", b"GIF89a\x01\0\x01\0".to_vec()),
        ("tiff", b"II*\0\x08\0\0\0".to_vec()),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("html", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("zip", b"PK\x03\x04".to_vec()),
        ("only a start marker", jpeg[..2].to_vec()),
        ("jpeg cut", jpeg[..jpeg.len() / 2].to_vec()),
        ("jpeg of 65535 x 65535", make::with_dimensions(&jpeg, 0xC0, 65535, 65535)),
        ("jpeg that promises more", make::with_dimensions(&jpeg, 0xC0, 5000, 5000)),
        ("endless scans", scan),
        ("png of 2^31 x 2^31", png(&[header(i32::MAX as u32, i32::MAX as u32, 16, 6, 1), tiny.clone()])),
        ("png just above 25 MP", png(&[header(5001, 5000, 8, 0, 0), tiny.clone()])),
        ("png without data", png(std::slice::from_ref(&head))),
        ("png with two headers", png(&[head.clone(), head.clone(), tiny.clone()])),
        ("png with a wrong sum", wrong_sum),
        ("webp without a picture", make::webp(&[(b"EXIF", make::exif(1))])),
        ("animated png", fixture("animated.png")),
        ("animated webp", fixture("animated.webp")),
        ("jpeg and php", [&jpeg, b"<?php echo 1;".as_slice()].concat()),
        ("jpeg and elf", [&jpeg, b"\x7fELF".as_slice()].concat()),
        ("jpeg and zip", [&jpeg, make::EMPTY_ZIP].concat()),
        ("pdf in a comment", make::with_segment(&jpeg, 0xFE, b"%PDF-1.4 1 0 obj")),
        ("zip around a picture", make::with_segment(&jpeg, 0xFE, &archive)),
    ];
    all.extend(FIXTURES.map(|name| {
        let file = fixture(name);
        (name, file[..file.len() - file.len() / 3].to_vec())
    }));
    all.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_a_reason_and_not_kept() {
    for database in databases().await {
        let trial = trial(database).await;
        let mut people = 0;
        // A step is locked after ten tries, so the files are spread over people.
        for some in files().chunks(8) {
            people += 1;
            let (mut client, _, at) = applicant(&trial, people).await;
            for (n, (name, bytes)) in some.iter().enumerate() {
                let step = ["portrait_side", "emblem_side", "selfie", "portrait_side"][n % 4];
                let answer = client.put_file(&format!("{at}/{step}?origin=live"), bytes.clone()).await;
                assert_unreadable(name, &answer);
                // The same again says the same.
                let again = client.put_file(&format!("{at}/{step}?origin=live"), bytes.clone()).await;
                assert_unreadable(name, &again);
            }
        }
        assert!(trial.database.column("file", "id").await.is_empty(), "a file has a row");
        assert_eq!(trial.blobs(), 0, "a file was kept");
    }
}

#[tokio::test]
async fn a_bomb_is_the_small_picture_it_claims_to_be() {
    let trial = trial(Database::sqlite().await).await;
    let (mut client, _, at) = applicant(&trial, 1).await;
    let bomb = make::deflated_zeros(300_000_000);
    let tiny = chunk(b"IDAT", &make::deflated(&[0; 65 * 64]));
    let head = header(64, 64, 8, 0, 0);
    let text = |kind, name: &[u8]| chunk(kind, &[name, &[0, 0], &bomb].concat());
    for (name, file) in [
        ("pixels", png(&[head.clone(), chunk(b"IDAT", &bomb)])),
        ("a colour profile", png(&[head.clone(), text(b"iCCP", b"profile"), tiny.clone()])),
        ("a comment", png(&[head.clone(), text(b"zTXt", b"Comment"), tiny.clone()])),
    ] {
        let answer = client.put_file(&format!("{at}/portrait_side"), file).await;
        // Whether it is damaged or only shows nothing, it is not taken.
        let refused = answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(refused || answer.json()["accepted"] == false, "{name}: {}", answer.text);
    }
    assert_eq!(trial.blobs(), 0);
}

#[tokio::test]
async fn a_picture_has_ten_mebibytes_at_most() {
    let trial = trial(Database::sqlite().await).await;
    let (mut client, _, at) = applicant(&trial, 1).await;
    let mut file = fixture("baseline_420.jpg");
    file.resize((10 << 20) + 1, 0);
    let large = client.put_file(&format!("{at}/portrait_side"), file.clone()).await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"));
    // At the limit it is looked at: a picture, if a small one.
    file.pop();
    let looked = client.put_file(&format!("{at}/portrait_side"), file).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.text);
    assert_eq!(looked.json()["accepted"], false);
    assert_eq!(trial.blobs(), 0);
}

#[tokio::test]
async fn what_is_declared_as_something_else_is_not_looked_at() {
    let trial = trial(Database::sqlite().await).await;
    let (mut client, _, at) = applicant(&trial, 1).await;
    let path = format!("{at}/portrait_side");
    let jpeg = fixture("baseline_420.jpg");
    for kind in [
        "text/html",
        "application/json",
        "multipart/form-data; boundary=x",
        "image/heic",
        "image/svg+xml",
        "application/octet-stream",
        "image",
        "",
    ] {
        let headers = [("content-type", kind)];
        let answer = client.send(Method::PUT, &path, Body::from(jpeg.clone()), &headers).await;
        let got = (answer.status, answer.code());
        assert_eq!(got, (StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type".to_owned()), "{kind}");
    }
    let bare = client.send(Method::PUT, &path, Body::from(jpeg.clone()), &[]).await;
    assert_eq!(bare.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // One picture named as another kind of picture is what its bytes say.
    let named = [("content-type", "image/png")];
    let looked = client.send(Method::PUT, &path, Body::from(jpeg), &named).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.text);
}

#[tokio::test]
async fn pictures_belong_to_steps_that_have_one() {
    let trial = trial(Database::sqlite().await).await;
    let (mut client, somebody, at) = applicant(&trial, 1).await;
    let jpeg = fixture("baseline_420.jpg");
    for step in ["consent", "form", "channel"] {
        let answer = client.put_file(&format!("{at}/{step}"), jpeg.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{step}: {}", answer.text);
    }
    for step in ["elbow", "..%2f..%2fetc", "%00", "portrait_side%00"] {
        let answer = client.put_file(&format!("{at}/{step}"), jpeg.clone()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{step}: {}", answer.text);
    }
    assert!(!trial.database.column("account", "id").await.is_empty());
    drop(somebody);
}
