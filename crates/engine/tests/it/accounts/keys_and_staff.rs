//! Staff and the keys of machines.

use super::*;

/// The administrator, signed in with a password.
pub(super) async fn administrator_half(trial: &Trial) -> SignedIn {
    set_up_administrator(trial).await;
    let sign_in = SignIn { staff: true, ..with("admin@example.org", "tea at four") };
    account::sign_in(&trial.service, &anyone(), sign_in).await.unwrap().commit().await.unwrap()
}

/// The administrator, signed in with two factors.
async fn administrator(trial: &Trial) -> Caller {
    set_up_administrator(trial).await;
    staff_caller(trial, "admin@example.org").await
}

async fn set_up_administrator(trial: &Trial) {
    let link = account::setup_link(&trial.service).await.unwrap().unwrap();
    let token = link.rsplit_once('#').unwrap().1.to_owned();
    let set_up = SetUp {
        token,
        password: "tea at four".to_owned(),
        administrator: Some(("Admin".to_owned(), "admin@example.org".to_owned())),
    };
    staff::set_up(&trial.service, &anyone(), set_up).await.unwrap().commit().await.unwrap();
}

async fn staff_caller(trial: &Trial, email: &str) -> Caller {
    let sign_in = SignIn { staff: true, ..with(email, "tea at four") };
    let half = account::sign_in(&trial.service, &anyone(), sign_in).await.unwrap().commit().await.unwrap();
    assert_eq!(half.still, Still::Enrolment);
    assert_eq!(caller(trial, &half).await.strength, Strength::OneFactor);
    let (_, full) = enrol(trial, &half).await;
    caller(trial, &full).await
}

#[tokio::test]
async fn the_link_of_the_first_start_makes_one_administrator() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let first = account::setup_link(&trial.service).await.unwrap().unwrap();
        let set_up = |link: &str| SetUp {
            token: link.rsplit_once('#').unwrap().1.to_owned(),
            password: "tea at four".to_owned(),
            administrator: Some(("Admin".to_owned(), "admin@example.org".to_owned())),
        };
        let admin = administrator(&trial).await;
        assert!(matches!(admin.principal, Principal::Staff { role: Role::Operator, .. }));
        assert_eq!(admin.strength, Strength::TwoFactors);
        assert_eq!(account::setup_link(&trial.service).await.unwrap(), None);
        let old = staff::set_up(&trial.service, &anyone(), set_up(&first)).await;
        assert_eq!(code_of(old), "setup_link_over", "{}", trial.database.name);
    }
}

#[tokio::test]
async fn operators_invite_staff_and_end_their_work_at_once() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let admin = administrator(&trial).await;
        let invitation = Invitation {
            name: "Li Lei".to_owned(),
            email: "li.lei@example.org".to_owned(),
            role: Role::Reviewer,
        };
        let invited = staff::create(&trial.service, &admin, invitation.clone()).await.unwrap();
        let invited = invited.commit().await.unwrap().done().unwrap();
        assert_eq!(
            code_of(staff::create(&trial.service, &admin, invitation.clone()).await),
            "staff_email_taken"
        );
        let token = invited.link.rsplit_once('#').unwrap().1.to_owned();
        let set_up = SetUp { token, password: "tea at four".to_owned(), administrator: None };
        staff::set_up(&trial.service, &anyone(), set_up.clone()).await.unwrap().commit().await.unwrap();
        assert_eq!(code_of(staff::set_up(&trial.service, &anyone(), set_up).await), "setup_link_over");

        let reviewer = staff_caller(&trial, "li.lei@example.org").await;
        assert_eq!(code_of(staff::list(&trial.service, &reviewer).await), "operators_only");
        assert_eq!(code_of(staff::create(&trial.service, &reviewer, invitation).await), "operators_only");
        let new = NewKey { label: "shop".to_owned(), scopes: vec![Scope::LimitsUse], days: None };
        assert_eq!(code_of(key::create(&trial.service, &reviewer, new).await), "operators_only");
        // Applicants and staff do not come in by each other's door.
        assert_eq!(code_of(sign_in(&trial, "li.lei@example.org", "tea at four").await), "sign_in_failed");

        let in_again = SignIn { staff: true, ..with("li.lei@example.org", "tea at four") };
        let half =
            account::sign_in(&trial.service, &anyone(), in_again).await.unwrap().commit().await.unwrap();
        staff::disable(&trial.service, &admin, invited.id).await.unwrap().commit().await.unwrap();
        assert!(
            account::authenticate_partial(&trial.service, &half.token, None, None).await.unwrap().is_none()
        );
        let views = staff::list(&trial.service, &admin).await.unwrap();
        let states: Vec<_> = views.iter().map(|v| (v.email.reveal(), v.state.as_str())).collect();
        assert_eq!(states, [("admin@example.org", "active"), ("li.lei@example.org", "disabled")]);
        let (me, _) = admin.staff().unwrap();
        assert_eq!(code_of(staff::disable(&trial.service, &admin, me).await), "staff_is_yourself");
    }
}

#[tokio::test]
async fn a_key_is_shown_once_and_its_successor_overlaps_for_a_week() {
    for database in databases().await {
        let trial = Trial::on(database).await;
        let service = &trial.service;
        let admin = administrator(&trial).await;
        let new = NewKey {
            label: "shop".to_owned(),
            scopes: vec![Scope::LimitsUse, Scope::PersonsRead],
            days: None,
        };
        let made = key::create(service, &admin, new).await.unwrap().commit().await.unwrap().done().unwrap();
        assert!(made.secret.starts_with("sk_test_"));
        let machine = key::authenticate(service, &made.secret, None, None).await.unwrap().unwrap();
        assert!(machine.has_scope(Scope::LimitsUse) && !machine.has_scope(Scope::PiiRead));
        assert!(matches!(machine.principal, Principal::Integrator { live: false, .. }));
        let used = key::list(service, &admin).await.unwrap()[0].used_at;
        assert_eq!(used, Some(service.now()));

        let next =
            key::rotate(service, &admin, made.view.id).await.unwrap().commit().await.unwrap().done().unwrap();
        assert_eq!(code_of(key::rotate(service, &admin, made.view.id).await), "key_over");
        let works = |text: String| async move {
            key::authenticate(service, &text, None, None).await.unwrap().is_some()
        };
        assert!(works(made.secret.clone()).await && works(next.secret.clone()).await);
        trial.clock.advance(Span::days(7));
        assert!(!works(made.secret.clone()).await, "{}", trial.database.name);
        assert!(works(next.secret.clone()).await);
        assert_eq!(code_of(key::revoke(service, &admin, next.view.id).await), "step_up_required");
        let fresh = Caller { verified_at: Some(service.now()), ..admin };
        key::revoke(service, &fresh, next.view.id).await.unwrap().commit().await.unwrap();
        assert!(!works(next.secret).await);
        assert!(!works("sk_test_nonsense".to_owned()).await);
    }
}
