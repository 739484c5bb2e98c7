//! Notices: told once, shown in both languages, sent once, and nothing about a person in them.

use crate::mail::Server;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use shiming_domain::account::{Contact, Locale};
use shiming_domain::id::{AccountId, EventId, NoticeId};
use shiming_domain::moment::Span;
use shiming_domain::notice::Notice;
use shiming_engine::account::{self, Registration};
use shiming_engine::notice::{self, NewNotice, Reader};
use shiming_engine::outside::{Letter, Mail, OutsideError, ShortMessage, Sms, outbox};
use shiming_engine::service::{Caller, Principal, Strength};
use shiming_store::notice::{Sending, StoredNotice};
use shiming_testkit::trial::{Trial, TrialOptions, databases};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const ACCOUNT: AccountId = AccountId::from_bits(7);

fn owner(account: AccountId) -> Caller {
    let principal = Principal::Applicant { account, session: "s".to_owned() };
    Caller { principal, strength: Strength::OneFactor, verified_at: None, request_id: None, network: None }
}

fn reader(contacts: &[&str], locale: Locale) -> Reader {
    let contacts = contacts.iter().map(|text| Contact::parse(text).unwrap()).collect();
    Reader { locale, contacts }
}

async fn tell(trial: &Trial, kind: Notice, params: &[(&'static str, &str)]) -> NoticeId {
    let params = params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let mut tx = trial.service.store().housekeep().await.unwrap();
    let id = notice::tell(&trial.service, &mut tx, ACCOUNT, kind, params, trial.service.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn stored(trial: &Trial, id: NoticeId) -> StoredNotice {
    let mut tx = trial.service.store().read().await.unwrap();
    shiming_store::notice::load(&mut tx, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_notice_is_told_once_however_often_its_effect_runs() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let event = trial.service.id(EventId::at);
        let id = notice::id_of(event, 3);
        assert_ne!(id, notice::id_of(event, 2));
        for new in [true, false] {
            let mut tx = trial.service.store().housekeep().await.unwrap();
            let notice = NewNotice {
                id,
                account: ACCOUNT,
                kind: Notice::AppealAnswered,
                params: BTreeMap::new(),
                at: trial.service.now(),
                also_to: Vec::new(),
            };
            assert_eq!(notice::tell_once(&trial.service, &mut tx, notice).await.unwrap(), new);
            tx.commit().await.unwrap();
        }
        let page = notice::list(&trial.service, &owner(ACCOUNT), None, 10).await.unwrap();
        assert_eq!(page.notices.len(), 1, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_notice_is_shown_in_the_language_of_its_reader_and_holds_no_personal_value() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let id = tell(
            &trial,
            Notice::ApplicationResubmit,
            &[("steps", "portrait_side,selfie"), ("name", "张三"), ("date", "110101199003070014")],
        )
        .await;
        assert_eq!(stored(&trial, id).await.params.len(), 1);
        let newest = async || {
            let page = notice::list(&trial.service, &owner(ACCOUNT), None, 10).await.unwrap();
            page.notices[0].title.clone()
        };
        assert_eq!(newest().await.zh_cn, "还差一步：请补充身份证人像面、自拍");
        assert_eq!(
            newest().await.en,
            "One more thing: please redo the portrait side of the card, the selfie"
        );
        trial.clock.advance(Span::minutes(1));
        tell(&trial, Notice::DeadlineReminder, &[]).await;
        assert_eq!(newest().await.en, "Please verify by …");
    }
}

#[tokio::test]
async fn notices_come_in_pages_newest_first_and_are_read_by_their_owner_only() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let mut told = Vec::new();
        for _ in 0..5 {
            told.push(tell(&trial, Notice::TicketReply, &[]).await);
            trial.clock.advance(Span::minutes(1));
        }
        // Two at the same moment, and one that is not due yet.
        let twins =
            [tell(&trial, Notice::LevelChanged, &[]).await, tell(&trial, Notice::LevelChanged, &[]).await];
        let mut tx = trial.service.store().housekeep().await.unwrap();
        let later = trial.service.now() + Span::hours(1);
        let params = BTreeMap::new();
        notice::tell(&trial.service, &mut tx, ACCOUNT, Notice::ApplicationDelayed, params, later)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = notice::list(&trial.service, &owner(ACCOUNT), cursor, 2).await.unwrap();
            assert_eq!(page.unread, 7);
            seen.extend(page.notices.iter().map(|notice| notice.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let mut expected: Vec<_> = told.iter().rev().copied().collect();
        let mut twins = twins.to_vec();
        twins.sort_by(|a, b| b.cmp(a));
        expected.splice(0..0, twins);
        assert_eq!(seen, expected, "{}", trial.database.name);

        let other = owner(AccountId::from_bits(8));
        let refused = |error: shiming_engine::service::Error| error.code();
        let read = notice::mark_read(&trial.service, &other, told[0]).await;
        assert_eq!(read.map_err(refused), Err("not_found"));
        let paged = notice::list(&trial.service, &other, Some(told[0]), 2).await;
        assert_eq!(paged.map(|_| ()).map_err(refused), Err("not_found"));
        notice::mark_read(&trial.service, &owner(ACCOUNT), told[0]).await.unwrap();
        let first = stored(&trial, told[0]).await.read;
        trial.clock.advance(Span::minutes(1));
        notice::mark_read(&trial.service, &owner(ACCOUNT), told[0]).await.unwrap();
        assert_eq!(stored(&trial, told[0]).await.read, first);
        let page = notice::list(&trial.service, &owner(ACCOUNT), None, 2).await.unwrap();
        assert_eq!(page.unread, 6);
    }
}

#[tokio::test]
async fn a_notice_goes_out_once_by_each_way_of_its_kind() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let reader = reader(&["wang.fang@example.org", "13800138000"], Locale::ZhCn);
        let id = tell(&trial, Notice::AccountPaused, &[("action", "renew")]).await;
        for _ in 0..2 {
            notice::deliver(&trial.service, id, &reader).await.unwrap();
        }
        let (letters, messages) = (trial.outbox.letters(), trial.outbox.messages());
        assert_eq!((letters.len(), messages.len()), (1, 1), "{}", trial.database.name);
        assert_eq!(letters[0].subject, "[Shiming] 账户已暂停使用，更新证件后恢复");
        assert!(letters[0].text.contains("https://shiming.test"));
        assert_eq!(letters[0].message_id, format!("{id}.0"));
        assert_eq!(messages[0].text, "【Shiming】账户已暂停使用，更新证件后恢复");
        let after = stored(&trial, id).await;
        assert_eq!((after.mail, after.sms), (Sending::Sent, Sending::Sent));

        let id = tell(&trial, Notice::TicketReply, &[]).await;
        notice::deliver(&trial.service, id, &self::reader(&["13800138000"], Locale::En)).await.unwrap();
        let after = stored(&trial, id).await;
        assert_eq!((after.mail, after.sms), (Sending::Nobody, Sending::None));
        assert_eq!(trial.outbox.messages().len(), 1);
        let id = tell(&trial, Notice::StepLocked, &[]).await;
        assert_eq!(stored(&trial, id).await.mail, Sending::None);
    }
}

#[tokio::test]
async fn a_changed_contact_is_told_at_both_addresses() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let id = trial.service.id(NoticeId::at);
        let notice = NewNotice {
            id,
            account: ACCOUNT,
            kind: Notice::ContactChanged,
            params: BTreeMap::new(),
            at: trial.service.now(),
            also_to: vec![Contact::parse("old@example.org").unwrap()],
        };
        let mut tx = trial.service.store().housekeep().await.unwrap();
        notice::tell_once(&trial.service, &mut tx, notice).await.unwrap();
        tx.commit().await.unwrap();
        notice::deliver(&trial.service, id, &reader(&["new@example.org"], Locale::En)).await.unwrap();
        let to: Vec<_> = trial.outbox.letters().iter().map(|letter| letter.to.reveal().to_owned()).collect();
        assert_eq!(to, ["new@example.org", "old@example.org"], "{}", trial.database.name);
    }
}

/// Mail that is out of order until it is mended, and an SMS gateway that is fine.
#[derive(Default)]
struct Broken {
    mended: Mutex<bool>,
    mails: Mutex<Vec<String>>,
    messages: Mutex<Vec<String>>,
}

impl Mail for Broken {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), OutsideError>> {
        self.mails.lock().unwrap().push(letter.message_id);
        let outcome = if *self.mended.lock().unwrap() { Ok(()) } else { Err(OutsideError::Unavailable) };
        async move { outcome }.boxed()
    }
}

