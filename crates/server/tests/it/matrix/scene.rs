//! Real objects of real people for every route, and the request that asks for them.

use super::callers::Who;
use crate::client::{Answer, Client};
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use shiming_domain::case::{Decision, HoldReason, Role, Verdict};
use shiming_domain::evidence::FaceMatch;
use shiming_domain::id::{
    AccountId, ApplicationId, CaseId, HandoffId, NoticeId, PersonId, SessionId, StaffId,
};
use shiming_domain::moment::Span;
use shiming_domain::policy::ChannelKind;
use shiming_domain::reason::{Code, Step};
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::account::passkey;
use shiming_engine::account::staff::{self, Invitation};
use shiming_engine::application::handoff;
use shiming_engine::four_eyes::Acted;
use shiming_engine::review::{self, Decide, Line};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_engine::source::{self, Channel, PortalRecord, Wanted};
use shiming_engine::wallet::{self, Meeting};
use shiming_engine::{notice, ticket};
use shiming_server::access::Row;
use shiming_store::account::{self as stored, NewSession};
use shiming_testkit::trial::seen::{good_evidence, picture};
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial, TrialOptions};
use shiming_vault::OsEntropy;
use shiming_vault::passkey::{Kind as KeyKind, SoftAuthenticator};
use shiming_vault::token::Token;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A service with its staff, on which scenes are set one after the other.
pub(super) struct World {
    trial: Trial,
    client: Client,
    staff: BTreeMap<Role, StaffId>,
    people: Cell<u32>,
}

/// Who can see the object of a scene.
#[derive(Clone, Copy, Debug)]
pub(super) enum ExistsFor {
    /// There is no object, or it is everybody's who is let in.
    Everybody,
    /// Of applicants only the owner; staff and machines serve everybody.
    Owner,
    /// The owner alone.
    OwnerAlone,
    /// The key that made it.
    Key,
    /// These roles.
    Roles(&'static [Role]),
}

/// One request and what it asks for.
pub(super) struct Scene {
    path: String,
    sent: Sent,
    owner: AccountId,
    other: AccountId,
    keys: BTreeMap<&'static str, String>,
    pub(super) exists_for: ExistsFor,
}

enum Sent {
    Nothing,
    Json(Value),
    Picture(Vec<u8>),
}

/// Reviewers' cases are seen by these.
const REVIEW: ExistsFor = ExistsFor::Roles(&[Role::Reviewer, Role::Supervisor]);

/// Cases are handed out in order, so each of these scenes must be the only one.
pub(super) fn needs_a_world_of_its_own(row: &Row) -> bool {
    ["/cases", "/appeals", "/info_changes"].iter().any(|part| row.path.contains(part))
}

impl ExistsFor {
    pub(super) fn includes(self, who: Who) -> bool {
        match self {
            Self::Everybody => true,
            Self::Owner => who != Who::Other,
            Self::OwnerAlone => who == Who::Owner,
            Self::Key => who == Who::Key,
            Self::Roles(roles) => matches!(who, Who::Staff(role, _) if roles.contains(&role)),
        }
    }
}

/// Who keeps records of what was asked by hand.
const RECORDERS: &[Role] = &[Role::Support, Role::Reviewer, Role::Supervisor];

impl World {
    pub(super) async fn on(database: Database) -> Self {
        // Nothing is looked at again by chance, and one reviewer is enough.
        let edit_policy = |text: String| {
            text.replace("new_reviewer_first_cases = 50", "new_reviewer_first_cases = 0")
                .replace("single_reviewer_sample_percent = 5", "single_reviewer_sample_percent = 0")
        };
        let trial = Trial::with(database, TrialOptions { edit_policy, ..TrialOptions::default() }).await;
        let client = Client::tireless(&trial);
        let mut world = Self { trial, client, staff: BTreeMap::new(), people: Cell::new(1) };
        for role in Role::ALL {
            let id = world.hire(role, role.as_str()).await;
            world.staff.insert(role, id);
        }
        world
    }

