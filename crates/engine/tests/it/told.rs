//! The whole way: somebody registers, applies, a source is silent and then answers, and every letter arrives.

use crate::mail::Server;
use shiming_domain::account::{Contact, Locale};
use shiming_domain::application::StateName;
use shiming_domain::id::{AccountId, ApplicationId, ChannelProofId};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_domain::policy::ChannelKind;
use shiming_domain::reason::Step;
use shiming_engine::account::{self, Registration};
use shiming_engine::outside::{OutsideError, outbox};
use shiming_engine::service::{Caller, Error};
use shiming_engine::source::{
    self, Channel, Owner, RequestState, Wanted, add_channel, channel_request, channels,
};
use shiming_engine::{application, notice};
use shiming_testkit::trial::seen::specimen;
use shiming_testkit::trial::stories::{Somebody, declared, submitted};
use shiming_testkit::trial::{Trial, TrialOptions, databases};
use std::sync::Arc;

/// Somebody with a confirmed address, signed in.
async fn somebody(trial: &Trial, n: u32) -> Somebody {
    let anyone = Caller::anyone(None, None);
    let registration = Registration {
        contact: format!("somebody{n}@example.org"),
        password: "rain on the old city wall".to_owned(),
        locale: Locale::ZhCn,
        device: None,
    };
    let asked = account::register(&trial.service, &anyone, registration).await.unwrap();
    let asked = asked.commit().await.unwrap();
    trial.run_jobs().await;
    // At one moment of this clock others may have been written to, too.
    let to = Contact::parse(&format!("somebody{n}@example.org")).unwrap();
    let kept = outbox::list(&trial.service, Some(&to), 1).await.unwrap();
    let code: String = kept[0].kept.text.chars().filter(char::is_ascii_digit).take(6).collect();
    let signed_in = account::confirm(&trial.service, &anyone, asked.request, &code, None).await.unwrap();
    let signed_in = signed_in.commit().await.unwrap();
    let caller =
        account::authenticate_session(&trial.service, &signed_in.token, None, None).await.unwrap().unwrap();
    let account: AccountId = signed_in.owner.parse().unwrap();
    Somebody { account, caller, printed: specimen(n) }
}

async fn status(trial: &Trial, who: &Somebody, id: ApplicationId) -> StateName {
    application::view(&trial.service, &who.caller, id).await.unwrap().status
}

/// The keys of what somebody was told, oldest first.
async fn told(trial: &Trial, who: &Somebody) -> Vec<&'static str> {
    let page = notice::list(&trial.service, &who.caller, None, 100).await.unwrap();
    page.notices.iter().rev().map(|notice| notice.kind.as_str()).collect()
}

fn code<T>(result: Result<T, Error>) -> &'static str {
    result.err().map_or("done", |error| error.code())
}

#[tokio::test]
async fn a_source_that_was_silent_answers_and_the_application_goes_on() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let who = somebody(&trial, 1).await;
        trial.source.set(Err(OutsideError::Unavailable));
        let id = submitted(&trial, &who, 2).await;
        trial.run_jobs().await;
        assert_eq!(status(&trial, &who, id).await, StateName::WaitingSource, "{}", trial.database.name);
        assert_eq!(trial.source.asked(), 1);
        trial.advance(Span::seconds(59)).await;
        assert_eq!(trial.source.asked(), 1);
        trial.source.set(Ok(shiming_engine::outside::Finding::Confirmed));
        trial.advance(Span::seconds(1)).await;
        assert_eq!(trial.source.asked(), 2);
        assert_eq!(status(&trial, &who, id).await, StateName::Approved);
        trial.advance(Span::hours(2)).await;
        assert_eq!(trial.source.asked(), 2);

        let mut tx = trial.service.store().read().await.unwrap();
        let person = shiming_engine::person::facts(&mut tx, who.account).await.unwrap().unwrap().person;
        let proofs = source::proofs(&mut tx, Owner::Person(person)).await.unwrap();
        assert_eq!(proofs.len(), 1);
        drop(tx);
        let told = told(&trial, &who).await;
        assert!(told.contains(&"application_received") && told.contains(&"application_approved"), "{told:?}");
        assert!(!told.contains(&"application_delayed"), "{told:?}");
        // Each letter went once, in the language of the account.
        let subjects: Vec<String> = trial.outbox.letters().into_iter().map(|letter| letter.subject).collect();
        let approved = "[Shiming] 实名认证已通过；如非本人操作请立即联系我们";
        assert_eq!(subjects.iter().filter(|subject| *subject == approved).count(), 1, "{subjects:?}");
    }
}

