//! Identity sources: asked in their order, written down, paid for once, and never believed to be more than
//! an answer.

use shiming_domain::id::{AccountId, ApplicationId, AttemptId, PersonId};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_domain::policy::{ChannelKind, Consent};
use shiming_engine::account;
use shiming_engine::outside::guard::{Client, Rules};
use shiming_engine::outside::http_source::{HttpSource, HttpSourceSettings};
use shiming_engine::outside::sandbox::SandboxSource;
use shiming_engine::outside::sms::HttpSms;
use shiming_engine::outside::{
    Finding, OutsideError, ShortMessage, Sms as _, Source, SourceAnswer, SourceQuestion,
};
use shiming_engine::service::Ports;
use shiming_engine::source::{
    self, Asker, Came, Channel, Identity, Owner, Query, RequestState, Wanted, add_channel,
};
use shiming_testkit::trial::seen::good_evidence;
use shiming_testkit::trial::{Trial, TrialOptions, databases, stories};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const ACCOUNT: AccountId = AccountId::from_bits(7);
const APPLICATION: ApplicationId = ApplicationId::from_bits(8);

fn identity(number: &str) -> Identity {
    Identity { name: Personal::new("王芳"), number: Personal::new(number), phone: None, bank_card: None }
}

fn query(trial: &Trial, attempt: AttemptId, round: u32, number: &str) -> impl Future<Output = Came> {
    let asker = Asker { account: ACCOUNT, attempt: Some((APPLICATION, attempt)) };
    let (service, query) = (trial.service.clone(), Query { asker, round, identity: identity(number) });
    async move { source::query(&service, &query).await.unwrap() }
}

fn finding(came: &Came) -> Option<(Finding, bool)> {
    match came {
        Came::Answered(answered) => Some((answered.finding, answered.reused)),
        _ => None,
    }
}

const NUMBER: &str = "110101199003070014";

#[tokio::test]
async fn an_answer_is_paid_for_once_and_used_again_within_its_hours() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let first = trial.service.id(AttemptId::at);
        assert_eq!(finding(&query(&trial, first, 1, NUMBER).await), Some((Finding::Confirmed, false)));
        // The job runs again: the answer is there.
        assert_eq!(finding(&query(&trial, first, 1, NUMBER).await), Some((Finding::Confirmed, false)));
        assert_eq!(trial.source.asked(), 1, "{}", trial.database.name);
        // Another attempt with the same question.
        trial.clock.advance(Span::hours(23));
        let second = trial.service.id(AttemptId::at);
        assert_eq!(finding(&query(&trial, second, 1, NUMBER).await), Some((Finding::Confirmed, true)));
        assert_eq!(trial.source.asked(), 1);
        // The hours are over.
        trial.clock.advance(Span::hours(2));
        let third = trial.service.id(AttemptId::at);
        assert_eq!(finding(&query(&trial, third, 1, NUMBER).await), Some((Finding::Confirmed, false)));
        assert_eq!(trial.source.asked(), 2);

        let mut tx = trial.service.store().read().await.unwrap();
        let answer = source::answer_for(&mut tx, APPLICATION, second).await.unwrap().unwrap();
        assert_eq!((answer.source.as_str(), answer.reference.as_str()), ("fake", "fake-1"));
        let other = ApplicationId::from_bits(9);
        assert_eq!(source::answer_for(&mut tx, other, second).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_silent_source_is_asked_again_by_the_policys_pauses_and_given_up_in_the_end() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        trial.source.set(Err(OutsideError::Unavailable));
        let attempt = trial.service.id(AttemptId::at);
        let begun = trial.service.now();
        let mut pauses = Vec::new();
        let mut round = 1;
        loop {
            match query(&trial, attempt, round, NUMBER).await {
                Came::Wait(at) => {
                    let asked = trial.source.asked();
                    // Before its time nothing is asked, whoever runs the job.
                    assert_eq!(query(&trial, attempt, round + 1, NUMBER).await, Came::Wait(at));
                    assert_eq!(trial.source.asked(), asked);
                    pauses.push(at.since(trial.service.now()).us() / Span::minutes(1).us());
                    trial.clock.set(at);
                    round += 1;
                }
                other => {
                    assert_eq!(other, Came::GaveUp);
                    break;
                }
            }
        }
        assert_eq!(pauses[..6], [1, 5, 15, 60, 60, 60], "{}", trial.database.name);
        assert_eq!(trial.service.now(), begun + Span::hours(24));
    }
}

