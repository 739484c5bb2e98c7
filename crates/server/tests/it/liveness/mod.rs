//! Live challenges over the real socket, with synthetic frames and eyes that see what is written on them.

mod camera;

use axum::http::StatusCode;
use camera::{ORIGIN, PROTOCOL, Scene, action};
use serde_json::{Value, json};
use shiming_domain::case::Role;
use shiming_domain::id::StaffId;
use shiming_domain::liveness::Action;
use shiming_domain::moment::Span;
use shiming_domain::reason::Step;
use shiming_engine::application::attempts;
use shiming_engine::review;
use shiming_engine::service::{Caller, Principal, Strength};
use shiming_testkit::trial::live::{doing, empty_frame, frame};
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::{Database, Trial, TrialOptions, databases, stories};

/// A policy by which only a challenge makes a selfie live.
fn required(text: String) -> String {
    text + "\n[liveness]\nchallenge = \"required\"\n"
}

async fn scene(database: Database) -> Scene {
    let options = TrialOptions { edit_policy: required, ..TrialOptions::default() };
    Scene::on(Trial::with(database, options).await).await
}

async fn sqlite() -> Scene {
    scene(Database::sqlite().await).await
}

/// A still of somebody; `salt` makes two of them differ.
fn still(scene: &Scene, who: u8, salt: u32) -> Vec<u8> {
    let good = picture(Step::Selfie, "good", &scene.somebody.printed, salt);
    [good, format!(" face:{who}").into_bytes()].concat()
}

/// Sends the rest, submits, and answers the application after its checks and the codes inside of the decision.
async fn decided(scene: &mut Scene, selfie: Vec<u8>) -> (Value, Vec<String>) {
    for step in [Step::PortraitSide, Step::EmblemSide] {
        stories::sent(&scene.trial, &scene.somebody, scene.application, step).await;
    }
    let at = scene.at();
    let sent = scene.client.put_file(&format!("{at}/files/selfie?origin=live"), selfie).await;
    assert_eq!(sent.json()["accepted"], json!(true), "{}", sent.text);
    let submitted = scene.client.post(&format!("{at}/submit"), &json!({})).await;
    assert_eq!(submitted.status, StatusCode::OK, "{}", submitted.text);
    scene.trial.run_jobs().await;
    let seen = attempts(&scene.trial.service, &Caller::system(), scene.application).await.unwrap();
    let decision = seen.last().unwrap().decisions.first().cloned();
    let codes = decision.map(|d| d.reasons.iter().map(|r| r.code.as_str().to_owned()).collect());
    (scene.client.get(&at).await.json(), codes.unwrap_or_default())
}

/// What a reviewer who takes the next case sees of its challenge.
async fn looked_at(scene: &Scene) -> Value {
    let service = &scene.trial.service;
    let reviewer = Caller {
        principal: Principal::Staff {
            staff: StaffId::from_bits(1),
            role: Role::Reviewer,
            session: String::new(),
        },
        strength: Strength::TwoFactors,
        verified_at: Some(service.now()),
        request_id: None,
        network: None,
    };
    let held = review::next(service, &reviewer).await.unwrap().expect("a case").commit().await.unwrap();
    assert!(review::view(service, &reviewer, held.id).await.unwrap().challenged);
    let element = review::Element::Challenge;
    let shown = review::reveal(service, &reviewer, held.id, element, review::Purpose::Decide).await.unwrap();
    serde_json::from_slice(&shown.value).unwrap()
}

fn tries_left(application: &Value) -> Value {
    let steps = application["steps"].as_array().unwrap();
    steps.iter().find(|step| step["name"] == "selfie").unwrap()["tries_left"].clone()
}

#[tokio::test]
async fn a_challenge_that_was_passed_makes_its_still_live() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let seen = scene.client.get(&scene.at()).await.json();
        let selfie = seen["steps"].as_array().unwrap().iter().find(|step| step["name"] == "selfie");
        assert_eq!(selfie.unwrap()["challenge"], "required");
        let still = still(&scene, 0, 1);
        let result = scene.passed(&still, 0).await;
        assert_eq!(result, json!({ "type": "result", "outcome": "pass" }), "and no score");
        let blobs = scene.trial.blobs();
        assert_eq!(blobs, 1, "the record with its frames");
        let (application, codes) = decided(&mut scene, still).await;
        assert_eq!((application["status"].as_str(), codes), (Some("approved"), vec![]), "{application}");
        // Frames go after the days of the policy; card and selfie have terms of their own.
        scene.trial.advance(Span::days(30)).await;
        shiming_engine::sweep::plan(&scene.trial.service).await.unwrap();
        scene.trial.run_jobs().await;
        assert!(scene.trial.blobs() <= blobs + 2, "the frames and the selfie are gone");
    }
}

