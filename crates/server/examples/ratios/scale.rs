//! The same requests among many people and among few.
//!
//! A few people live a life through the engine; the rows of some of them are then copied inside the database
//! until there are enough. Requests are asked for people who were not copied and lie somewhere among the rest.

use crate::table::Line;
use shiming_domain::account::{ContactKind, Locale};
use shiming_domain::amount::Amount;
use shiming_domain::case::Role;
use shiming_domain::id::{AccountId, ApplicationId, StaffId};
use shiming_domain::limit::{Funding, Operation};
use shiming_domain::moment::Span;
use shiming_domain::policy::Factor;
use shiming_engine::account::{self, Registration};
use shiming_engine::application::{Wish, ask_human, submit, view};
use shiming_engine::notice;
use shiming_engine::review::{self, View};
use shiming_engine::service::{Caller, Principal, Strength};
use shiming_engine::wallet::{self, Consume, Request};
use shiming_store::queue;
use shiming_store::wallet::{self as stored, StoredLevel};
use shiming_testkit::trial::bare::{Bare, Type, Value};
use shiming_testkit::trial::rows::{Schema, changes};
use shiming_testkit::trial::seen::specimen;
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial, TrialOptions, ballast};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What these requests read or write. Bands of looks are left out: copies would make a million pictures alike.
const TABLES: &[&str] = &[
    "account",
    "account_clock",
    "account_level",
    "application",
    "attempt",
    "audit_entry",
    "case_item",
    "consent",
    "contact",
    "decision",
    "file",
    "form",
    "id_seen",
    "image_seen",
    "job",
    "key_data",
    "limit_counter",
    "limit_use",
    "notice",
    "password",
    "person",
    "person_account",
    "session",
    "tally",
    "verification",
];
/// Long, sealed, and never looked at in a list.
const WITHOUT: &[(&str, &str)] = &[("attempt", "record"), ("decision", "body")];
/// Of a thousand: approved, begun, waiting for a person.
const SHARES: [(Kind, u32); 3] = [(Kind::Approved, 940), (Kind::Begun, 50), (Kind::Waiting, 10)];
/// People who are asked for.
const REAL: u32 = 24;
const WARM: u32 = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Approved,
    Begun,
    Waiting,
}

/// Somebody who can be asked for.
struct Person {
    somebody: Somebody,
    application: ApplicationId,
    token: String,
    contact: [u8; 32],
}

struct World {
    trial: Trial,
    approved: Vec<Person>,
    begun: Vec<Person>,
    reviewer: Caller,
}

/// Asks the same of both databases in turn.
pub(crate) async fn measure(few: (Database, u32), many: (Database, u32), rounds: u32) -> Vec<Line> {
    let name = few.0.name;
    let label = format!("{} against {} people", many.1, few.1);
    let few = World::new(few.0, few.1).await;
    let many = World::new(many.0, many.1).await;
    let mut times: BTreeMap<&str, (Vec<Duration>, Vec<Duration>)> = BTreeMap::new();
    for round in 0..rounds + WARM {
        for (world, is_many) in [(&few, false), (&many, true)] {
            for (request, time) in world.ask(round).await {
                if round < WARM {
                    continue;
                }
                let (few, many) = times.entry(request).or_default();
                if is_many { many.push(time) } else { few.push(time) }
            }
        }
    }
    let line = |(request, (mut few, mut many)): (&str, (Vec<Duration>, Vec<Duration>))| {
        Line::time(&format!("{request}, {label}"), name, &mut many, &mut few, Some(2.0))
    };
    times.into_iter().map(line).collect()
}

impl World {
    async fn new(database: Database, people: u32) -> Self {
        let trial =
            Trial::with(database, TrialOptions { preset: "cn_pboc", ..TrialOptions::default() }).await;
        let mut bare = Bare::open(&trial.database).await;
        let schema = Schema::of(&mut bare).await;
        ballast::prepare(&mut bare).await;
        // All of them live before any is copied: whole tables are read to see what a life wrote.
        let (mut lives, mut n) = (Vec::new(), 0);
        for (kind, share) in SHARES {
            let before = schema.rows(&mut bare).await;
            live(&trial, &mut bare, n, kind).await;
            n += 1;
            lives.push((changes(&before, &schema.rows(&mut bare).await), share));
        }
        let mut from = 0;
        for (lived, share) in lives {
            let to = from + people / 1000 * share;
            ballast::copy(&mut bare, &schema, &lived, TABLES, WITHOUT, from..to).await;
            from = to;
        }
        bare.run("ANALYZE", &[]).await;
        let (mut approved, mut begun) = (Vec::new(), Vec::new());
        for _ in 0..REAL {
            approved.push(live(&trial, &mut bare, n, Kind::Approved).await);
            begun.push(live(&trial, &mut bare, n + 1, Kind::Begun).await);
            n += 2;
        }
        let principal = Principal::Staff {
            staff: StaffId::from_bits(1),
            role: Role::Reviewer,
            session: "ratios".to_owned(),
        };
        let reviewer = Caller { principal, strength: Strength::TwoFactors, ..Caller::system() };
        Self { trial, approved, begun, reviewer }
    }

