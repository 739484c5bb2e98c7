//! What the holder of a case compares before deciding.

use super::*;
use shiming_domain::Outcome;
use shiming_domain::check::{Check, Status};
use shiming_domain::judge::{Agreement, FieldName};
use shiming_domain::moment::Span;
use shiming_engine::application::{Upload, put_file, submit};
use shiming_engine::review::{self, Alike, CaseView};
use shiming_testkit::trial::databases;
use shiming_testkit::trial::seen::{picture_that_looks, specimen};

async fn view(trial: &Trial, by: &Caller, id: CaseId) -> CaseView {
    review::view(&trial.service, by, id).await.unwrap()
}

#[tokio::test]
async fn fields_scores_attempts_and_texts_are_there_before_anybody_decides() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        next(&trial, &reviewer(1)).await.unwrap();
        let seen = view(&trial, &reviewer(1), real.case).await;

        let field = |name| seen.fields.iter().find(|line| line.field == name).unwrap();
        let number = field(FieldName::Number);
        assert_eq!((number.verdict, number.confidence), (Agreement::Match, Some(0.98)));
        let masked = format!("0000**********{}", real.somebody.printed.number.get(14..).unwrap());
        assert_eq!((&number.declared, &number.read), (&Some(masked.clone()), &Some(masked)));
        assert_eq!(field(FieldName::Name).declared.as_deref(), Some("***"));
        assert_eq!(field(FieldName::BirthDate).read.as_deref(), Some("****-**-**"));
        assert_eq!(field(FieldName::Address).verdict, Agreement::Absent, "nobody types it");

        let face = seen.scores.iter().find(|score| score.check == Check::FaceMatchPortrait).unwrap();
        assert_eq!((face.value, face.verdict), (0.45, Status::Warn));
        assert!(face.low_is_bad && face.threshold > Some(face.value) && face.range == (0.0, 1.0));

        let [attempt] = seen.attempts.as_slice() else { panic!("one attempt") };
        let decided = attempt.decided.as_ref().unwrap();
        assert_eq!((decided.outcome, decided.by_person), (Outcome::Review, false));
        assert_eq!(decided.reasons, [Code::FaceBorderline]);
        assert_eq!(seen.duplicates, [], "{}", trial.database.name);

        // What is shown is what will be read.
        let promised = seen.reads["resubmit.IMG_BLUR.portrait_side"].clone();
        assert!(promised.en.starts_with("Your portrait side photo"), "{}", promised.en);
        assert!(seen.reads["reject"].en.starts_with("Not approved"), "{}", seen.reads["reject"].en);
        assert!(seen.reads["reject.DOC_TAMPERED"].en.contains("You may appeal until 2027-01-24"));
        assert!(!seen.reads.contains_key("reject.IMG_BLUR"), "nobody is rejected for a blurred photo");
        next_decided_again(&trial, &reviewer(1), real.case, resubmit()).await;
        trial.advance(Span::seconds(10)).await;
        let told =
            shiming_engine::application::view(&trial.service, &real.somebody.caller, real.application).await;
        assert_eq!(told.unwrap().latest_decision.unwrap().reasons[0].text, promised);
    }
}

/// Decides a case that is held.
async fn next_decided_again(trial: &Trial, by: &Caller, id: CaseId, decision: Decision) {
    let line = view(trial, by, id).await.line;
    let done = review::decide(&trial.service, by, id, decide(&line, decision)).await;
    done.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn the_same_number_on_another_account_is_shown_with_its_person() {
    for database in databases().await {
        let trial = trial(database).await;
        let (_, first) = stories::approved(&trial, 1).await;
        let mut second = stories::registered(&trial, 2).await;
        second.printed = specimen(1);
        let application = stories::submitted(&trial, &second, 1).await;
        trial.run_jobs().await;
        let held = next(&trial, &reviewer(1)).await.unwrap();
        assert_eq!(held.application, Some(application));
        let seen = view(&trial, &reviewer(1), held.id).await;
        assert_eq!(seen.findings.reasons, [Code::DupIdno]);
        let [twin] = seen.duplicates.as_slice() else { panic!("one duplicate: {:?}", seen.duplicates) };
        assert_eq!((twin.kind, twin.application), (Alike::DocumentNumber, first));
        assert!(twin.person.is_some() && twin.similarity > 0.99, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_second_look_knows_nothing_of_the_first() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), approve()).await;
        trial.advance(Span::seconds(10)).await;
        let again = next(&trial, &reviewer(2)).await.unwrap();
        let seen = view(&trial, &reviewer(2), again.id).await;
        assert_eq!(seen.attempts.len(), 1);
        assert_eq!(seen.attempts[0].decided, None);
        assert_eq!((seen.earlier.len(), seen.opinions.len()), (0, 0));
        // It sees why a person looked, and the same facts.
        assert_eq!(seen.findings.reasons, [Code::FaceBorderline]);
        assert!(!seen.fields.is_empty() && !seen.scores.is_empty(), "{}", trial.database.name);
    }
}

