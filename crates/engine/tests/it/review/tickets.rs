//! The life of a ticket.

use super::*;
use shiming_domain::id::TicketId;
use shiming_domain::moment::Span;
use shiming_domain::ticket::{Author, State};
use shiming_engine::ticket::{self, NewTicket, Ticket};
use shiming_testkit::trial::databases;

async fn opened(trial: &Trial, n: u128, urgent: bool) -> Ticket {
    in_use(trial, account(n)).await;
    let new = NewTicket {
        application: None,
        reasons: vec![Code::ImgBlur],
        urgent,
        text: "It does not work.".to_owned(),
    };
    ticket::open(&trial.service, &owner(n), new).await.unwrap().commit().await.unwrap()
}

async fn post(trial: &Trial, caller: &Caller, id: TicketId, text: &str) -> Result<State, &'static str> {
    match ticket::post(&trial.service, caller, id, text).await {
        Ok(pending) => Ok(pending.commit().await.unwrap().state),
        Err(error) => Err(error.code()),
    }
}

#[tokio::test]
async fn a_ticket_goes_back_and_forth_is_resolved_reopened_and_over() {
    for database in databases().await {
        let trial = trial(database).await;
        let (service, support) = (&trial.service, staff(1, Role::Support));
        let id = opened(&trial, 1, false).await.id;
        assert_eq!(post(&trial, &support, id, "Hold it straight.").await, Ok(State::WaitingUser));
        assert_eq!(post(&trial, &owner(1), id, "Still blurred.").await, Ok(State::WaitingStaff));
        assert_eq!(post(&trial, &owner(2), id, "Hello?").await, Err("not_found"));
        assert_eq!(post(&trial, &reviewer(3), id, "Hello?").await, Err("ticket_role"));
        assert_eq!(post(&trial, &owner(1), id, "  ").await, Err("ticket_text"));
        ticket::resolve(service, &support, id).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(13)).await;
        assert_eq!(post(&trial, &owner(1), id, "It is back.").await, Ok(State::WaitingStaff));
        ticket::resolve(service, &support, id).await.unwrap().commit().await.unwrap();
        trial.advance(Span::days(14)).await;
        assert_eq!(post(&trial, &owner(1), id, "Once more.").await, Err("ticket_state"));

        let (seen, messages) = ticket::view(service, &owner(1), id).await.unwrap();
        assert_eq!((seen.state, seen.replied_at, seen.messages), (State::Closed, Some(seen.opened_at), 4));
        let texts: Vec<_> = messages.iter().map(|m| (m.author, m.text.as_str(), m.staff.is_some())).collect();
        assert_eq!(
            texts,
            [
                (Author::Applicant, "It does not work.", false),
                (Author::Staff, "Hold it straight.", false),
                (Author::Applicant, "Still blurred.", false),
                (Author::Applicant, "It is back.", false),
            ]
        );
        let (_, messages) = ticket::view(service, &support, id).await.unwrap();
        assert_eq!(messages[1].staff, Some(StaffId::from_bits(1)));
        let expected = [
            "ticket.open",
            "ticket.post",
            "ticket.post",
            "ticket.resolve",
            "ticket.post",
            "ticket.resolve",
            "ticket.close",
            // Support looked; the owner's own look leaves no row.
            "ticket.read",
        ];
        assert_eq!(history(&trial, id).await, expected, "{}", trial.database.name);
    }
}

#[tokio::test]
async fn what_is_urgent_comes_first_and_is_promised_sooner() {
    for database in databases().await {
        let trial = trial(database).await;
        let calm = opened(&trial, 1, false).await;
        trial.advance(Span::minutes(1)).await;
        let urgent = opened(&trial, 2, true).await;
        // Two o'clock at night; four working hours, or three working days, from nine.
        assert_eq!(urgent.due_at.to_string(), "2026-11-25T13:00:00Z");
        assert_eq!(calm.due_at.to_string(), "2026-11-30T09:00:00Z");
        let support = staff(1, Role::Support);
        let ids = |after| {
            let (service, support) = (trial.service.clone(), support.clone());
            async move {
                let list = ticket::list(&service, &support, after, 10).await.unwrap();
                list.iter().map(|ticket| ticket.id).collect::<Vec<_>>()
            }
        };
        assert_eq!(ids(None).await, [urgent.id, calm.id]);
        assert_eq!(ids(Some(urgent.id)).await, [calm.id]);
        let own = ticket::list(&trial.service, &owner(2), None, 10).await.unwrap();
        assert_eq!(own.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [urgent.id]);
    }
}

#[tokio::test]
async fn a_message_lets_a_case_go_on_that_waited_for_it() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let (case, me) = (real.case, &real.somebody.caller);
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let place = (held.lease.unwrap().token, held.version);
        let reason = shiming_domain::case::HoldReason::WaitingForApplicant;
        let put = shiming_engine::review::hold(&trial.service, &reviewer(1), case, place, reason).await;
        put.unwrap().commit().await.unwrap();
        let ask = |caller: Caller| {
            let service = trial.service.clone();
            let application = Some(real.application);
            let new = NewTicket { application, text: "What is missing?".to_owned(), ..NewTicket::default() };
            async move { ticket::open(&service, &caller, new).await }
        };
        assert_eq!(code(ask(owner(2)).await), "not_found", "somebody else's application");
        let ticket = ask(me.clone()).await.unwrap().commit().await.unwrap();
        assert_eq!(next(&trial, &reviewer(2)).await, None);
        post(&trial, me, ticket.id, "Here it is.").await.unwrap();
        assert_eq!(next(&trial, &reviewer(2)).await.unwrap().id, case);
    }
}
