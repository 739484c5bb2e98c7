//! Every route × every caller, on real objects: what the table of access says is what happens.
//!
//! The table says who is let in; whose object it is, `engine` asks. Here both are asked at once over the real
//! router, with the expectation worked out anew from the row and the object's owner. The snapshot shows the
//! whole grid to people.

mod callers;
mod scene;
mod world;

use crate::client::Answer;
use axum::http::StatusCode;
use callers::{CALLERS, Who};
use scene::Scene;
use shiming_server::access::{Row, Who as May, rows};
use shiming_testkit::trial::Database;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use world::World;

/// How an answer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Sign in first.
    Unauthenticated,
    /// Not with this role, scope or strength.
    Forbidden,
    /// There is no such object for this caller.
    NotFound,
    /// Let through: done, or refused for what was asked and not for who asked.
    Through(Through),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Through {
    Done,
    /// Let in, but a rule about people stands in the way: a factor to show again, a case not of one's choice.
    Rule,
    /// The state or the body does not fit.
    Unfit,
}

impl Class {
    fn of(answer: &Answer) -> Self {
        match answer.status {
            StatusCode::UNAUTHORIZED if answer.code() == "unauthenticated" => Self::Unauthenticated,
            StatusCode::FORBIDDEN if answer.code() == "forbidden" => Self::Forbidden,
            StatusCode::NOT_FOUND if answer.code() == "not_found" => Self::NotFound,
            StatusCode::FORBIDDEN => Self::Through(Through::Rule),
            status if status.is_success() => Self::Through(Through::Done),
            status => {
                assert!(status.is_client_error(), "{status}: {}", answer.text);
                Self::Through(Through::Unfit)
            }
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Unauthenticated => '·',
            Self::Forbidden => 'x',
            Self::NotFound => '-',
            Self::Through(Through::Done) => 'Y',
            Self::Through(Through::Rule) => 's',
            Self::Through(Through::Unfit) => 'o',
        }
    }
}

/// What the row and the owner of the object say, not what the code does.
fn expected(row: &Row, who: Who, scene: &Scene) -> Option<Class> {
    if !row.who.iter().any(|may| who.is(*may, row)) {
        // Sessions are asked for by their routes: any other proof of who asks is none there.
        let known = who.is_known() && !row.who.contains(&May::Session);
        return Some(if known { Class::Forbidden } else { Class::Unauthenticated });
    }
    (!scene.exists_for.includes(who)).then_some(Class::NotFound)
}

const LEGEND: &str = "\
· 401   x 403 by the table   - 404, not theirs   s 403 by a rule   o let in, not acceptable   Y done

no  nobody                         ow  the owner                 Sp Re Su Co Op  support, reviewer, supervisor,
wa  the owner, second factor due   ot  another applicant                         compliance, operator; two factors
k+  key with the scope             K+  another such key          sp re su co op  the same with one factor
k-  key with all other scopes      mx  k- beside the owner's cookie
";

/// Routes whose right answer needs a secret from elsewhere, a second factor in use or a source; tests of their own
/// show that they work.
const NEVER_DONE: [&str; 20] = [
    "POST /api/v1/accounts/confirm",
    "POST /api/v1/account/compromise/clear",
    "POST /api/v1/account/contact/confirm",
    "POST /api/v1/account/keep_open",
    "POST /api/v1/codes/{id}/resend",
    "POST /api/v1/sessions",
    "POST /api/v1/sessions/second-factor",
    "POST /api/v1/factors/totp/confirm",
    "POST /api/v1/recovery/complete",
    "POST /api/v1/factors/recovery-codes",
    "POST /api/v1/channels",
    "PUT /api/v1/applications/{id}/steps/channel",
    "POST /api/v1/staff/setup",
    "DELETE /api/v1/factors/passkeys/{id}",
    "POST /api/v1/cases/{id}/look-again",
    "POST /api/v1/factors/passkeys",
    "POST /api/v1/people/search",
    "POST /api/v1/sessions/passkey",
    "GET /api/v1/liveness/{id}/socket",
    "GET /api/v1/handoffs/current",
];

/// The whole grid on one kind of database.
async fn grid(database: impl AsyncFn() -> Database) -> String {
    let mut lines = Vec::new();
    let mut wrong = Vec::new();
    let mut never = BTreeSet::new();
    let mut world = World::on(database().await).await;
    for row in rows() {
        let route = format!("{} {}", row.method, row.path);
        if scene::needs_a_world_of_its_own(row) {
            world = World::on(database().await).await;
        }
        let scene = world.scene(row).await;
        let mut line = String::new();
        let mut done = false;
        for (name, who) in CALLERS {
            let answer = scene.call(&world, row, who).await;
            let class = Class::of(&answer);
            done |= class == Class::Through(Through::Done);
            let fits = match expected(row, who, &scene) {
                Some(expected) => class == expected,
                None => matches!(class, Class::Through(_)),
            };
            if !fits {
                wrong.push(format!("{route} as `{name}`: {} {}", answer.status, answer.text));
            }
            let _ = write!(line, "  {}", class.letter());
        }
        if !done {
            never.insert(route);
        }
        lines.push(format!("{:<6} {:<44}{line}", row.method, row.path));
    }
    lines.sort_by(|a, b| a[7..].cmp(&b[7..]));
    assert!(wrong.is_empty(), "not as the table says:\n{}", wrong.join("\n"));
    assert_eq!(never, NEVER_DONE.map(str::to_owned).into(), "nobody is served there");
    let heads: String = CALLERS.iter().flat_map(|(name, _)| [" ", *name]).collect();
    format!("{LEGEND}\n{:<51}{heads}\n{}\n", "", lines.join("\n"))
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_table_says() {
    insta::assert_snapshot!(Box::pin(grid(Database::sqlite)).await);
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_table_says_on_postgres() {
    // Without a server it is skipped, visibly.
    if Database::postgres().await.is_none() {
        return;
    }
    let found = Box::pin(grid(async || Database::postgres().await.unwrap())).await;
    insta::assert_snapshot!("every_route_answers_every_caller_as_the_table_says", found);
}