#[tokio::test]
async fn a_source_that_comes_back_answers() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        trial.source.set(Err(OutsideError::Unusable));
        let attempt = trial.service.id(AttemptId::at);
        let Came::Wait(at) = query(&trial, attempt, 1, NUMBER).await else { panic!("it waits") };
        trial.clock.set(at);
        trial.source.set(Ok(Finding::Mismatch));
        assert_eq!(finding(&query(&trial, attempt, 2, NUMBER).await), Some((Finding::Mismatch, false)));
        let mut tx = trial.service.store().read().await.unwrap();
        let proofs = source::proofs(&mut tx, Owner::Account(ACCOUNT)).await.unwrap();
        assert!(proofs.is_empty(), "{}", trial.database.name);
    }
}

#[tokio::test]
async fn an_application_pays_for_three_answers_a_day() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        for n in 0..3 {
            let attempt = trial.service.id(AttemptId::at);
            let came = query(&trial, attempt, 1, &format!("11010119900307001{n}")).await;
            assert_eq!(finding(&came), Some((Finding::Confirmed, false)));
        }
        let attempt = trial.service.id(AttemptId::at);
        let Came::Wait(until) = query(&trial, attempt, 1, "110101199003070019").await else {
            panic!("no more today")
        };
        assert_eq!(trial.source.asked(), 3, "{}", trial.database.name);
        let calendar = trial.service.calendar();
        assert_eq!(until, calendar.next_day(trial.service.now()));
        // What was answered today is still there to be used.
        let attempt = trial.service.id(AttemptId::at);
        let came = query(&trial, attempt, 1, "110101199003070010").await;
        assert_eq!(finding(&came), Some((Finding::Confirmed, true)));
        trial.clock.set(until);
        let attempt = trial.service.id(AttemptId::at);
        let came = query(&trial, attempt, 1, "110101199003070019").await;
        assert_eq!(finding(&came), Some((Finding::Confirmed, false)));
    }
}

#[tokio::test]
async fn a_proof_counts_once_its_attempt_is_approved_and_for_that_person_only() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let (attempt, person) = (trial.service.id(AttemptId::at), PersonId::from_bits(1));
        for _ in 0..2 {
            query(&trial, attempt, 1, NUMBER).await;
        }
        let of = async |owner| {
            let mut tx = trial.service.store().read().await.unwrap();
            source::proofs(&mut tx, owner).await.unwrap()
        };
        assert!(of(Owner::Account(ACCOUNT)).await.is_empty(), "{}", trial.database.name);
        let mut tx = trial.service.store().housekeep().await.unwrap();
        source::bind(&mut tx, attempt, person).await.unwrap();
        tx.commit().await.unwrap();
        let proofs = of(Owner::Person(person)).await;
        assert_eq!(proofs.len(), 1);
        assert_eq!(proofs, of(Owner::Account(ACCOUNT)).await);
        assert_eq!(proofs[0].kind, ChannelKind::PopulationDb);
        assert_eq!(proofs[0].organisation, "Fake Registry");
        assert!(proofs[0].simulated);
        assert!(of(Owner::Person(PersonId::from_bits(2))).await.is_empty());
    }
}

#[tokio::test]
async fn what_only_plays_a_source_is_never_asked_about_real_people() {
    for database in databases().await {
        let trial = Trial::with(database, TrialOptions { live: true, ..TrialOptions::default() }).await;
        assert!(!source::available(&trial.service));
        let attempt = trial.service.id(AttemptId::at);
        assert_eq!(query(&trial, attempt, 1, NUMBER).await, Came::NobodyToAsk);
        assert_eq!(trial.source.asked(), 0, "{}", trial.database.name);
    }
}