    /// Every request once.
    async fn ask(&self, round: u32) -> Vec<(&'static str, Duration)> {
        let service = &self.trial.service;
        let approved = &self.approved[round as usize % self.approved.len()];
        let begun = &self.begun[round as usize % self.begun.len()];
        let mut times = Vec::new();
        let mut clock = Instant::now();
        let mut lap = |request| {
            times.push((request, clock.elapsed()));
            clock = Instant::now();
        };
        let mut tx = service.store().read().await.expect("a transaction");
        let contact =
            shiming_store::account::confirmed_contact(&mut tx, ContactKind::Email, &approved.contact);
        let contact = contact.await.expect("a row").expect("a contact");
        assert_eq!(contact.account, approved.somebody.account);
        shiming_store::account::load(&mut tx, contact.account).await.expect("a row").expect("an account");
        let owner = contact.account.to_string();
        shiming_store::account::password(&mut tx, &owner).await.expect("a row").expect("a password");
        drop(tx);
        lap("sign-in looked up");
        account::authenticate_session(service, &begun.token, None, None)
            .await
            .expect("an answer")
            .expect("a session");
        lap("session");
        view(service, &approved.somebody.caller, approved.application).await.expect("a view");
        lap("approved application");
        let told = notice::list(service, &approved.somebody.caller, None, 20).await.expect("a page");
        assert!(!told.notices.is_empty());
        lap("notices");
        view(service, &begun.somebody.caller, begun.application).await.expect("a view");
        lap("begun application");
        let new = payment(&self.trial, approved.somebody.account, format!("{round}"));
        let done = wallet::consume(service, &Caller::system(), &new).await.expect("an answer");
        let quote = done.commit().await.expect("it lasts").quote;
        assert!(quote.is_allowed(), "{:?}", quote.code);
        lap("limit used");
        let page = review::queue(service, &self.reviewer, View::Waiting, None, 20).await.expect("a page");
        assert!(!page.cases.is_empty());
        lap("page of the queue");
        if let Some(next) = review::next(service, &self.reviewer).await.expect("a case") {
            // Not kept, so that the queue stays as it is.
            drop(next);
        }
        lap("next case");
        let mut tx = service.store().housekeep().await.expect("a transaction");
        queue::claim(&mut tx, "work", "ratios", Span::minutes(1), 1, service.now()).await.expect("jobs");
        // Not kept either.
        drop(tx);
        lap("due job");
        times
    }
}

/// Registers, signs in and goes as far as the kind says.
async fn live(trial: &Trial, bare: &mut Bare, n: u32, kind: Kind) -> Person {
    let service = &trial.service;
    let registration = Registration {
        contact: format!("somebody{n}@example.org"),
        password: "rain on the old city wall".to_owned(),
        locale: Locale::ZhCn,
        device: None,
    };
    let anyone = Caller::anyone(None, None);
    let asked = account::register(service, &anyone, registration).await.expect("it is asked");
    let asked = asked.commit().await.expect("it lasts");
    trial.run_jobs().await;
    let code = trial.outbox.last_code().expect("a code");
    let confirmed =
        account::confirm(service, &anyone, asked.request, &code, None).await.expect("it is the code");
    let token = confirmed.commit().await.expect("it lasts").token;
    let caller = account::authenticate_session(service, &token, None, None).await;
    let caller = caller.expect("an answer").expect("a session");
    let somebody = Somebody { account: caller.account().expect("an account"), caller, printed: specimen(n) };
    let application = stories::filled(trial, &somebody, 1).await;
    match kind {
        Kind::Begun => {}
        Kind::Approved => {
            let submitted = submit(service, &somebody.caller, application).await.expect("it is submitted");
            submitted.commit().await.expect("it lasts");
            trial.run_jobs().await;
            reach_level_1(trial, somebody.account).await;
            let new = payment(trial, somebody.account, somebody.account.to_string());
            let done = wallet::consume(service, &Caller::system(), &new).await.expect("an answer");
            done.commit().await.expect("it lasts");
        }
        Kind::Waiting => {
            let asked = ask_human(service, &somebody.caller, application, Wish::Accessibility).await;
            asked.expect("somebody will look").commit().await.expect("it lasts");
        }
    }
    trial.run_jobs().await;
    let sql = "SELECT idx FROM contact WHERE account_id = $1";
    let rows = bare.rows(sql, &[Value::from(somebody.account.to_string())], &[Type::Bytes]).await;
    let [Value::Bytes(Some(index))] = rows[0].as_slice() else { panic!("an index") };
    let contact = index.as_slice().try_into().expect("32 bytes");
    Person { somebody, application, token, contact }
}

/// As if an outside channel had confirmed the person.
async fn reach_level_1(trial: &Trial, account: AccountId) {
    let mut tx = trial.service.store().housekeep().await.expect("a transaction");
    let kept = stored::load_level(&mut tx, account).await.expect("a row").expect("a level");
    let reached = StoredLevel { level: Some(1), verified: true, ..kept };
    stored::save_level(&mut tx, &reached).await.expect("a row");
    tx.commit().await.expect("it lasts");
}

fn payment(trial: &Trial, account: AccountId, reference: String) -> Consume {
    Consume {
        request: Request {
            account,
            operation: Operation::PayMerchant,
            funding: Funding::Balance,
            amount: Amount::new(1, trial.service.policy().rules().money.currency),
            factors: vec![Factor::Password, Factor::Totp],
            static_qr: false,
            operation_max_minor: None,
        },
        reference,
        hold: None,
    }
}
