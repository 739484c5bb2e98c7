//! `docs/walk.sh`, `docs/staff.sh` and `docs/life.sh` against the real program, on both databases: what the README
//! promises.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use crate::service::{House, Running};
use crate::specimen::specimen;
use shiming_testkit::trial::Database;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn script(name: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new("sh");
    command.arg(format!("docs/{name}.sh")).current_dir(root);
    command
}

/// What it printed; it must have ended well.
fn text(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The photos of a painted card set under the names that the walk wants.
fn photos(house: &House) -> PathBuf {
    let folder = house.data().with_file_name("photos");
    fs::create_dir_all(&folder).unwrap();
    let set = specimen();
    for (step, picture) in
        [("portrait_side", set.portrait()), ("emblem_side", set.emblem()), ("selfie", set.selfie())]
    {
        fs::copy(picture, folder.join(format!("{step}.jpg"))).unwrap();
    }
    folder
}

fn walked(more: &[&str]) {
    let house = House::new();
    let running = Running::start(&house, more);
    let photos = photos(&house);
    let case = &specimen().case;
    let mut walk = script("walk");
    walk.arg(&running.url).arg(photos).args([&case.name, &case.number]);
    let walked = text(&walk.output().unwrap());
    assert!(walked.contains("\napproved\n"), "{walked}");

    let link = running.first_lines.iter().find_map(|line| line.split_once("once: ")).unwrap().1;
    let hired = text(&script("staff").args([&running.url, link]).output().unwrap());
    let roles: Vec<&str> = hired.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let everybody =
        ["operator", "support", "reviewer", "reviewer-2", "supervisor", "supervisor-2", "compliance"];
    assert_eq!(roles, [&["who"][..], &everybody].concat());
    // The link was for once.
    assert!(!script("staff").args([&running.url, link]).output().unwrap().status.success());

    // Somebody new signs in as the reviewer with what was printed.
    let reviewer: Vec<&str> = hired.lines().nth(3).unwrap().split_whitespace().collect();
    let [_, email, password, secret] = reviewer[..] else { panic!("{hired}") };
    let jar = house.data().with_file_name("jar");
    let body = format!(r#"{{"contact": "{email}", "password": "{password}", "as": "staff"}}"#);
    let post = |path: &str, body: &str| {
        let mut curl = Command::new("curl");
        // A network may try to sign in only so often within a minute, and the scripts tried: it is tried again
        // when the answer says.
        curl.args(["--silent", "--retry", "2"]);
        curl.args(["--header", "X-Shiming: 1", "--header", "Content-Type: application/json"]);
        curl.args(["--cookie".as_ref(), jar.as_os_str(), "--cookie-jar".as_ref(), jar.as_os_str()]);
        text(&curl.args(["--data", body, &format!("{}/api/v1{path}", running.url)]).output().unwrap())
    };
    let begun = post("/sessions", &body);
    assert!(begun.contains(r#""still":"second_factor""#), "{begun}");
    let figures = text(&script("staff").args(["figures", secret]).output().unwrap());
    // The figures of the half minute in which the second factor was set up do not count twice.
    let shown = post(
        "/sessions/second-factor?as=staff",
        &format!(r#"{{"kind": "totp", "code": "{}"}}"#, figures.trim()),
    );
    assert!(shown.contains(r#""still":"nothing""#) || shown.contains("factor_wrong"), "{shown}");
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

/// From the first picture over a second selfie, a rejection and an appeal to a limit that is used.
fn lived(more: &[&str]) {
    let house = House::new();
    let running = Running::start(&house, more);
    let (photos, sessions) = (photos(&house), house.data().with_file_name("sessions"));
    let case = &specimen().case;
    let link = running.first_lines.iter().find_map(|line| line.split_once("once: ")).unwrap().1;
    text(&script("staff").args([&running.url, link]).arg(&sessions).output().unwrap());
    let mut life = script("life");
    life.arg(&running.url).arg(photos).args([&case.name, &case.number]).arg(&sessions);
    let lived = text(&life.output().unwrap());
    for seen in [
        r#""status":"resubmit""#,
        r#""status":"rejected""#,
        "upheld",
        r#""status":"approved""#,
        r#""state":"captured""#,
        "application.reopen",
        "\nits whole life\n",
    ] {
        assert!(lived.contains(seen), "{seen} is not in:\n{lived}");
    }
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn the_whole_life_is_led_by_hand_on_sqlite() {
    lived(&[]);
}

#[test]
fn the_whole_life_is_led_by_hand_on_postgres() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
    lived(&["--set", &format!("database.url={}", database.url())]);
}

#[test]
fn the_walk_leads_to_approved_on_sqlite() {
    walked(&[]);
}

#[test]
fn the_walk_leads_to_approved_on_postgres() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Without a server it is skipped, visibly.
    let Some(database) = runtime.block_on(Database::postgres()) else { return };
    walked(&["--set", &format!("database.url={}", database.url())]);
}