#[tokio::test]
async fn a_source_that_stays_silent_is_given_up_for_a_person() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let who = somebody(&trial, 1).await;
        trial.source.set(Err(OutsideError::Unavailable));
        let id = submitted(&trial, &who, 2).await;
        trial.run_jobs().await;
        for _ in 0..25 {
            trial.advance(Span::hours(1)).await;
        }
        assert_eq!(status(&trial, &who, id).await, StateName::ManualReview, "{}", trial.database.name);
        assert!(told(&trial, &who).await.contains(&"application_delayed"));
        let asked = trial.source.asked();
        trial.advance(Span::hours(2)).await;
        assert_eq!(trial.source.asked(), asked);
    }
}

#[tokio::test]
async fn a_verified_person_adds_a_channel_and_nobody_else_does() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let who = somebody(&trial, 1).await;
        let wanted = |channel| Wanted { channel, organisation: None };
        let add = |channel| add_channel(&trial.service, &who.caller, wanted(channel));
        let population = || Channel::Other(ChannelKind::PopulationDb);
        assert_eq!(code(add(population()).await), "not_verified", "{}", trial.database.name);
        submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        assert_eq!(trial.source.asked(), 0);
        assert_eq!(channels(&trial.service, &who.caller).await.unwrap(), []);

        trial.source.set(Ok(shiming_engine::outside::Finding::Confirmed));
        let asked = add(population()).await.unwrap().commit().await.unwrap();
        assert_eq!((asked.state, trial.source.asked()), (RequestState::Asking, 0), "not within the request");
        assert_eq!(code(add(population()).await), "channel_asking");
        trial.run_jobs().await;
        let ended = channel_request(&trial.service, &who.caller, asked.id).await.unwrap();
        assert_eq!((ended.state, ended.organisation.as_str()), (RequestState::Confirmed, "Fake Registry"));
        let listed = channels(&trial.service, &who.caller).await.unwrap();
        assert_eq!(listed.iter().map(|channel| Some(channel.id)).collect::<Vec<_>>(), [ended.proof]);
        assert_eq!(code(add(population()).await), "channel_confirmed_already");
        let other = somebody(&trial, 2).await;
        let theirs = channel_request(&trial.service, &other.caller, asked.id).await;
        assert_eq!(theirs.unwrap_err().code(), "not_found");

        let card = |number: &str| Channel::BankCard(Personal::new(number));
        assert_eq!(code(add(card("4111 1111 1111 1112")).await), "card_malformed");
        assert_eq!(code(add(card("4111 1111 1111 1111")).await), "channel_not_set_up");
        assert_eq!(code(add(Channel::MobileOperator(Personal::new("110"))).await), "phone_malformed");
        assert_eq!(code(add(Channel::Other(ChannelKind::BankCard)).await), "channel_incomplete");
        assert_eq!(
            code(add_channel(&trial.service, &Caller::system(), wanted(population())).await),
            "not_found"
        );

        // A step that asks for a further source takes it; what is not this account's counts for nothing.
        let id = declared(&trial, &who, 1).await;
        let save = |proof| application::save_channel(&trial.service, &who.caller, id, proof);
        assert_eq!(code(save(ChannelProofId::from_bits(1)).await), "channel_proof_unknown");
        let view = save(ended.proof.unwrap()).await.unwrap().commit().await.unwrap();
        let step = view.steps.iter().find(|step| step.name == Step::Channel).unwrap();
        assert_eq!(step.state, application::StepState::Done);
    }
}

#[tokio::test]
async fn letters_of_an_account_arrive_at_a_real_mail_server() {
    let Some(server) = Server::start() else { return };
    for database in databases().await {
        let smtp = Arc::new(server.smtp());
        let before = server.letters().len();
        let trial =
            Trial::with_ports(database, TrialOptions::default(), |given| given.mail = smtp as _).await;
        let who = somebody(&trial, 1).await;
        submitted(&trial, &who, 1).await;
        trial.run_jobs().await;
        let letters = server.letters().split_off(before);
        let mut subjects: Vec<String> =
            letters.iter().map(|l| l["headers"]["subject"].as_str().unwrap().to_owned()).collect();
        assert!(subjects.contains(&"[Shiming] 已收到您的认证资料".to_owned()), "{subjects:?}");
        let approved = "[Shiming] 实名认证已通过；如非本人操作请立即联系我们".to_owned();
        assert!(subjects.contains(&approved), "{subjects:?}");
        let sent = subjects.len();
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), sent, "a letter came twice");
        for letter in &letters {
            assert_eq!(letter["rcpt_tos"], serde_json::json!(["somebody1@example.org"]));
            assert!(!letter["text"].as_str().unwrap().contains(&who.printed.name), "a name in a letter");
        }
    }
}