impl Sms for Broken {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), OutsideError>> {
        self.messages.lock().unwrap().push(message.message_id);
        async { Ok(()) }.boxed()
    }
}

#[tokio::test]
async fn an_outage_of_one_way_neither_loses_a_notice_nor_repeats_the_other() {
    for database in databases().await {
        let broken = Arc::new(Broken::default());
        let ports = Arc::clone(&broken);
        let trial = Trial::with_ports(database, TrialOptions::default(), |given| {
            given.mail = Arc::clone(&ports) as _;
            given.sms = ports as _;
        })
        .await;
        let reader = reader(&["wang.fang@example.org", "13800138000"], Locale::En);
        let id = tell(&trial, Notice::AccountRestored, &[]).await;
        let failed = notice::deliver(&trial.service, id, &reader).await.unwrap_err();
        assert!(failed.is_passing());
        let after = stored(&trial, id).await;
        assert_eq!((after.mail, after.sms), (Sending::Waiting, Sending::Sent));
        *broken.mended.lock().unwrap() = true;
        notice::deliver(&trial.service, id, &reader).await.unwrap();
        assert_eq!(stored(&trial, id).await.mail, Sending::Sent);
        // The letter that was tried twice is recognisably one letter.
        assert_eq!(*broken.mails.lock().unwrap(), [format!("{id}.0"), format!("{id}.0")]);
        assert_eq!(broken.messages.lock().unwrap().len(), 1, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn a_sandbox_keeps_what_it_sends_and_a_live_service_does_not() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let reader = reader(&["wang.fang@example.org", "13800138000"], Locale::ZhCn);
        let id = tell(&trial, Notice::NewSignIn, &[]).await;
        notice::deliver(&trial.service, id, &reader).await.unwrap();
        let kept = outbox::list(&trial.service, None, 10).await.unwrap();
        let kinds: Vec<_> = kept.iter().map(|item| (item.kind.as_str(), item.kept.to.reveal())).collect();
        assert_eq!(kinds, [("sms", "+8613800138000"), ("mail", "wang.fang@example.org")]);
        assert_eq!(kept[1].kept.subject.as_deref(), Some("[Shiming] 新设备登录了您的账户"));

        let live = Trial::with(
            shiming_testkit::trial::Database::sqlite().await,
            TrialOptions { live: true, ..TrialOptions::default() },
        )
        .await;
        let id = tell(&live, Notice::NewSignIn, &[]).await;
        notice::deliver(&live.service, id, &reader).await.unwrap();
        assert_eq!(live.outbox.letters().len(), 1);
        assert_eq!(outbox::list(&live.service, None, 10).await.unwrap_err().code(), "not_found");
        let mut tx = live.service.store().read().await.unwrap();
        assert!(shiming_store::outbox::list(&mut tx, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_outbox_keeps_the_newest_500() {
    let trial = Trial::sqlite().await;
    let reader = reader(&["wang.fang@example.org"], Locale::En);
    for n in 0..505 {
        trial.clock.advance(Span::seconds(1));
        let id = NoticeId::from_bits(1000 + n);
        let new = NewNotice {
            id,
            account: ACCOUNT,
            kind: Notice::TicketReply,
            params: BTreeMap::new(),
            at: trial.service.now(),
            also_to: Vec::new(),
        };
        let mut tx = trial.service.store().housekeep().await.unwrap();
        notice::tell_once(&trial.service, &mut tx, new).await.unwrap();
        tx.commit().await.unwrap();
        notice::deliver(&trial.service, id, &reader).await.unwrap();
    }
    let kept = outbox::list(&trial.service, None, 1000).await.unwrap();
    assert_eq!(kept.len(), 500);
    assert_eq!(kept[0].kept.message_id, format!("{}.0", NoticeId::from_bits(1504)));
}

#[tokio::test]
async fn a_code_goes_by_the_way_of_its_contact_in_the_words_of_the_table() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        for (contact, locale) in [("wang.fang@example.org", Locale::En), ("13800138000", Locale::ZhCn)] {
            let registration = Registration {
                contact: contact.to_owned(),
                password: "rain on the old city wall".to_owned(),
                locale,
                device: None,
            };
            let anyone = Caller::anyone(None, None);
            let asked = account::register(&trial.service, &anyone, registration).await.unwrap();
            asked.commit().await.unwrap();
            trial.run_jobs().await;
        }
        let letter = trial.outbox.letters().remove(0);
        assert_eq!(letter.subject, "[Shiming] Confirm your contact");
        assert!(letter.text.contains("It is valid for 24 hours."), "{}", letter.text);
        let code = trial.outbox.last_code().unwrap();
        assert_eq!(
            trial.outbox.messages()[0].text,
            format!("【Shiming】您的确认码是 {code}，10 分钟内有效。请勿告诉任何人；如非本人操作，请忽略。")
        );
    }
}

#[tokio::test]
async fn a_notice_arrives_at_a_real_mail_server() {
    let Some(server) = Server::start() else { return };
    for database in databases().await {
        let smtp = Arc::new(server.smtp());
        let before = server.letters().len();
        let trial =
            Trial::with_ports(database, TrialOptions::default(), |given| given.mail = smtp as _).await;
        let id = tell(&trial, Notice::DocumentExpiring, &[("date", "2026-12-25")]).await;
        notice::deliver(&trial.service, id, &reader(&["wang.fang@example.org"], Locale::ZhCn)).await.unwrap();
        let id_refused = tell(&trial, Notice::DocumentExpiring, &[("date", "2026-12-25")]).await;
        let nobody = reader(&["refused@example.org"], Locale::ZhCn);
        notice::deliver(&trial.service, id_refused, &nobody).await.unwrap();
        assert_eq!(stored(&trial, id_refused).await.mail, Sending::Refused);
        let letters = server.letters();
        assert_eq!(letters.len(), before + 1, "{}", trial.database.name);
        let headers = &letters[before]["headers"];
        assert_eq!(headers["subject"], "[Shiming] 您的身份证将于 2026-12-25 到期，请更新");
        assert_eq!(headers["message-id"], format!("<{id}.0@id.example.org>"));
        assert!(letters[before]["text"].as_str().unwrap().starts_with("您好："));
    }
}

#[tokio::test]
async fn a_notice_whose_job_died_in_an_outage_gets_another_as_long_as_it_is_news() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let id = tell(&trial, Notice::AccountRestored, &[]).await;
        let waits = async || {
            let mut tx = trial.service.store().read().await.unwrap();
            let now = trial.service.now();
            let found =
                shiming_store::notice::waiting(&mut tx, now - Span::days(3), now - Span::hours(2), 10);
            found.await.unwrap()
        };
        assert_eq!(waits().await, []);
        trial.clock.advance(Span::hours(3));
        assert_eq!(waits().await, [id], "{}", trial.database.name);
        trial.clock.advance(Span::days(4));
        assert_eq!(waits().await, []);
    }
}