#[tokio::test]
async fn whoever_waits_is_told_until_when() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let due = view(&trial, &supervisor(), real.case).await.line.due_at;
        let own =
            shiming_engine::application::view(&trial.service, &real.somebody.caller, real.application).await;
        assert_eq!(own.unwrap().due_at, Some(due), "{}", trial.database.name);
        let page =
            shiming_engine::notice::list(&trial.service, &real.somebody.caller, None, 10).await.unwrap();
        let titles: Vec<_> = page.notices.iter().map(|notice| notice.title.en.as_str()).collect();
        let told = titles.iter().find(|title| title.starts_with("In review, expected by 2026-"));
        assert!(told.is_some_and(|title| !title.contains('…')), "{titles:?}");
        // Late: the new date is the one that stands.
        trial.clock.set(due);
        trial.run_jobs().await;
        let own =
            shiming_engine::application::view(&trial.service, &real.somebody.caller, real.application).await;
        assert!(own.unwrap().due_at > Some(due));
    }
}

/// Somebody's application whose selfie looks so; the files of two differ.
async fn with_selfie(trial: &Trial, somebody: &Somebody, salt: u32, look: [u8; 32]) -> ApplicationId {
    let id = stories::declared(trial, somebody, 1).await;
    for step in [Step::PortraitSide, Step::EmblemSide] {
        stories::sent(trial, somebody, id, step).await;
    }
    let bytes = picture_that_looks(Step::Selfie, &somebody.printed, salt, look);
    let upload = Upload { step: Step::Selfie, bytes, live: true };
    let sent = put_file(&trial.service, &somebody.caller, id, upload).await.unwrap();
    assert!(sent.value.file.is_some());
    sent.commit().await.unwrap();
    submit(&trial.service, &somebody.caller, id).await.unwrap().commit().await.unwrap();
    trial.run_jobs().await;
    id
}

/// The look with so many bits changed, spread over its parts.
fn changed(look: [u8; 32], bits: usize) -> [u8; 32] {
    let mut out = look;
    for bit in 0..bits {
        out[bit * 2 % 32] ^= 1 << (bit / 16);
    }
    out
}

#[tokio::test]
async fn the_same_photograph_as_another_file_goes_to_a_person_and_nobody_is_told_why() {
    for database in databases().await {
        // The preset for elsewhere only notes such pictures; here they count, as in the preset for China.
        let edit_policy = |text: String| no_samples(text.replace(", \"duplicate_image\"", ""));
        let trial = Trial::with(database, TrialOptions { edit_policy, ..TrialOptions::default() }).await;
        let look: [u8; 32] = std::array::from_fn(|n| u8::try_from(n * 7 % 256).unwrap());
        let own = |n| stories::registered(&trial, n);
        let status_of = |somebody: Somebody, id: ApplicationId| {
            let service = trial.service.clone();
            async move { shiming_engine::application::view(&service, &somebody.caller, id).await.unwrap() }
        };
        let (first, near, far) = (own(1).await, own(2).await, own(3).await);
        let known = with_selfie(&trial, &first, 1, look).await;
        assert_eq!(status_of(first.clone(), known).await.status, application::StateName::Approved);
        // The same person again, after a while: nothing to see in that.
        trial.clock.advance(Span::days(1));
        let again = with_selfie(&trial, &first, 2, changed(look, 3)).await;
        assert_eq!(status_of(first, again).await.status, application::StateName::Approved);
        // As far away as two photographs of different people.
        let other = with_selfie(&trial, &far, 3, changed(look, 48)).await;
        assert_eq!(status_of(far, other).await.status, application::StateName::Approved);

        let copied = with_selfie(&trial, &near, 4, changed(look, 15)).await;
        let shown = status_of(near, copied).await;
        assert_eq!(shown.status, application::StateName::ManualReview, "{}", trial.database.name);
        let told: Vec<_> = shown.latest_decision.unwrap().reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(told, [Code::InfoUnconfirmed]);
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let seen = view(&trial, &reviewer(1), held.id).await;
        assert_eq!(seen.findings.reasons, [Code::DupImage]);
        let alike: Vec<_> = seen.duplicates.iter().map(|twin| (twin.kind, twin.application)).collect();
        assert!(alike.contains(&(Alike::SimilarPicture, known)), "{alike:?}");
        assert!(seen.duplicates.iter().all(|twin| twin.similarity > 0.9 && twin.person.is_some()));
        // Neither the look nor a part of it lies in the database.
        let parts = trial.database.column("file_band", "band").await;
        assert!(parts.len() >= 64 && parts.iter().all(|part| part.len() == 16));
        for sealed in trial.database.column("file_look", "sealed").await {
            assert!(!sealed.windows(4).any(|window| window == &look[..4]));
        }
    }
}
