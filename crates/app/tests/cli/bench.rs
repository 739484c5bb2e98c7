//! `shiming bench` on a painted folder.

use crate::run::shiming;
use crate::shape::shape;
use crate::specimen::specimen;

#[test]
fn a_painted_folder_is_measured_and_reported() {
    let set = specimen();
    let out = tempfile::tempdir().unwrap();
    let page = out.path().join("bench.html");
    let args = ["bench", set.dir().to_str().unwrap(), "--json", "--report", page.to_str().unwrap()];
    let answer = shiming(args).json(0);
    assert_eq!(answer["pictures"], 3);
    let number = answer["fields"].as_array().unwrap().iter().find(|f| f["field"] == "number").unwrap();
    assert_eq!((&number["exact"]["k"], &number["exact"]["n"]), (&1.into(), &1.into()));
    assert_eq!(answer["cases"]["outcomes"]["approve"], 1, "{:#}", answer["cases"]);
    insta::assert_json_snapshot!("shape-bench", shape(&answer));
    let text = answer.to_string();
    assert!(!text.contains(&set.case.name) && !text.contains(&set.case.number), "only counts and file names");
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("<svg") && !html.contains("<script"));
}

#[test]
fn a_folder_without_truth_is_unusable_input() {
    let dir = tempfile::tempdir().unwrap();
    let run = shiming(["bench", dir.path().to_str().unwrap(), "--json"]);
    assert_eq!(run.json(3)["reasons"][0]["code"], "folder_unusable");
    assert!(run.stderr.contains("labels.json"), "{}", run.stderr);
}
