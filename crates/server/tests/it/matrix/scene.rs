//! Real objects of real people for every route, and the request that asks for them.

use super::callers::Who;
use super::world::World;
use crate::client::Answer;
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use shiming_domain::case::{Decision, Role, Verdict};
use shiming_domain::id::AccountId;
use shiming_domain::moment::Span;
use shiming_domain::policy::ChannelKind;
use shiming_domain::reason::{Code, Step};
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::four_eyes::Acted;
use shiming_engine::service::Scope;
use shiming_engine::source::{self, Channel, PortalRecord, Wanted};
use shiming_engine::ticket;
use shiming_engine::wallet::{self, Meeting};
use shiming_server::access::Row;
use shiming_testkit::trial::seen::picture;
use shiming_testkit::trial::stories::{self, Somebody};
use std::collections::BTreeMap;

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
            ("POST", "/accounts/{id}/hold") => {
                let sent = json!({ "effect": "frozen", "review_in_days": 7, "reason": "Odd payments" });
                (owner.account.to_string(), Sent::Json(sent), Everybody)
            }
            ("POST", "/accounts/{id}/hold/lift") => {
                self.hold(owner).await;
                (owner.account.to_string(), Sent::Nothing, Everybody)
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
