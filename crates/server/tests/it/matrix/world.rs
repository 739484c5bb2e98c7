//! A service, its staff and its people, as scenes find them.

use crate::client::Client;
use serde_json::json;
use shiming_domain::account::RestrictionEffect;
use shiming_domain::case::{Decision, HoldReason, Role};
use shiming_domain::evidence::FaceMatch;
use shiming_domain::id::{ApplicationId, CaseId, HandoffId, NoticeId, PersonId, SessionId, StaffId};
use shiming_domain::moment::Span;
use shiming_domain::personal::Personal;
use shiming_engine::account::key::{self, NewKey};
use shiming_engine::account::passkey;
use shiming_engine::account::staff::{self, Invitation};
use shiming_engine::application::handoff;
use shiming_engine::notice;
use shiming_engine::review::{self, Decide, Line};
use shiming_engine::service::{Caller, Principal, Scope, Strength};
use shiming_engine::wallet;
use shiming_store::account::{self as stored, NewSession};
use shiming_testkit::trial::seen::good_evidence;
use shiming_testkit::trial::stories::{self, Somebody};
use shiming_testkit::trial::{Database, Trial, TrialOptions};
use shiming_vault::OsEntropy;
use shiming_vault::passkey::{Kind as KeyKind, SoftAuthenticator};
use shiming_vault::token::Token;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A service with its staff, on which scenes are set one after the other.
pub(super) struct World {
    pub(super) trial: Trial,
    pub(super) client: Client,
    pub(super) staff: BTreeMap<Role, StaffId>,
    pub(super) people: Cell<u32>,
}

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
    pub(super) async fn hire(&self, role: Role, name: &str) -> StaffId {
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
    pub(super) fn member(&self, role: Role) -> Caller {
        self.caller(self.staff.get(&role).copied().unwrap_or(StaffId::from_bits(1)), role)
    }

    pub(super) fn caller(&self, staff: StaffId, role: Role) -> Caller {
        let session = format!("session-of-{}", role.as_str());
        Caller {
            principal: Principal::Staff { staff, role, session },
            strength: Strength::TwoFactors,
            verified_at: Some(self.trial.service.now()),
            request_id: None,
            network: None,
        }
    }

    pub(super) async fn key(&self, scopes: Vec<Scope>) -> String {
        let new = NewKey { label: "matrix".to_owned(), scopes, days: None };
        let made = key::create(&self.trial.service, &self.member(Role::Operator), new).await.unwrap();
        made.commit().await.unwrap().done().unwrap().secret
    }

    /// Begins a session without a password, which would only cost time here.
    pub(super) async fn session(
        &self,
        owner: String,
        two_factors: bool,
        complete: bool,
    ) -> (SessionId, String) {
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
    pub(super) async fn registered(&self, contact: &str) -> Somebody {
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
    pub(super) async fn somebody(&self) -> Somebody {
        let n = self.people.get();
        self.people.set(n + 1);
        stories::registered(&self.trial, n).await
    }

    /// Verified, by pictures that leave no doubt.
    pub(super) async fn verify(&self, who: &Somebody) -> ApplicationId {
        let evidence = good_evidence(&who.printed.name, &who.printed.number);
        self.trial.eyes.set_evidence(evidence);
        let id = stories::submitted(&self.trial, who, 1).await;
        self.trial.run_jobs().await;
        id
    }

    /// The person behind an account, verified.
    pub(super) async fn person(&self, owner: &Somebody) -> PersonId {
        self.verify(owner).await;
        let mut tx = self.trial.service.store().read().await.unwrap();
        let account = stored::load(&mut tx, owner.account).await.unwrap().unwrap();
        account.person.unwrap()
    }

    /// What an approval made.
    pub(super) async fn verification(&self, application: ApplicationId) -> String {
        let mut tx = self.trial.service.store().read().await.unwrap();
        let made = shiming_store::person::of_application(&mut tx, application).await.unwrap();
        made.unwrap().to_string()
    }

    /// A passkey of its owner.
    pub(super) async fn passkey(&self, owner: &Somebody) -> String {
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

    /// A supervisor holds the owner's account.
    pub(super) async fn hold(&self, owner: &Somebody) {
        let service = &self.trial.service;
        let review_at = service.now() + Span::days(7);
        let effect = RestrictionEffect::Frozen;
        let hold = wallet::Hold { effect, review_at, reason: Personal::new("Odd payments") };
        let by = self.caller(self.staff[&Role::Supervisor], Role::Supervisor);
        wallet::hold(service, &by, owner.account, &hold).await.unwrap().commit().await.unwrap();
    }

    /// The owner's pictures, handed to a phone: the hand-off and the token of its link.
    pub(super) async fn handed(&self, owner: &Somebody) -> (HandoffId, String) {
        let id = stories::declared(&self.trial, owner, 1).await;
        let offered = handoff::offer(&self.trial.service, &owner.caller, id).await.unwrap();
        let offered = offered.commit().await.unwrap();
        (offered.view.id, offered.link.split('#').nth(1).unwrap().to_owned())
    }

    /// In doubt, so that there is a case.
    pub(super) async fn doubt(&self, who: &Somebody) -> ApplicationId {
        let mut evidence = good_evidence(&who.printed.name, &who.printed.number);
        evidence.face_match = Some(FaceMatch { distance: 0.55 });
        self.trial.eyes.set_evidence(evidence);
        let id = stories::submitted(&self.trial, who, 1).await;
        self.trial.run_jobs().await;
        id
    }

    /// The only case there is, open.
    pub(super) async fn case(&self, application: ApplicationId) -> CaseId {
        let mut tx = self.trial.service.store().read().await.unwrap();
        shiming_store::case::of_application(&mut tx, application).await.unwrap()[0].id
    }

    /// Taken by the reviewer.
    pub(super) async fn taken(&self) -> Line {
        self.taken_by(&self.member(Role::Reviewer)).await
    }

    pub(super) async fn taken_by(&self, by: &Caller) -> Line {
        review::next(&self.trial.service, by).await.unwrap().unwrap().commit().await.unwrap()
    }

    pub(super) async fn decided(&self, by: &Caller, line: &Line, decision: Decision) {
        let (token, version) = (line.lease.unwrap().token, line.version);
        let decide = Decide { token, version, decision, note: None, remark: None, proof: None, term: None };
        review::decide(&self.trial.service, by, line.id, decide).await.unwrap().commit().await.unwrap();
    }

    pub(super) async fn held(&self, line: &Line) {
        let (at, by) = ((line.lease.unwrap().token, line.version), self.member(Role::Reviewer));
        let reason = HoldReason::WaitingForColleague;
        review::hold(&self.trial.service, &by, line.id, at, reason).await.unwrap().commit().await.unwrap();
    }

    /// Something the owner is told.
    pub(super) async fn told(&self, owner: &Somebody) -> NoticeId {
        let service = &self.trial.service;
        self.verify(owner).await;
        let page = notice::list(service, &owner.caller, None, 1).await.unwrap();
        page.notices[0].id
    }
}