#[tokio::test]
async fn the_reviewer_sees_the_frames_at_which_it_went_on_and_what_was_measured() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let still = still(&scene, 7, 1);
        scene.passed(&still, 0).await;
        let (application, _) = decided(&mut scene, still).await;
        assert_eq!(application["status"], "manual_review");
        let record = looked_at(&scene).await;
        let (steps, frames) = (record["steps"].as_array().unwrap(), record["frames"].as_array().unwrap());
        // One to begin with, and for each step one where the head is turned and one where it is back.
        assert_eq!(frames.len(), 1 + 2 * steps.len());
        assert_eq!(frames[0]["during"], json!({ "stage": "framing" }));
        for (n, pair) in frames[1..].chunks(2).enumerate() {
            let [turned, back] = pair else { panic!("a pair of frames") };
            assert_eq!(turned["during"], json!({ "stage": "turning", "step": n }));
            let degrees = |frame: &Value, axis: &str| frame[axis].as_f64().unwrap();
            let reached = match steps[n].as_str().unwrap() {
                "turn_left" => degrees(turned, "yaw_degrees") >= record["limits"]["yaw"].as_f64().unwrap(),
                "turn_right" => -degrees(turned, "yaw_degrees") >= record["limits"]["yaw"].as_f64().unwrap(),
                _ => degrees(turned, "pitch_degrees") >= record["limits"]["pitch"].as_f64().unwrap(),
            };
            assert!(reached, "{turned}");
            assert_eq!(back["during"], json!({ "stage": "returning", "step": n }));
            assert!(degrees(back, "yaw_degrees").abs() < record["limits"]["neutral"].as_f64().unwrap());
            assert!(back["distance"].as_f64().is_some(), "the faces were compared: {back}");
        }
    }
}

#[tokio::test]
async fn a_selfie_that_no_challenge_asked_for_goes_to_a_person() {
    let mut scene = sqlite().await;
    let promised = still(&scene, 0, 1);
    scene.passed(&promised, 0).await;
    // Another picture than the promised one, and a client that says it is live.
    let another = still(&scene, 0, 2);
    let (application, codes) = decided(&mut scene, another).await;
    assert_eq!(application["status"], "manual_review");
    assert_eq!(codes, ["CAPTURE_NOT_LIVE"]);
}

#[tokio::test]
async fn a_promised_still_that_comes_too_late_goes_to_a_person() {
    let mut scene = sqlite().await;
    let still = still(&scene, 0, 1);
    scene.passed(&still, 0).await;
    scene.trial.clock.advance(Span::seconds(61));
    let (application, codes) = decided(&mut scene, still).await;
    assert_eq!(application["status"], "manual_review");
    assert_eq!(codes, ["CAPTURE_NOT_LIVE"]);
}

#[tokio::test]
async fn the_still_of_another_face_is_a_suspicion_that_nobody_hears() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let still = still(&scene, 7, 1);
        let result = scene.passed(&still, 0).await;
        assert_eq!(result["outcome"], "pass");
        let (application, codes) = decided(&mut scene, still).await;
        assert_eq!(application["status"], "manual_review");
        assert_eq!(codes, ["LIVE_SPOOF"]);
        let told = &application["latest_decision"];
        assert_eq!(told["reasons"][0]["public_code"], "SELFIE_UNCONFIRMED");
        assert!(!application.to_string().contains("SPOOF"), "{application}");
    }
}

#[tokio::test]
async fn a_face_that_is_swapped_on_the_way_is_a_suspicion_that_nobody_hears() {
    let mut scene = sqlite().await;
    let still = still(&scene, 0, 1);
    let mut camera = scene.begun().await;
    let first = scene.framed(&mut camera, 0).await;
    // Somebody else does the first step, and the first person the rest.
    scene.all(&mut camera, doing(first, 3)).await;
    let mut asked = action(&camera.told("step").await);
    let nonce = loop {
        scene.all(&mut camera, doing(asked, 0)).await;
        let next = camera.next().await;
        match next["type"].as_str() {
            Some("step") => asked = action(&next),
            _ => break next["nonce"].as_str().unwrap().to_owned(),
        }
    };
    camera.promise(&nonce, &still).await;
    assert_eq!(camera.told("result").await, json!({ "type": "result", "outcome": "pass" }));
    // Neither does it help to pass another one afterwards.
    scene.passed(&still, 0).await;
    let (application, codes) = decided(&mut scene, still).await;
    assert_eq!(application["status"], "manual_review");
    assert_eq!(codes, ["LIVE_SPOOF"]);
}

