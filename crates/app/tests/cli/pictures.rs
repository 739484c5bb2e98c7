//! Whole pictures through the real models.

use crate::run::{shiming, shiming_with};
use crate::shape::{has_keys, shape};
use crate::specimen::{TODAY, specimen};
use serde_json::{Value, json};

#[test]
fn a_specimen_is_approved_and_the_answer_has_the_promised_shape() {
    let set = specimen();
    let answer = set.verify(&set.case.name, &set.selfie(), &["--json"]).json(0);
    assert_eq!(answer["decision"]["outcome"], "approve", "{:#}", answer["decision"]["reasons"]);
    assert_eq!(answer["decision"]["specimen"], true);
    has_keys(&answer, &["decision", "fields", "face", "timings_ms"]);
    has_keys(&answer["decision"], &["outcome", "reasons", "checks"]);
    has_keys(&answer["face"], &["similarity", "threshold", "fmr_at_threshold"]);
    let sides = [
        ("portrait_side", &["name", "sex", "ethnicity", "birth_date", "address", "number"][..]),
        ("emblem_side", &["issuer", "valid_from", "valid_until"][..]),
    ];
    for (side, fields) in sides {
        for field in fields {
            let read = &answer["fields"][side][field];
            has_keys(read, &["text", "confidence", "box"]);
            assert_eq!(read["box"].as_array().map(Vec::len), Some(4), "{field}");
        }
    }
    assert_eq!(answer["fields"]["portrait_side"]["name"]["text"], json!(set.case.name));
    assert_eq!(answer["fields"]["portrait_side"]["number"]["text"], json!(set.case.number));
    assert!(answer["timings_ms"]["total"].as_f64().is_some_and(|t| t > 0.0));
    // What is not a list of checks or the record is a contract to the last key.
    let mut contract = shape(&answer);
    contract["decision"]["checks"] = json!("see the check table");
    contract["decision"]["thresholds"] = json!("see the policy");
    contract["record"]["evidence"] = json!("see the evidence types");
    insta::assert_json_snapshot!("shape-verify", contract);
}

#[test]
fn another_name_asks_for_the_form_again_and_the_reason_has_both_texts() {
    let set = specimen();
    let answer = set.verify("样本人", &set.selfie(), &["--json"]).json(0);
    assert_eq!(answer["decision"]["outcome"], "resubmit");
    let reason = &answer["decision"]["reasons"][0];
    has_keys(reason, &["code", "kind", "step", "text"]);
    assert_eq!(reason["code"], "FORM_NAME_MISMATCH");
    has_keys(&reason["text"], &["zh-CN", "en"]);
    // A reason never repeats what was typed or read.
    assert!(!reason.to_string().contains("样本人") && !reason.to_string().contains(&set.case.name));
}

#[test]
fn a_missing_picture_is_unusable_input_but_still_a_whole_answer() {
    let set = specimen();
    let answer = set.verify(&set.case.name, "no-such-selfie.jpg", &["--json"]).json(3);
    assert_eq!(answer["decision"]["outcome"], "resubmit");
    assert_eq!(answer["decision"]["steps"], json!(["selfie"]));
    assert_eq!(answer["files"]["selfie"]["fault"], "file_missing");
    assert!(answer["face"]["similarity"].is_null());
}

#[test]
fn specimens_are_refused_in_live_use() {
    let set = specimen();
    let answer = set.verify(&set.case.name, &set.selfie(), &["--json", "--live"]).json(0);
    assert_ne!(answer["decision"]["outcome"], "approve");
}

#[test]
fn a_replay_shows_no_difference_and_a_changed_policy_shows_one() {
    let set = specimen();
    let printed = set.verify(&set.case.name, &set.selfie(), &["--json"]).stdout;
    let same = shiming_with(["replay", "-", "--json"], &[], printed.as_bytes()).json(0);
    assert_eq!((&same["same"], &same["changes"]), (&json!(true), &json!([])));

    let stored: Value = serde_json::from_str(&printed).unwrap();
    let policy = stored["record"]["policy"]["toml"].as_str().unwrap();
    // One check more that a specimen cannot pass: the source nobody asked.
    let stricter = format!("{policy}\n[face_match]\npass_distance_max = 0.01\nwarn_distance_max = 0.02\n");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("stricter.toml");
    std::fs::write(&file, stricter).unwrap();
    let other =
        shiming_with(["replay", "-", "--json", "--policy", file.to_str().unwrap()], &[], printed.as_bytes());
    let other = other.json(0);
    assert_eq!(other["same"], false);
    assert_eq!(other["decision"]["outcome"], "resubmit", "{:#}", other["changes"]);

    let mut forged = stored.clone();
    forged["record"]["policy"]["toml"] = json!(format!("{policy}\n# changed\n"));
    let run = shiming_with(["replay", "-"], &[], forged.to_string().as_bytes());
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("sha256 differs"), "{}", run.stderr);
}