/// Three banks and a tax office, in this order.
fn banks(ports: &mut Ports) {
    let clock = Arc::clone(&ports.clock);
    let source = |name, kind, organisation: &str| {
        Arc::new(SandboxSource::new(name, kind, organisation, Arc::clone(&clock))) as Arc<dyn Source>
    };
    ports.sources = vec![
        source("bank_a", ChannelKind::BankCard, "Bank A"),
        source("bank_b", ChannelKind::BankCard, "Bank B"),
        source("bank_c", ChannelKind::BankCard, "Bank C"),
        source("tax", ChannelKind::Tax, "Tax office"),
    ];
}

#[tokio::test]
async fn a_second_bank_is_asked_and_counts_beside_the_first() {
    for database in databases().await {
        let edit: fn(String) -> String =
            |text| text.replace("simulated_allowed = false", "simulated_allowed = true");
        let options = TrialOptions { preset: "generic", edit_policy: edit, ..TrialOptions::default() };
        let trial = Trial::with_ports(database, options, banks).await;
        let service = &trial.service;
        let who = stories::registered(&trial, 1).await;
        trial.eyes.set_evidence(good_evidence(&who.printed.name, &who.printed.number));
        stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        let card = || Channel::BankCard(Personal::new("4111 1111 1111 1111"));
        let add = async |organisation: Option<&str>| {
            let wanted = Wanted { channel: card(), organisation: organisation.map(str::to_owned) };
            let asked = add_channel(service, &who.caller, wanted).await?.commit().await?;
            trial.run_jobs().await;
            source::channel_request(service, &who.caller, asked.id).await
        };
        assert_eq!(add(None).await.unwrap().organisation, "Bank A");
        assert_eq!(add(Some("Bank C")).await.unwrap().organisation, "Bank C");
        let second = add(None).await.unwrap();
        assert_eq!((second.organisation.as_str(), second.state), ("Bank B", RequestState::Confirmed));
        assert_eq!(add(None).await.unwrap_err().code(), "channel_confirmed_already");
        assert_eq!(add(Some("Bank A")).await.unwrap_err().code(), "channel_confirmed_already");
        assert_eq!(add(Some("Bank D")).await.unwrap_err().code(), "channel_not_set_up");
        let wanted = Wanted { channel: Channel::Other(ChannelKind::Tax), organisation: None };
        let fourth = add_channel(service, &who.caller, wanted).await;
        assert_eq!(fourth.err().unwrap().code(), "channel_tries", "three answers a day are paid for");
        let offered = source::offered(service, &who.caller).await.unwrap();
        let offered: Vec<_> = offered.iter().map(|o| (o.organisation.as_str(), o.confirmed)).collect();
        let expected = [("Bank A", true), ("Bank B", true), ("Bank C", true), ("Tax office", false)];
        assert_eq!(offered, expected, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_channel_is_asked_for_again_until_it_is_given_up() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let who = stories::registered(&trial, 1).await;
        trial.eyes.set_evidence(good_evidence(&who.printed.name, &who.printed.number));
        stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        trial.source.set(Err(OutsideError::Unavailable));
        let wanted = Wanted { channel: Channel::Other(ChannelKind::PopulationDb), organisation: None };
        let asked = add_channel(service, &who.caller, wanted.clone()).await.unwrap().commit().await.unwrap();
        let state = async |id| {
            let seen = source::channel_request(service, &who.caller, id).await.unwrap();
            (seen.state, seen.code)
        };
        trial.run_jobs().await;
        assert_eq!(state(asked.id).await, (RequestState::Asking, None));
        // A minute later, as the policy says.
        let before = trial.source.asked();
        trial.advance(Span::minutes(1)).await;
        assert_eq!(trial.source.asked(), before + 1);
        for _ in 0..25 {
            trial.advance(Span::hours(1)).await;
        }
        let over = (RequestState::Unavailable, Some("SRC_UNAVAILABLE".to_owned()));
        assert_eq!(state(asked.id).await, over, "{}", trial.database.name);

        trial.source.set(Ok(Finding::NoRecord));
        let asked = add_channel(service, &who.caller, wanted).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let refused = (RequestState::Refused, Some("SRC_NO_RECORD".to_owned()));
        assert_eq!(state(asked.id).await, refused);
    }
}

#[tokio::test]
async fn whoever_took_the_consent_back_is_asked_about_no_more() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let who = stories::registered(&trial, 1).await;
        trial.eyes.set_evidence(good_evidence(&who.printed.name, &who.printed.number));
        stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        // One request is open while the consent is taken back.
        trial.source.set(Err(OutsideError::Unavailable));
        let wanted = Wanted { channel: Channel::Other(ChannelKind::PopulationDb), organisation: None };
        let asked = add_channel(service, &who.caller, wanted.clone()).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let taken_back = account::withdraw_consent(service, &who.caller, Consent::SourceQuery).await.unwrap();
        taken_back.commit().await.unwrap();
        let before = trial.source.asked();
        trial.source.set(Ok(Finding::Confirmed));
        trial.advance(Span::hours(1)).await;
        assert_eq!(trial.source.asked(), before, "{}", trial.database.name);
        let seen = source::channel_request(service, &who.caller, asked.id).await.unwrap();
        assert_eq!((seen.state, seen.code.as_deref()), (RequestState::Unavailable, Some("consent_missing")));
        let again = add_channel(service, &who.caller, wanted.clone()).await;
        assert_eq!(again.err().unwrap().code(), "consent_missing");

        let text = ("2026-11", "zh-CN");
        let given = account::give_consent(service, &who.caller, Consent::SourceQuery, text).await.unwrap();
        given.commit().await.unwrap();
        let asked = add_channel(service, &who.caller, wanted).await.unwrap().commit().await.unwrap();
        trial.run_jobs().await;
        let seen = source::channel_request(service, &who.caller, asked.id).await.unwrap();
        assert_eq!(seen.state, RequestState::Confirmed);
    }
}