#[tokio::test]
async fn a_wrong_turn_is_a_try_and_three_in_a_row_lock_the_step() {
    for database in databases().await {
        let mut scene = scene(database).await;
        for left in [2, 1] {
            let mut camera = scene.begun().await;
            let asked = scene.framed(&mut camera, 0).await;
            let other = if asked == Action::TurnLeft { Action::TurnRight } else { Action::TurnLeft };
            for jpeg in doing(other, 0).into_iter().take(3) {
                scene.show(&mut camera, jpeg).await;
            }
            let result = camera.told("result").await;
            assert_eq!(
                (result["outcome"].as_str(), result["code"].as_str()),
                (Some("retry"), Some("LIVE_INCOMPLETE"))
            );
            assert_eq!((&result["tries_left"], camera.closed().await), (&json!(left), 1000));
            assert_eq!(tries_left(&scene.client.get(&scene.at()).await.json()), json!(left));
        }
        // The third by doing nothing.
        let mut camera = scene.begun().await;
        scene.framed(&mut camera, 0).await;
        scene.trial.clock.advance(Span::seconds(7));
        assert_eq!(camera.told("result").await["outcome"], "review", "a person is the way on");
        let locked = scene.client.post(&format!("{}/liveness", scene.at()), &json!({})).await;
        assert_eq!((locked.status, locked.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "step_locked"));
        let asked = json!({ "reason": "tries_failed" });
        let person = scene.client.post(&format!("{}/ask-human", scene.at()), &asked).await;
        assert_eq!(person.json()["status"], "manual_review", "{}", person.text);
    }
}

#[tokio::test]
async fn the_frame_that_comes_when_the_time_is_over_is_no_stage() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let selfie = still(&scene, 0, 1);
        let mut camera = scene.begun().await;
        let asked = scene.framed(&mut camera, 0).await;
        // No camera gives two frames one number, so a person will see it.
        camera.seq -= 1;
        scene.show(&mut camera, frame(0.0, 0.0, 0)).await;
        scene.trial.clock.advance(Span::seconds(7));
        // It or a tick notices first.
        let captured_ms = u64::try_from(scene.trial.service.now().unix_us() / 1_000).unwrap();
        camera.send_frame(camera.seq + 1, captured_ms, &doing(asked, 0).remove(0)).await;
        camera.told("result").await;
        decided(&mut scene, selfie).await;
        let frames = looked_at(&scene).await["frames"].clone();
        let stages = frames.as_array().unwrap().iter().map(|frame| &frame["during"]).collect::<Vec<_>>();
        assert_eq!(stages, [&json!({ "stage": "framing" })], "{}", scene.trial.database.name);
    }
}

#[tokio::test]
async fn a_pause_later_there_are_tries_again() {
    let mut scene = sqlite().await;
    for _ in 0..3 {
        let mut camera = scene.begun().await;
        scene.framed(&mut camera, 0).await;
        scene.trial.clock.advance(Span::seconds(7));
        camera.told("result").await;
    }
    scene.trial.clock.advance(Span::minutes(10));
    let still = still(&scene, 0, 1);
    assert_eq!(scene.passed(&still, 0).await["outcome"], "pass");
}

#[tokio::test]
async fn whoever_turns_too_fast_or_is_not_there_hears_what_would_help() {
    let mut scene = sqlite().await;
    let mut camera = scene.begun().await;
    scene.show(&mut camera, empty_frame()).await;
    assert_eq!(camera.any().await, json!({ "type": "hint", "code": "no_face" }));
    scene.framed(&mut camera, 0).await;
    scene.show(&mut camera, frame(44.0, 0.0, 0)).await;
    loop {
        let told = camera.any().await;
        assert_eq!(told["type"], "hint");
        if told["code"] == "too_fast" {
            break;
        }
    }
}

#[tokio::test]
async fn a_still_that_is_promised_too_late_does_not_count() {
    let mut scene = sqlite().await;
    let still = still(&scene, 0, 1);
    let mut camera = scene.begun().await;
    let (nonce, _) = scene.done(&mut camera, 0).await;
    camera.promise("00000000000000000000000000000000", &still).await;
    scene.trial.clock.advance(Span::seconds(4));
    camera.promise(&nonce, &still).await;
    assert_eq!(camera.told("result").await["outcome"], "retry");
}