#[test]
fn inspect_names_each_picture_and_boxes_its_fields() {
    let set = specimen();
    let portrait = shiming(["inspect", &set.portrait(), "--json"]).json(0);
    assert_eq!(portrait["kind"], "resident_portrait_side");
    assert_eq!(portrait["corners"].as_array().map(Vec::len), Some(4));
    assert_eq!(portrait["fields"]["number"]["text"], json!(set.case.number));
    assert_eq!(portrait["faces"].as_array().map(Vec::len), Some(1));
    let mut contract = shape(&portrait);
    contract["checks"] = json!("see the check table");
    insta::assert_json_snapshot!("shape-inspect", contract);

    let emblem = shiming(["inspect", &set.emblem(), "--json"]).json(0);
    assert_eq!(emblem["kind"], "resident_emblem_side");
    has_keys(&emblem["fields"], &["issuer", "valid_from", "valid_until"]);
    let bytes = std::fs::read(set.selfie()).unwrap();
    let selfie = shiming_with(["inspect", "-", "--json"], &[], &bytes).json(0);
    assert_eq!(selfie["kind"], "face_photo");
    assert_eq!(selfie["reasons"], json!([]));
}

#[test]
fn the_gate_answers_in_the_same_shape_without_reading() {
    let set = specimen();
    let gate = shiming(["inspect", &set.portrait(), "--gate", "--json"]).json(0);
    assert_eq!((&gate["fields"], &gate["reasons"]), (&json!({}), &json!([])));
    has_keys(&gate, &["kind", "corners", "quality", "faces"]);
    let selfie = shiming(["inspect", &set.selfie(), "--gate", "--json"]).json(0);
    assert_eq!(selfie["kind"], "face_photo");
}

#[test]
fn compare_finds_the_portrait_on_a_card_and_says_what_the_threshold_is_worth() {
    let set = specimen();
    let same = shiming(["compare", &set.portrait(), &set.selfie(), "--json"]).json(0);
    assert_eq!(
        (&same["match"], &same["faces"], &same["reasons"]),
        (&json!(true), &json!([1, 1]), &json!([]))
    );
    insta::assert_json_snapshot!("shape-compare", shape(&same));

    let other = crate::specimen::models_dir().join("test-pictures/biden.jpg");
    let differ = shiming(["compare", other.to_str().unwrap(), &set.selfie(), "--json"]).json(0);
    assert_eq!(differ["match"], false);
    assert_eq!(differ["reasons"][0]["code"], "FACE_MISMATCH");

    let none = shiming(["compare", &set.emblem(), &set.selfie(), "--json"]).json(0);
    assert_eq!((&none["match"], &none["similarity"]), (&json!(false), &json!(null)));
    assert_eq!(
        (&none["reasons"][0]["code"], &none["reasons"][0]["picture"]),
        (&json!("FACE_NONE"), &json!(1))
    );
    let missing = shiming(["compare", "no-such-file", &set.selfie(), "--json"]).json(3);
    assert_eq!(missing["reasons"][0]["code"], "IMG_UNREADABLE_FILE");
}

#[test]
fn both_engines_give_the_same_decision() {
    let set = specimen();
    let of = |engine| {
        let answer = set.verify(&set.case.name, &set.selfie(), &["--json", "--engine", engine]).json(0);
        assert_eq!(answer["engine"]["name"], engine);
        (answer["decision"]["outcome"].clone(), answer["fields"]["portrait_side"]["number"]["text"].clone())
    };
    assert_eq!(of("onnxruntime"), of("rten"));
}

#[test]
fn a_report_is_one_file_that_loads_nothing_and_escapes_what_was_typed() {
    let set = specimen();
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("out.html");
    let hostile = "<img src=x onerror=alert(1)>\"'&";
    let run = set.verify(hostile, &set.selfie(), &["--report", page.to_str().unwrap()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("&lt;img src=x") && !html.contains("<img src=x"));
    assert_eq!(html.matches("data:image/jpeg;base64,").count(), 5, "three pictures, two flat cards");
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"));
    assert!(
        html.contains("样本 SPECIMEN") && html.contains(TODAY) && html.contains("Content-Security-Policy")
    );

    let nowhere = dir.path().join("no/such/dir/out.html");
    let run = set.verify(&set.case.name, &set.selfie(), &["--report", nowhere.to_str().unwrap()]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("cannot write"), "{}", run.stderr);
}

#[test]
fn logs_never_hold_what_was_typed_or_read() {
    let set = specimen();
    let env = [("SHIMING_LOG", "trace")];
    let (portrait, emblem, selfie) = (set.portrait(), set.emblem(), set.selfie());
    let args = ["verify", "--portrait-side", &portrait, "--emblem-side", &emblem, "--selfie", &selfie];
    let typed = ["--name", &set.case.name, "--id-number", &set.case.number, "--json", "--today", TODAY];
    let run = shiming_with(args.into_iter().chain(typed), &env, b"");
    assert_eq!(run.status, 0);
    for secret in [&set.case.name, &set.case.number, &set.case.number[6..14].to_owned()] {
        assert!(!run.stderr.contains(secret.as_str()), "{}", run.stderr);
    }
}