#[tokio::test]
async fn a_request_whose_job_was_lost_is_given_up() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let who = stories::registered(&trial, 1).await;
        trial.eyes.set_evidence(good_evidence(&who.printed.name, &who.printed.number));
        stories::submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        let wanted = Wanted { channel: Channel::Other(ChannelKind::PopulationDb), organisation: None };
        let asked = add_channel(service, &who.caller, wanted.clone()).await.unwrap().commit().await.unwrap();
        let mut tx = service.store().housekeep().await.unwrap();
        shiming_store::queue::cancel(&mut tx, &format!("channel:{}", asked.id), service.now()).await.unwrap();
        tx.commit().await.unwrap();
        let again = add_channel(service, &who.caller, wanted.clone()).await;
        assert_eq!(again.err().unwrap().code(), "channel_asking");
        trial.clock.advance(Span::days(3));
        shiming_engine::sweep::plan(service).await.unwrap();
        trial.run_jobs().await;
        let seen = source::channel_request(service, &who.caller, asked.id).await.unwrap();
        assert_eq!(seen.code.as_deref(), Some("SRC_UNAVAILABLE"), "{}", trial.database.name);
        add_channel(service, &who.caller, wanted).await.unwrap();
    }
}

#[tokio::test]
async fn magic_numbers_play_what_sources_do() {
    let trial = Trial::sqlite().await;
    let source = SandboxSource::population(Arc::clone(&trial.clock) as _);
    let ask = async |number: &str| {
        let question = SourceQuestion {
            name: Personal::new("王芳"),
            number: Personal::new(number),
            phone: None,
            bank_card: None,
            reference: "r".to_owned(),
        };
        source.ask(question).await.map(|answer| answer.finding)
    };
    assert_eq!(ask("990401199001010015").await, Ok(Finding::NoRecord));
    assert_eq!(ask("990403199001010018").await, Ok(Finding::Mismatch));
    assert_eq!(ask("990000199001010017").await, Ok(Finding::Confirmed));
    assert_eq!(ask("990402199001010011").await, Err(OutsideError::Unavailable));
    trial.clock.advance(Span::seconds(59));
    assert_eq!(ask("990402199001010011").await, Err(OutsideError::Unavailable));
    trial.clock.advance(Span::seconds(1));
    assert_eq!(ask("990402199001010011").await, Ok(Finding::Confirmed));
    assert!(source.simulated());
}

