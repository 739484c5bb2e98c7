//! Looks at personal data.

use super::*;
use shiming_domain::moment::Span;
use shiming_engine::review::{self, Element, Purpose};
use shiming_testkit::trial::databases;

fn two_looks(text: String) -> String {
    let limit = text.lines().find(|line| line.starts_with("per_staff_day_max")).unwrap().to_owned();
    no_samples(text.replace(&limit, "per_staff_day_max = 2"))
}

#[tokio::test]
async fn the_row_is_there_before_the_value_and_a_day_has_its_number_of_looks() {
    for database in databases().await {
        let trial =
            Trial::with(database, TrialOptions { edit_policy: two_looks, ..TrialOptions::default() }).await;
        let id = open(&trial, 1, CaseType::Initial).await;
        let look = |caller: Caller| {
            let service = trial.service.clone();
            async move {
                let shown = review::reveal(&service, &caller, id, Element::IdNumber, Purpose::Decide).await;
                shown.map_or_else(|error| error.code(), |_| "shown")
            }
        };
        let fresh = |n| Caller { verified_at: Some(trial.service.now()), ..reviewer(n) };
        let held = next(&trial, &reviewer(1)).await.unwrap();
        assert_eq!(look(reviewer(1)).await, "step_up_needed");
        let long_ago = trial.service.now() - Span::minutes(11);
        assert_eq!(look(Caller { verified_at: Some(long_ago), ..reviewer(1) }).await, "step_up_needed");
        assert_eq!(look(fresh(2)).await, "case_not_holder");
        assert_eq!(history(&trial, id).await, ["case.open", "case.claim"]);

        // This case has no value to show; the look is told all the same.
        assert_eq!(look(fresh(1)).await, "reveal_nothing_there");
        assert_eq!(look(fresh(1)).await, "reveal_nothing_there");
        assert_eq!(look(fresh(1)).await, "reveal_quota");
        let rows = entries(&trial, id).await;
        let looks: Vec<_> = rows.iter().filter(|row| row["action"] == "case.reveal").collect();
        assert_eq!(looks.len(), 2, "{}", trial.database.name);
        assert_eq!((&looks[0]["element"], &looks[0]["purpose"]), (&"id_number".into(), &"decide".into()));
        assert_eq!(looks[0]["grant"], looks[1]["grant"], "one grant, several looks");
        let until = (trial.service.now() + Span::seconds(60)).unix_us();
        assert_eq!(looks[0]["until_us"], until);

        // Another day, another number.
        trial.advance(Span::days(1)).await;
        let again = next(&trial, &reviewer(1)).await.unwrap();
        assert_eq!(again.id, held.id);
        assert_eq!(look(fresh(1)).await, "reveal_nothing_there");
    }
}

#[tokio::test]
async fn the_holder_sees_what_was_typed_and_sent_and_nobody_else_does() {
    for database in databases().await {
        let trial = trial(database).await;
        let real = in_review(&trial, 1).await;
        let held = next(&trial, &reviewer(1)).await.unwrap();
        let caller = Caller { verified_at: Some(trial.service.now()), ..reviewer(1) };
        for (element, expected) in [
            (Element::Name, real.somebody.printed.name.clone()),
            (Element::IdNumber, real.somebody.printed.number.clone()),
        ] {
            let shown =
                review::reveal(&trial.service, &caller, held.id, element, Purpose::Decide).await.unwrap();
            assert_eq!(String::from_utf8(shown.value.clone()).unwrap(), expected);
            assert!(!format!("{shown:?}").contains(&expected));
            assert_eq!(shown.watermark, format!("{} {}", StaffId::from_bits(1), trial.service.now()));
        }
        let side = Element::PortraitSide;
        let shown = review::reveal(&trial.service, &caller, held.id, side, Purpose::Decide).await.unwrap();
        assert!(!shown.value.is_empty());
        // The view holds nothing of it.
        let view = review::view(&trial.service, &caller, held.id).await.unwrap();
        assert!(!view.challenged);
        let seen = format!("{view:?}");
        assert!(!seen.contains(&real.somebody.printed.name) && !seen.contains(&real.somebody.printed.number));
    }
}
