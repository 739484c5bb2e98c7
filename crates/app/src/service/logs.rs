//! Log lines: text for people, JSON for machines. `docs/LOGGING.md` says what is in them and what never is.

use serde_json::{Map, Value};
use shiming_engine::service::Clock as _;
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Environment variable with the log filter, for example `debug`.
pub(crate) const VARIABLE: &str = "SHIMING_LOG";

/// `info`, `shiming_engine=debug,warn` and the like: levels, for all or for modules.
pub(crate) fn filter(text: &str) -> Option<Targets> {
    text.parse().ok()
}

/// The filter of the environment, else the one given, else warnings.
fn wanted(configured: Option<&str>) -> Targets {
    let environment = std::env::var(VARIABLE).ok();
    let texts = [environment.as_deref(), configured];
    let known = texts.into_iter().flatten().filter(|text| !text.is_empty()).find_map(filter);
    known.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN))
}

/// For commands that answer and end: warnings, and nothing that would disturb reading.
pub(crate) fn brief() {
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(ansi);
    let lines = lines.with_target(false).without_time().with_filter(wanted(None));
    tracing_subscriber::registry().with(lines).init();
}

/// For processes that stay. `SHIMING_LOG` wins over the configured level.
pub(crate) fn lasting(log: &crate::config::Log) {
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if log.json {
        lines.event_format(JsonLines).boxed()
    } else {
        lines.with_ansi(ansi).with_timer(Utc).boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(wanted(Some(&log.level)))).init();
}

/// RFC 3339.
struct Utc;

impl FormatTime for Utc {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", super::clock::SystemClock.now())
    }
}

/// One JSON object a line: `at`, `level`, `target`, `message`, and the fields by their names.
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = fields.0;
        let facts = event.metadata();
        // Ours last: no field can pass itself off as one of them.
        line.insert("at".to_owned(), super::clock::SystemClock.now().to_string().into());
        line.insert("level".to_owned(), facts.level().as_str().to_ascii_lowercase().into());
        line.insert("target".to_owned(), facts.target().into());
        writeln!(writer, "{}", Value::Object(line))
    }
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }
}