#[tokio::test]
async fn who_needs_longer_gets_twice_the_time() {
    let mut scene = sqlite().await;
    let challenge = scene.drawn().await;
    let mut camera = scene.connected(&challenge).await;
    camera.hello(&challenge, true).await;
    scene.all(&mut camera, vec![frame(0.0, 0.0, 0); 3]).await;
    assert_eq!(camera.told("ready").await["limit_ms"], 40_000);
    assert_eq!(camera.told("step").await["limit_ms"], 12_000);
}

#[tokio::test]
async fn a_ticket_opens_its_challenge_once() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let challenge = scene.drawn().await;
        let mut camera = scene.connected(&challenge).await;
        camera.hello(&challenge, false).await;
        scene.framed(&mut camera, 0).await;
        let mut second = scene.connected(&challenge).await;
        second.hello(&challenge, false).await;
        assert_eq!(second.closed().await, 4401, "a second connection");
        // Another challenge's ticket, none at all, and one that is over.
        let mut wrong = scene.connected(&challenge).await;
        wrong.say(&json!({ "type": "hello", "ticket": "A".repeat(43) })).await;
        assert_eq!(wrong.closed().await, 4401);
        let mut none = scene.connected(&challenge).await;
        none.say(&json!({ "type": "hello", "ticket": "" })).await;
        assert_eq!(none.closed().await, 4401);
        let late = scene.drawn().await;
        scene.trial.clock.advance(Span::seconds(61));
        let mut camera = scene.connected(&late).await;
        camera.hello(&late, false).await;
        assert_eq!(camera.closed().await, 4401);
    }
}

#[tokio::test]
async fn a_newer_challenge_takes_the_place_of_one_that_runs() {
    let mut scene = sqlite().await;
    let mut first = scene.begun().await;
    scene.framed(&mut first, 0).await;
    let mut second = scene.begun().await;
    assert_eq!(first.closed().await, 4409);
    scene.framed(&mut second, 0).await;
}

#[tokio::test]
async fn whoever_takes_the_consent_back_on_the_way_leaves_no_frame() {
    for database in databases().await {
        let mut scene = scene(database).await;
        let waiting = scene.drawn().await;
        let mut camera = scene.begun().await;
        scene.framed(&mut camera, 0).await;
        let blobs = scene.trial.blobs();
        let taken_back = scene.client.post("/api/v1/account/consents/face/withdraw", &json!({})).await;
        assert_eq!(taken_back.status, StatusCode::OK, "{}", taken_back.text);
        scene.trial.clock.advance(Span::seconds(7));
        assert_eq!(camera.closed().await, 4409);
        scene.trial.run_jobs().await;
        assert!(scene.trial.blobs() <= blobs, "a record was written");
        let records = scene.trial.database.column("liveness", "record").await;
        assert_eq!(records.len(), 0, "{}", scene.trial.database.name);
        let mut late = scene.connected(&waiting).await;
        late.hello(&waiting, false).await;
        assert_eq!(late.closed().await, 4401);
    }
}

#[tokio::test]
async fn a_connection_that_is_lost_is_no_try() {
    let mut scene = sqlite().await;
    let mut camera = scene.begun().await;
    scene.framed(&mut camera, 0).await;
    drop(camera);
    assert_eq!(tries_left(&scene.client.get(&scene.at()).await.json()), json!(3));
    let still = still(&scene, 0, 1);
    assert_eq!(scene.passed(&still, 0).await["outcome"], "pass");
}