    /// Somebody who works here.
    async fn hire(&self, role: Role, name: &str) -> StaffId {
        let service = &self.trial.service;
        // Every scene has people of its own, so their number is nobody else's.
        let email = format!("{name}-{}@example.org", self.people.get());
        let invitation = Invitation { name: name.to_owned(), email, role };
        let invited = staff::create(service, &self.member(Role::Operator), invitation).await.unwrap();
        let id = invited.commit().await.unwrap().done().unwrap().id;
        let mut tx = service.store().housekeep().await.unwrap();
        stored::activate_staff(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A member of staff as `engine` sees them.
    fn member(&self, role: Role) -> Caller {
        self.caller(self.staff.get(&role).copied().unwrap_or(StaffId::from_bits(1)), role)
    }

    fn caller(&self, staff: StaffId, role: Role) -> Caller {
        let session = format!("session-of-{}", role.as_str());
        Caller {
            principal: Principal::Staff { staff, role, session },
            strength: Strength::TwoFactors,
            verified_at: Some(self.trial.service.now()),
            request_id: None,
            network: None,
        }
    }

    async fn key(&self, scopes: Vec<Scope>) -> String {
        let new = NewKey { label: "matrix".to_owned(), scopes, days: None };
        let made = key::create(&self.trial.service, &self.member(Role::Operator), new).await.unwrap();
        made.commit().await.unwrap().done().unwrap().secret
    }

    /// Begins a session without a password, which would only cost time here.
    async fn session(&self, owner: String, two_factors: bool, complete: bool) -> (SessionId, String) {
        let service = &self.trial.service;
        let (id, token, now) = (service.id(SessionId::at), Token::generate(&mut OsEntropy), service.now());
        let until = now + Span::hours(1);
        let new = NewSession {
            id,
            token: token.hash(),
            owner,
            two_factors,
            complete,
            device: None,
            idle_until: until,
            until,
        };
        let mut tx = service.store().housekeep().await.unwrap();
        stored::insert_session(&mut tx, &new, now).await.unwrap();
        tx.commit().await.unwrap();
        (id, token.reveal())
    }

    /// Somebody new who registered with a contact.
    async fn registered(&self, contact: &str) -> Somebody {
        let mut client = self.client.another();
        let body = json!({ "contact": contact, "password": "rain on the old city wall" });
        let asked = client.post("/api/v1/accounts", &body).await.json();
        self.trial.run_jobs().await;
        let body = json!({ "id": asked["id"], "code": self.trial.outbox.last_code_to(contact).unwrap() });
        let confirmed = client.post("/api/v1/accounts/confirm", &body).await;
        assert!(confirmed.status.is_success(), "{}", confirmed.text);
        let id = client.get("/api/v1/account").await.json()["id"].as_str().unwrap().to_owned();
        Somebody { account: id.parse().unwrap(), ..self.somebody().await }
    }

    /// Somebody new.
    async fn somebody(&self) -> Somebody {
        let n = self.people.get();
        self.people.set(n + 1);
        stories::registered(&self.trial, n).await
    }

    /// Verified, by pictures that leave no doubt.
    async fn verify(&self, who: &Somebody) -> ApplicationId {
        let evidence = good_evidence(&who.printed.name, &who.printed.number);
        self.trial.eyes.set_evidence(evidence);
        let id = stories::submitted(&self.trial, who, 1).await;
        self.trial.run_jobs().await;
        id
    }

    /// The person behind an account, verified.
    async fn person(&self, owner: &Somebody) -> PersonId {
        self.verify(owner).await;
        let mut tx = self.trial.service.store().read().await.unwrap();
        let account = stored::load(&mut tx, owner.account).await.unwrap().unwrap();
        account.person.unwrap()
    }

    /// What an approval made.
    async fn verification(&self, application: ApplicationId) -> String {
        let mut tx = self.trial.service.store().read().await.unwrap();
        let made = shiming_store::person::of_application(&mut tx, application).await.unwrap();
        made.unwrap().to_string()
    }

    /// A passkey of its owner.
    async fn passkey(&self, owner: &Somebody) -> String {
        let (service, anyone) = (&self.trial.service, Caller::anyone(None, None));
        let (_, token) = self.session(owner.account.to_string(), false, true).await;
        let begun = passkey::begin_registration(service, &anyone, &token).await.unwrap();
        let options = begun.commit().await.unwrap();
        let at = "https://shiming.test";
        let kind = KeyKind::Es256;
        let soft = SoftAuthenticator::new(kind, at, &options.party, options.user_handle, &mut OsEntropy);
        let made = soft.create(&options.challenge);
        let pending = passkey::finish_registration(service, &anyone, &token, "At work", &made).await.unwrap();
        pending.commit().await.unwrap();
        passkey::list(service, &owner.caller).await.unwrap()[0].id.to_string()
    }

    /// The owner's pictures, handed to a phone: the hand-off and the token of its link.
    async fn handed(&self, owner: &Somebody) -> (HandoffId, String) {
        let id = stories::declared(&self.trial, owner, 1).await;
        let offered = handoff::offer(&self.trial.service, &owner.caller, id).await.unwrap();
        let offered = offered.commit().await.unwrap();
        (offered.view.id, offered.link.split('#').nth(1).unwrap().to_owned())
    }

    /// In doubt, so that there is a case.
    async fn doubt(&self, who: &Somebody) -> ApplicationId {
        let mut evidence = good_evidence(&who.printed.name, &who.printed.number);
        evidence.face_match = Some(FaceMatch { distance: 0.55 });
        self.trial.eyes.set_evidence(evidence);
        let id = stories::submitted(&self.trial, who, 1).await;
        self.trial.run_jobs().await;
        id
    }

    /// The only case there is, open.
    async fn case(&self, application: ApplicationId) -> CaseId {
        let mut tx = self.trial.service.store().read().await.unwrap();
        shiming_store::case::of_application(&mut tx, application).await.unwrap()[0].id
    }

    /// Taken by the reviewer.
    async fn taken(&self) -> Line {
        self.taken_by(&self.member(Role::Reviewer)).await
    }

    async fn taken_by(&self, by: &Caller) -> Line {
        review::next(&self.trial.service, by).await.unwrap().unwrap().commit().await.unwrap()
    }

    async fn decided(&self, by: &Caller, line: &Line, decision: Decision) {
        let (token, version) = (line.lease.unwrap().token, line.version);
        let decide = Decide { token, version, decision, note: None, remark: None, proof: None, term: None };
        review::decide(&self.trial.service, by, line.id, decide).await.unwrap().commit().await.unwrap();
    }

    async fn held(&self, line: &Line) {
        let (at, by) = ((line.lease.unwrap().token, line.version), self.member(Role::Reviewer));
        let reason = HoldReason::WaitingForColleague;
        review::hold(&self.trial.service, &by, line.id, at, reason).await.unwrap().commit().await.unwrap();
    }

    /// Sets the scene of a route.
    pub(super) async fn scene(&self, row: &Row) -> Scene {
        let (owner, other) = if row.path.ends_with("/sessions/code") {
            (self.registered("owner@example.org").await, self.registered("other@example.org").await)
        } else {
            (self.somebody().await, self.somebody().await)
        };
        let mut keys = BTreeMap::new();
        for (name, who) in [("key", Who::Key), ("other", Who::OtherKey), ("wrong", Who::WrongKey)] {
            keys.insert(name, self.key(who.scopes(row)).await);
        }
        let set = self.set(row, &owner, &keys).await;
        let (at, sent, exists_for) = set;
        let path = row.path.replace("{id}", &at).replace("{step}", "portrait_side");
        let path = path.replace("{kind}", "face").replace("{restriction}", "compromise_reported");
        let path = match (row.method, row.path) {
            ("GET", "/api/v1/applications") => format!("{path}?account={}", owner.account),
            _ => path,
        };
        Scene { path, sent, owner: owner.account, other: other.account, keys, exists_for }
    }

    /// The id in the path, what is sent, and for whom the object exists.
    async fn set(
        &self,
        row: &Row,
        owner: &Somebody,
        keys: &BTreeMap<&'static str, String>,
    ) -> (String, Sent, ExistsFor) {
        use ExistsFor::{Everybody, Key, Owner, OwnerAlone, Roles};
        let (trial, service) = (&self.trial, &self.trial.service);
        let none = String::new();
        let lost = "00000000000000000000000001";
        let path = row.path.trim_start_matches("/api/v1");
        match (row.method, path) {
            ("POST", "/accounts") => {
                let new = json!({ "contact": "new@example.org", "password": "rain on the old city wall" });
                (none, Sent::Json(new), Everybody)
            }
            ("POST", "/recovery") => (none, Sent::Json(json!({ "contact": "lost@example.org" })), Everybody),
            ("POST", "/codes/{id}/resend") => {
                let mut stranger = self.client.another();
                let asked = stranger.post("/api/v1/recovery", &json!({ "contact": "who@example.org" })).await;
                (asked.json()["id"].as_str().unwrap().to_owned(), Sent::Nothing, Everybody)
            }
            ("POST", "/account/consents/{kind}/withdraw") => {
                stories::declared(trial, owner, 1).await;
                (none, Sent::Nothing, Everybody)
            }
            ("POST", "/account/consents/{kind}/give") => {
                (none, Sent::Json(json!({ "text_version": "2026-11", "locale": "en" })), Everybody)
            }
            ("POST", "/accounts/{id}/restrictions") => {
                let sent = json!({ "restriction": "phone_conflict" });
                (owner.account.to_string(), Sent::Json(sent), Everybody)
            }
            ("POST", "/accounts/{id}/restrictions/{restriction}/lift") => {
                (owner.account.to_string(), Sent::Json(json!({})), Everybody)
            }
            ("POST", "/account/contact") => {
                (none, Sent::Json(json!({ "contact": "another@example.org" })), Everybody)
            }
            ("POST", "/account/contact/confirm" | "/accounts/confirm") => {
                (none, Sent::Json(json!({ "id": format!("cod_{lost}"), "code": "123456" })), Everybody)
            }
            ("PUT", "/account/preferences") => (none, Sent::Json(json!({ "locale": "en" })), Everybody),
            ("DELETE", "/sessions/{id}") => {
                let (id, _) = self.session(owner.account.to_string(), false, true).await;
                (id.to_string(), Sent::Nothing, OwnerAlone)
            }
            ("PUT" | "DELETE", "/factors/passkeys/{id}") => {
                let id = self.passkey(owner).await;
                (id, Sent::Json(json!({ "name": "At home" })), OwnerAlone)
            }
            ("POST", "/verifications/{id}/revoke") => {
                let id = self.verification(self.verify(owner).await).await;
                (id, Sent::Json(json!({ "reason": "LIVE_SPOOF" })), Everybody)
            }
            ("POST", "/sessions/second-factor") => {
                (none, Sent::Json(json!({ "kind": "totp", "code": "123456" })), Everybody)
            }
            ("POST", "/factors/totp/confirm") => (none, Sent::Json(json!({ "code": "123456" })), Everybody),
            ("POST", "/staff/setup") => {
                (none, Sent::Json(json!({ "token": "x", "password": "tea at four" })), Everybody)
            }
            ("POST", "/staff") => {
                let new = json!({ "name": "Li Lei", "email": "li.lei@example.org", "role": "reviewer" });
                (none, Sent::Json(new), Everybody)
            }
            ("POST", "/staff/{id}/disable") => {
                (self.hire(Role::Support, "leaves").await.to_string(), Sent::Nothing, Everybody)
            }
            ("POST", "/keys") => {
                (none, Sent::Json(json!({ "label": "shop", "scopes": ["limits:use"] })), Everybody)
            }
            (_, "/keys/{id}" | "/keys/{id}/rotate") => {
                let new = NewKey { label: "old".to_owned(), scopes: vec![Scope::LimitsUse], days: None };
                let made = key::create(service, &self.member(Role::Operator), new).await.unwrap();
                (made.commit().await.unwrap().done().unwrap().view.id.to_string(), Sent::Nothing, Everybody)
            }
            ("POST", "/applications") => {
                // Machines name the account, which is the owner's own for the owner and nobody's for another.
                let new = json!({ "account": owner.account, "purpose": "first", "requested_level": 1 });
                (none, Sent::Json(new), Owner)
            }
            ("GET", "/applications") => {
                stories::begun(trial, owner, 1).await;
                (none, Sent::Nothing, Owner)
            }
            ("PUT", "/applications/{id}/steps/consent") => {
                let answers = json!({ "general": "given", "id_images": "given", "face": "given" });
                let sent = json!({ "answers": answers, "text_version": "2026-11", "locale": "en" });
                (stories::begun(trial, owner, 1).await.to_string(), Sent::Json(sent), Owner)
            }
            ("PUT", "/applications/{id}/steps/channel") => {
                let sent = json!({ "proof": format!("chp_{lost}") });
                (stories::declared(trial, owner, 1).await.to_string(), Sent::Json(sent), Owner)
            }
            ("PUT", "/applications/{id}/steps/form") => {
                let sent = json!({ "name": owner.printed.name, "number": owner.printed.number });
                (stories::declared(trial, owner, 1).await.to_string(), Sent::Json(sent), Owner)
            }
            ("PUT", "/applications/{id}/files/{step}") => {
                let sent = picture(Step::PortraitSide, "good", &owner.printed, 7);
                (stories::declared(trial, owner, 1).await.to_string(), Sent::Picture(sent), Owner)
            }
            ("GET", "/liveness/{id}/socket") => (format!("lvn_{lost}"), Sent::Nothing, Everybody),
            ("POST", "/applications/{id}/liveness" | "/applications/{id}/handoffs") => {
                (stories::declared(trial, owner, 1).await.to_string(), Sent::Nothing, Owner)
            }
            ("POST", "/applications/{id}/submit") => {
                (stories::filled(trial, owner, 1).await.to_string(), Sent::Nothing, Owner)
            }
            ("POST", "/handoffs/look" | "/handoffs/claim") => {
                let (_, token) = self.handed(owner).await;
                (none, Sent::Json(json!({ "token": token })), Everybody)
            }
            (_, "/handoffs/{id}") => (self.handed(owner).await.0.to_string(), Sent::Nothing, Owner),
            ("POST", "/applications/{id}/ask-human") => {
                let id = stories::declared(trial, owner, 1).await;
                (id.to_string(), Sent::Json(json!({ "reason": "accessibility" })), Owner)
            }
            (_, "/applications/{id}" | "/applications/{id}/withdraw" | "/applications/{id}/attempts") => {
                (stories::begun(trial, owner, 1).await.to_string(), Sent::Nothing, Owner)
            }
            (_, "/decisions/{id}") => {
                let id = self.verify(owner).await;
                let seen = shiming_engine::application::view(service, &owner.caller, id).await.unwrap();
                (seen.latest_decision.unwrap().id.to_string(), Sent::Nothing, Owner)
            }
            (_, "/people/{id}" | "/people/{id}/entitlements") => {
                (self.person(owner).await.to_string(), Sent::Nothing, Everybody)
            }
            (_, "/people/{id}/meeting" | "/people/{id}/meeting/confirm") => {
                let person = self.person(owner).await;
                let by = self.caller(self.hire(Role::Support, "meets").await, Role::Support);
                let meeting = Meeting {
                    place: "Office 1".to_owned(),
                    agent: "7".to_owned(),
                    chip_reader_reference: "r-1".to_owned(),
                };
                let recorded = wallet::record_meeting(service, &by, person, &meeting).await.unwrap();
                let version = recorded.commit().await.unwrap().version;
                let anew = json!({ "place": "Office 2", "agent": "8", "chip_reader_reference": "r-2" });
                let seen = json!({ "version": version });
                let sent = if path.ends_with("/confirm") { seen } else { anew };
                (person.to_string(), Sent::Json(sent), Everybody)
            }
            ("POST", "/portal_records") => {
                self.verify(owner).await;
                let sent =
                    json!({ "account": owner.account, "organisation": "Tax office", "reference": "Q-1" });
                (none, Sent::Json(sent), Everybody)
            }
            ("POST", "/proposals/{id}/confirm") => {
                self.verify(owner).await;
                let by = self.caller(self.hire(Role::Support, "proposes").await, Role::Support);
                let (organisation, reference) = ("Tax office".to_owned(), "Q-1".to_owned());
                let record = PortalRecord { account: owner.account, organisation, reference };
                let asked = source::record_portal(service, &by, &record).await.unwrap();
                let Acted::Waits(proposal) = asked.commit().await.unwrap() else {
                    panic!("it waits for a second person")
                };
                (proposal.id.to_string(), Sent::Nothing, Roles(RECORDERS))
            }
            ("GET", "/channels/requests/{id}") => {
                self.verify(owner).await;
                let wanted =
                    Wanted { channel: Channel::Other(ChannelKind::PopulationDb), organisation: None };
                let asked = source::add_channel(service, &owner.caller, wanted).await.unwrap();
                (asked.commit().await.unwrap().id.to_string(), Sent::Nothing, OwnerAlone)
            }
            ("POST", "/tickets") => (none, Sent::Json(json!({ "text": "How long?" })), Everybody),
            (_, "/tickets/{id}" | "/tickets/{id}/messages" | "/tickets/{id}/resolve") => {
                let new = ticket::NewTicket { text: "How long?".to_owned(), ..Default::default() };
                let opened = ticket::open(service, &owner.caller, new).await.unwrap().commit().await.unwrap();
                (opened.id.to_string(), Sent::Json(json!({ "text": "Please." })), Owner)
            }
            ("POST", "/notices/{id}/read") => (self.told(owner).await.to_string(), Sent::Nothing, OwnerAlone),
            ("POST", "/channels") => {
                self.verify(owner).await;
                (none, Sent::Json(json!({ "kind": "tax" })), Everybody)
            }
            ("POST", "/limits/check") => (none, Sent::Json(ask(owner.account)), Everybody),
            ("POST", "/limits/consume") => {
                (none, Sent::Json(json!({ "ask": ask(owner.account), "reference": "order" })), Everybody)
            }
            (_, "/limits/{id}" | "/limits/{id}/capture" | "/limits/{id}/void") => {
                let mut shop = self.client.with_key(&keys["key"]);
                let body = json!({ "ask": ask(owner.account), "reference": "order", "hold_s": 600 });
                let held = shop.post("/api/v1/limits/consume", &body).await.json();
                (held["limit_use"]["id"].as_str().unwrap().to_owned(), Sent::Json(json!({})), Key)
            }
            ("POST", "/info_changes") => {
                self.verify(owner).await;
                let sent = json!({ "account": owner.account, "changes": ["contact"] });
                (none, Sent::Json(sent), Everybody)
            }
            ("POST", "/appeals") => {
                let application = self.doubt(owner).await;
                let reject =
                    Decision { verdict: Verdict::Reject, reasons: vec![Code::DocCopy], steps: vec![] };
                // Rejecting takes two.
                let second = self.hire(Role::Reviewer, "second").await;
                for by in [self.member(Role::Reviewer), self.caller(second, Role::Reviewer)] {
                    let line = self.taken_by(&by).await;
                    self.decided(&by, &line, reject.clone()).await;
                }
                trial.advance(Span::seconds(10)).await;
                let sent = json!({
                    "subject_kind": "application", "subject": application, "text": "It is my own card.",
                });
                (none, Sent::Json(sent), Owner)
            }
            ("POST", "/cases/next") => {
                self.doubt(owner).await;
                (none, Sent::Nothing, Everybody)
            }
            (_, path) if path.starts_with("/cases/{id}") => {
                let id = self.case(self.doubt(owner).await).await;
                let sent = match path.trim_start_matches("/cases/{id}") {
                    "/claim" => Sent::Nothing,
                    action => self.on_case(action).await,
                };
                (
                    id.to_string(),
                    sent,
                    Roles(match REVIEW {
                        Roles(roles) => roles,
                        _ => &[],
                    }),
                )
            }
            ("POST", _) => (none, Sent::Json(json!({})), Everybody),
            _ => (none, Sent::Nothing, Everybody),
        }
    }

    /// The reviewer has the case; the body for what is done with it.
    async fn on_case(&self, action: &str) -> Sent {
        let line = self.taken().await;
        let (token, version) = (line.lease.unwrap().token, line.version);
        match action {
            // Reviewers see what they have; chance hinders collusion.
            "" => Sent::Nothing,
            "/renew" | "/release" => Sent::Json(json!({ "token": token })),
            "/take-over" => Sent::Json(json!({ "reason": "on holiday" })),
            "/hold" => {
                let reason = "waiting_for_colleague";
                Sent::Json(json!({ "token": token, "version": version, "reason": reason }))
            }
            "/escalate" => Sent::Json(json!({ "token": token, "version": version, "reason": "not sure" })),
            "/decide" => Sent::Json(json!({ "token": token, "version": version, "verdict": "approve" })),
            "/reveal" => Sent::Json(json!({ "element": "name", "purpose": "decide" })),
            "/resume" => {
                self.held(&line).await;
                Sent::Nothing
            }
            "/undo" | "/look-again" => {
                let by = self.member(Role::Reviewer);
                self.decided(&by, &line, Decision::plain(Verdict::Approve)).await;
                Sent::Nothing
            }
            other => panic!("no scene for {other}"),
        }
    }

    /// Something the owner is told.
    async fn told(&self, owner: &Somebody) -> NoticeId {
        let service = &self.trial.service;
        self.verify(owner).await;
        let page = notice::list(service, &owner.caller, None, 1).await.unwrap();
        page.notices[0].id
    }
}

fn ask(account: AccountId) -> Value {
    json!({
        "account": account, "operation": "pay_merchant",
        "amount": { "amount": "100", "currency": "CNY" }, "factors": ["password", "totp"],
    })
}

impl Scene {
    /// Sends the request as somebody, in a session of their own.
    pub(super) async fn call(&self, world: &World, row: &Row, who: Who) -> Answer {
        let mut client = world.client.another();
        let mut path = self.path.clone();
        let owner = self.owner.to_string();
        let (applicant, staff) = ("__Host-shiming", "__Host-shiming-staff");
        match who {
            Who::Nobody => {}
            Who::Waiting => client.set_cookie(applicant, &world.session(owner, false, false).await.1),
            Who::Owner => client.set_cookie(applicant, &world.session(owner, false, true).await.1),
            Who::Other => {
                client.set_cookie(applicant, &world.session(self.other.to_string(), false, true).await.1);
            }
            Who::Staff(role, two_factors) => {
                let id = world.staff[&role].to_string();
                client.set_cookie(staff, &world.session(id, two_factors, two_factors).await.1);
                if ["/sessions", "/factors"].iter().any(|part| row.path.contains(part)) {
                    path.push_str("?as=staff");
                }
            }
            Who::Key => client = client.with_key(&self.keys["key"]),
            Who::OtherKey => client = client.with_key(&self.keys["other"]),
            Who::WrongKey => client = client.with_key(&self.keys["wrong"]),
            Who::WrongKeyAndOwner => {
                client = client.with_key(&self.keys["wrong"]);
                client.set_cookie(applicant, &world.session(owner, false, true).await.1);
            }
        }
        match (row.method, &self.sent) {
            ("POST", Sent::Json(body)) => client.post(&path, body).await,
            ("POST", _) => client.post(&path, &json!({})).await,
            ("PUT", Sent::Picture(bytes)) => client.put_file(&path, bytes.clone()).await,
            ("PUT", Sent::Json(body)) => client.put(&path, body).await,
            (method, _) => {
                let method: Method = method.parse().unwrap();
                client.send(method, &path, Body::empty(), &[]).await
            }
        }
    }
}
