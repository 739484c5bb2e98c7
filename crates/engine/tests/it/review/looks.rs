//! Looks of staff at what people wrote, and at what is known of them: each leaves a row, without content.

use super::*;
use shiming_engine::review::appeal::{self, Subject};
use shiming_engine::review::{self, View};
use shiming_engine::ticket::{self, NewTicket};
use shiming_testkit::trial::databases;

/// Who looked at an object and what for, oldest first.
async fn looks(trial: &Trial, object: impl ToString) -> Vec<(String, String, String)> {
    let rows = entries(trial, object).await;
    let looked = rows.iter().filter(|row| {
        row["action"].as_str().unwrap().rsplit_once('.').is_some_and(|(_, what)| what == "read")
    });
    let word = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
    looked.map(|row| (word(row, "actor"), word(row, "action"), word(row, "purpose"))).collect()
}

fn look(by: &Caller, action: &str, purpose: &str) -> (String, String, String) {
    (by.staff().unwrap().0.to_string(), action.to_owned(), purpose.to_owned())
}

#[tokio::test]
async fn a_look_at_a_case_leaves_a_row_and_a_list_does_not() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let one = reviewer(1);
        review::queue(&trial.service, &supervisor(), View::Waiting, None, 10).await.unwrap();
        assert!(looks(&trial, real.case).await.is_empty(), "lists are masked");
        let held = next(&trial, &one).await.unwrap();
        let note = Some("Called 13800138000.".to_owned());
        review::view(&trial.service, &one, held.id).await.unwrap();
        let sent = Decide { note, ..decide(&held, resubmit()) };
        review::decide(&trial.service, &one, held.id, sent).await.unwrap().commit().await.unwrap();
        review::view(&trial.service, &one, held.id).await.unwrap();
        review::view(&trial.service, &supervisor(), held.id).await.unwrap();
        // Whoever may not look has not looked.
        assert!(review::view(&trial.service, &reviewer(2), held.id).await.is_err());
        let expected = [
            look(&one, "case.read", "decide"),
            look(&one, "case.read", "follow_up"),
            look(&supervisor(), "case.read", "oversee"),
        ];
        assert_eq!(looks(&trial, real.case).await, expected, "{}", trial.database.name);
        let rows = entries(&trial, real.case).await;
        let last = rows.iter().rev().find(|row| row["action"] == "case.read").unwrap();
        assert_eq!(last["account"], real.somebody.account.to_string());
        assert!(!last.to_string().contains("13800138000"));
    }
}

#[tokio::test]
async fn a_look_at_an_appeal_and_at_a_ticket_leaves_a_row() {
    for database in databases().await {
        let trial = trial(database).await;
        let service = &trial.service;
        let real = in_review(&trial, 1).await;
        next_decided(&trial, &reviewer(1), reject()).await;
        next_decided(&trial, &reviewer(2), reject()).await;
        trial.advance(shiming_domain::moment::Span::seconds(10)).await;
        let me = &real.somebody.caller;
        let subject = Subject::Application(real.application);
        let opened =
            appeal::open(service, me, subject, "My own card.").await.unwrap().commit().await.unwrap();
        let held = next(&trial, &reviewer(3)).await.unwrap();
        assert!(appeal::read(service, &supervisor(), held.id).await.is_err(), "only whoever holds the case");
        appeal::read(service, &reviewer(3), held.id).await.unwrap();
        appeal::list(service, me).await.unwrap();
        let expected = [look(&reviewer(3), "appeal.read", "decide")];
        assert_eq!(looks(&trial, opened.id).await, expected, "{}", trial.database.name);

        let new = NewTicket { text: "Where is my card?".to_owned(), ..NewTicket::default() };
        let ticket = ticket::open(service, me, new).await.unwrap().commit().await.unwrap();
        let support = staff(7, Role::Support);
        ticket::list(service, &support, None, 10).await.unwrap();
        ticket::view(service, me, ticket.id).await.unwrap();
        assert!(looks(&trial, ticket.id).await.is_empty());
        ticket::view(service, &support, ticket.id).await.unwrap();
        assert_eq!(looks(&trial, ticket.id).await, [look(&support, "ticket.read", "support")]);
    }
}