#[tokio::test]
async fn overload_is_announced_before_anybody_begins() {
    let options = TrialOptions { edit_policy: required, challenges_max: 1, ..TrialOptions::default() };
    let mut scene = Scene::on(Trial::with(Database::sqlite().await, options).await).await;
    let waiting = scene.drawn().await;
    let other = {
        // Somebody else takes the only place.
        let somebody = stories::registered(&scene.trial, 2).await;
        let id = stories::declared(&scene.trial, &somebody, 1).await;
        let drawn = shiming_engine::application::liveness::create(&scene.trial.service, &somebody.caller, id);
        let drawn = drawn.await.unwrap().commit().await.unwrap();
        let path = format!("/api/v1/liveness/{}/socket", drawn.id);
        let challenge = json!({ "socket_path": path, "ticket": drawn.ticket });
        let mut camera = scene.connected(&challenge).await;
        camera.hello(&challenge, false).await;
        scene.framed(&mut camera, 2).await;
        camera
    };
    let busy = scene.client.post(&format!("{}/liveness", scene.at()), &json!({})).await;
    assert_eq!((busy.status, busy.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "liveness_busy"));
    assert_eq!(busy.headers["retry-after"], "10");
    let mut camera = scene.connected(&waiting).await;
    camera.hello(&waiting, false).await;
    assert_eq!(camera.closed().await, 4429);
    drop(other);
    // The ticket was not used up; the place is free once the service has seen the other go.
    let mut code = 4429;
    for _ in 0..200 {
        let mut camera = scene.connected(&waiting).await;
        camera.hello(&waiting, false).await;
        camera.send_frame(1, 1, b"not a picture").await;
        code = camera.closed().await;
        if code != 4429 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(code, 4400, "it began, and was ended by what was no picture");
}

#[tokio::test]
async fn what_is_malformed_or_too_much_is_cut_off() {
    let mut scene = sqlite().await;
    let challenge = scene.drawn().await;
    for first in
        [json!({}), json!({ "type": "still", "nonce": "", "sha256": "" }), json!({ "type": "hello" })]
    {
        let mut camera = scene.connected(&challenge).await;
        camera.say(&first).await;
        assert_eq!(camera.closed().await, 4400, "{first}");
    }
    let mut early = scene.connected(&challenge).await;
    early.send_frame(1, 1, b"before hello").await;
    assert_eq!(early.closed().await, 4400);
    for (name, jpeg, code) in [
        ("empty", Vec::new(), 4400),
        ("too large", vec![0; 40_001], 4400),
        ("no picture", b"hello".to_vec(), 4400),
    ] {
        let mut camera = scene.begun().await;
        camera.send_frame(1, 1, &jpeg).await;
        assert_eq!(camera.closed().await, code, "{name}");
    }
    let mut twice = scene.begun().await;
    twice.hello(&challenge, false).await;
    assert_eq!(twice.closed().await, 4400, "hello is said once");
    let mut flood = scene.begun().await;
    for seq in 1..=25 {
        flood.send_frame(seq, u64::from(seq), &frame(0.0, 0.0, 0)).await;
    }
    assert_eq!(flood.closed().await, 4413);
}

#[tokio::test]
async fn the_socket_is_for_pages_of_this_host_that_speak_its_protocol() {
    let mut scene = sqlite().await;
    let challenge = scene.drawn().await;
    let foreign = scene.refused(&challenge, Some("https://evil.example"), Some(PROTOCOL)).await;
    assert_eq!(foreign, StatusCode::FORBIDDEN);
    assert_eq!(scene.refused(&challenge, None, Some(PROTOCOL)).await, StatusCode::FORBIDDEN);
    assert_eq!(scene.refused(&challenge, Some(ORIGIN), Some("chat")).await, StatusCode::BAD_REQUEST);
    assert_eq!(scene.refused(&challenge, Some(ORIGIN), None).await, StatusCode::BAD_REQUEST);
    let plain = scene.client.get(challenge["socket_path"].as_str().unwrap()).await;
    assert_eq!((plain.status, plain.code().as_str()), (StatusCode::BAD_REQUEST, "websocket_only"));
}

#[tokio::test]
async fn where_the_policy_asks_for_none_there_is_none() {
    let edit_policy = |text: String| text + "\n[liveness]\nchallenge = \"off\"\n";
    let options = TrialOptions { edit_policy, ..TrialOptions::default() };
    let mut scene = Scene::on(Trial::with(Database::sqlite().await, options).await).await;
    let refused = scene.client.post(&format!("{}/liveness", scene.at()), &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "liveness_off"));
}

#[tokio::test]
async fn an_offered_challenge_may_be_left_out_and_counts_when_it_is_taken() {
    let mut scene = Scene::on(Trial::sqlite().await).await;
    let (plain, codes) = {
        let selfie = still(&scene, 0, 1);
        decided(&mut scene, selfie).await
    };
    assert_eq!((plain["status"].as_str(), codes), (Some("approved"), vec![]));
    let mut scene = Scene::on(Trial::sqlite().await).await;
    let other_face = still(&scene, 5, 1);
    scene.passed(&other_face, 0).await;
    let (suspected, codes) = decided(&mut scene, other_face).await;
    assert_eq!((suspected["status"].as_str(), codes), (Some("manual_review"), vec!["LIVE_SPOOF".to_owned()]));
}

#[tokio::test]
async fn without_consent_to_the_face_there_is_no_challenge_and_a_way_on() {
    let mut scene = sqlite().await;
    let consent = json!({ "answers": { "face": "refused" }, "text_version": "2026-11", "locale": "en" });
    scene.client.put(&format!("{}/steps/consent", scene.at()), &consent).await;
    let refused = scene.client.post(&format!("{}/liveness", scene.at()), &json!({})).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "consent_missing")
    );
    let asked = json!({ "reason": "face_refused" });
    let person = scene.client.post(&format!("{}/ask-human", scene.at()), &asked).await;
    assert_eq!(person.json()["status"], "manual_review", "{}", person.text);
}
