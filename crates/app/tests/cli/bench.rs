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
    let answer = run.json(3);
    assert_eq!(answer["reasons"][0]["code"], "folder_unusable");
    assert!(run.stderr.contains("labels.json"), "{}", run.stderr);
    // Neither are pictures that are not there. Both answers have the keys of any other.
    let set = specimen();
    for entry in std::fs::read_dir(set.dir()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            std::fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let run = shiming(["bench", dir.path().to_str().unwrap(), "--json"]);
    let without_pictures = run.json(3);
    assert_eq!(without_pictures["reasons"][0]["code"], "folder_unusable");
    assert_eq!(without_pictures["unreadable"].as_array().unwrap().len(), 3);
    let whole = shiming(["bench", set.dir().to_str().unwrap(), "--json"]).json(0);
    let keys = |answer: &serde_json::Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&answer), keys(&whole));
    assert_eq!(keys(&without_pictures), keys(&whole));
}
