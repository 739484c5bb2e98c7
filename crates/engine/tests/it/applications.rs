//! The life of applications, on both databases.

mod clocks;
mod consents;
mod decisions;
mod endings;
mod faces;
mod files;
mod invariants;
mod people;
mod privacy;
mod quotas;
mod removals;
mod restrictions;

use shiming_domain::application::StateName;
use shiming_domain::id::ApplicationId;
use shiming_domain::reason::Step;
use shiming_engine::application::{ApplicationView, StepState, view};
use shiming_engine::service::Error;
use shiming_testkit::trial::stories::Somebody;
use shiming_testkit::trial::{Trial, databases};

/// A trial on every database.
async fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for database in databases().await {
        trials.push(Trial::on(database).await);
    }
    trials
}

async fn shown(trial: &Trial, somebody: &Somebody, id: ApplicationId) -> ApplicationView {
    view(&trial.service, &somebody.caller, id).await.unwrap()
}

async fn status(trial: &Trial, somebody: &Somebody, id: ApplicationId) -> StateName {
    shown(trial, somebody, id).await.status
}

fn step(view: &ApplicationView, step: Step) -> StepState {
    view.steps.iter().find(|shown| shown.name == step).unwrap().state
}

fn code<T>(answer: Result<T, Error>) -> &'static str {
    match answer {
        Ok(_) => "done",
        Err(error) => error.code(),
    }
}

/// How many rows a column has, nulls not counted.
async fn rows(trial: &Trial, table: &str, column: &str) -> usize {
    trial.database.column(table, column).await.len()
}