/// Answers one request and gives back what it was asked.
async fn one_answer(status: &'static str, body: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        while !asked.ends_with('}') {
            let mut buffer = [0; 4096];
            let n = stream.read(&mut buffer).await.unwrap();
            asked.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        asked
    });
    (port, task)
}

fn here() -> Client {
    Client::new(Rules { allow_loopback: true, ..Rules::default() }).unwrap()
}

async fn ask_over_http(
    status: &'static str,
    body: &'static str,
) -> (Result<SourceAnswer, OutsideError>, String) {
    let (port, task) = one_answer(status, body).await;
    let settings = HttpSourceSettings {
        name: "registry".to_owned(),
        kind: ChannelKind::PopulationDb,
        organisation: "registry.example".to_owned(),
        url: format!("http://127.0.0.1:{port}/check"),
        secret: Personal::new("word"),
        simulated: false,
    };
    let source = HttpSource::new(here(), settings).unwrap();
    let question = SourceQuestion {
        name: Personal::new("王芳"),
        number: Personal::new(NUMBER),
        phone: None,
        bank_card: None,
        reference: "att_1:registry".to_owned(),
    };
    let answer = source.ask(question).await;
    (answer, task.await.unwrap())
}

#[tokio::test]
async fn a_source_over_http_is_asked_as_documented() {
    let (answer, asked) = ask_over_http("200 OK", r#"{"finding":"confirmed","reference":"R-1"}"#).await;
    assert_eq!(answer, Ok(SourceAnswer { finding: Finding::Confirmed, reference: "R-1".to_owned() }));
    assert!(asked.starts_with("POST /check HTTP/1.1\r\n"), "{asked}");
    let lower = asked.to_lowercase();
    assert!(lower.contains("authorization: bearer word\r\n"), "{asked}");
    assert!(lower.contains("idempotency-key: att_1:registry\r\n"), "{asked}");
    assert!(lower.contains("content-type: application/json\r\n"), "{asked}");
    let body = asked.split_once("\r\n\r\n").unwrap().1;
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(json, serde_json::json!({ "reference": "att_1:registry", "name": "王芳", "number": NUMBER }));
}

#[tokio::test]
async fn an_answer_that_is_none_changes_nothing() {
    for (status, body, error) in [
        ("200 OK", "<html>", OutsideError::Unusable),
        ("200 OK", r#"{"finding":"approved","reference":"R"}"#, OutsideError::Unusable),
        ("302 Found", "", OutsideError::Unusable),
        ("400 Bad Request", "{}", OutsideError::Refused),
        ("401 Unauthorized", "{}", OutsideError::Unavailable),
        ("503 Busy", "{}", OutsideError::Unavailable),
    ] {
        assert_eq!(ask_over_http(status, body).await.0, Err(error), "{status} {body}");
    }
}

#[tokio::test]
async fn a_short_message_goes_to_the_gateway_as_documented() {
    let (port, task) = one_answer("202 Accepted", "").await;
    let url = format!("http://127.0.0.1:{port}/sms");
    let sms = HttpSms::new(here(), &url, &Personal::new("word")).unwrap();
    let message = ShortMessage {
        to: Personal::new("+8613800138000"),
        text: "【Shiming】您好".to_owned(),
        message_id: "ntc_1.0".to_owned(),
    };
    sms.send(message).await.unwrap();
    let asked = task.await.unwrap();
    let json: serde_json::Value = serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "message_id": "ntc_1.0", "to": "+8613800138000", "text": "【Shiming】您好" })
    );
    assert!(HttpSms::new(here(), "http://10.0.0.1/", &Personal::new("word")).is_err());
}
