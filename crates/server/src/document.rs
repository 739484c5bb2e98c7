//! What holds for every route, written into the document once: who may call it, the key of a POST, the headers
//! of answers, and the problems that the layers around the handlers answer with.
//!
//! A route's own file describes what is its own: the answer, and what a status means there.

use crate::access::{Row, Who, rows};
use crate::idempotent::{EXEMPT, KEY_CHARS_MAX};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, Content, KnownFormat, ObjectBuilder, OpenApi, Ref, RefOr, Required, Response,
    ResponseBuilder, SchemaFormat, Type,
};

const PROBLEM: &str = "application/problem+json";

/// Statuses of the layers, with what they mean where a route says nothing else.
const MEANINGS: [(&str, &str); 13] = [
    ("400", "Malformed: repair the request"),
    ("401", "Sign in first"),
    ("403", "Not with this role, scope or strength, or not from our own page"),
    ("404", "There is nothing here that the caller may see"),
    ("408", "The body came too slowly"),
    ("409", "Not in this state, or the first call with this key still runs"),
    ("412", "It changed since the version that was named"),
    ("413", "Too large"),
    ("415", "Not of a type that is read here"),
    ("422", "Well-formed and not acceptable"),
    ("429", "Too often: wait for `Retry-After`"),
    ("500", "Something went wrong on our side; it is logged under the request's id"),
    ("503", "Busy or stopping: wait for `Retry-After`"),
];

/// Adds it to every operation.
pub(crate) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let cookie =
        |name, of: String| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, &*of)));
    let own_page = "An unsafe request also carries `X-Shiming: 1`.";
    let applicant = cookie(crate::cookies::APPLICANT, format!("The owner of an account. {own_page}"));
    components.security_schemes.insert("applicant".to_owned(), applicant.into());
    let phone = "A phone that was handed the pictures of one application. An unsafe request also carries \
                 `X-Shiming: 1`.";
    let phone = cookie(crate::cookies::PHONE, phone.to_owned());
    components.security_schemes.insert("phone".to_owned(), phone.into());
    let staff = cookie(crate::cookies::STAFF, format!("Staff, with two factors. {own_page}"));
    components.security_schemes.insert("staff".to_owned(), staff.into());
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A machine's key.")).build();
    components.security_schemes.insert("key".to_owned(), SecurityScheme::Http(key).into());

    for (status, _) in MEANINGS {
        let mut response = problem(status, String::new());
        response.headers =
            headers(status, false).into_iter().map(|(name, of)| (name.to_owned(), of.into())).collect();
        components.responses.insert(shared_name(status), response.into());
    }

    for (path, item) in &mut document.paths.paths {
        let of_path = [
            ("GET", item.get.as_mut()),
            ("PUT", item.put.as_mut()),
            ("POST", item.post.as_mut()),
            ("DELETE", item.delete.as_mut()),
        ];
        for (method, operation) in of_path {
            let row = rows().find(|row| row.path == path && row.method == method);
            if let (Some(operation), Some(row)) = (operation, row) {
                describe(operation, row);
            }
        }
    }
}

fn describe(operation: &mut Operation, row: &Row) {
    let has_key = row.method == "POST" && !EXEMPT.contains(&row.path);
    if has_key {
        operation.parameters.get_or_insert_default().push(key().into());
    }
    // Functions of different slices have one name; ids of the document are its own.
    let tag = operation.tags.iter().flatten().next();
    if let (Some(tag), Some(name)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}_{name}"));
    }
    operation.security = security(row.who);
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (kind, content) in &mut body.content {
            if kind.starts_with("image/") {
                *content = Content::new(Some(picture())).into();
            }
        }
    }
    for status in statuses(operation, row, has_key) {
        let response = match operation.responses.responses.remove(status) {
            Some(RefOr::T(own)) if !own.description.is_empty() => problem(status, own.description).into(),
            _ => RefOr::Ref(Ref::from_response_name(shared_name(status))),
        };
        operation.responses.responses.insert(status.to_owned(), response);
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if status.starts_with(['4', '5']) {
            *response = problem(status, std::mem::take(&mut response.description));
        }
        for (name, header) in headers(status, has_key) {
            response.headers.insert(name.to_owned(), header.into());
        }
    }
}

/// What the layers around a handler may answer.
fn statuses(operation: &Operation, row: &Row, has_key: bool) -> Vec<&'static str> {
    let mut all = vec!["429", "500", "503"];
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    if has_parameters || has_body || has_key {
        all.push("400");
    }
    if row.who != [Who::Anyone] {
        all.push("401");
    }
    if row.who != [Who::Anyone] || row.method != "GET" {
        all.push("403");
    }
    if row.path.contains('{') {
        all.push("404");
    }
    if has_body {
        all.extend(["408", "413", "415", "422"]);
    }
    if has_key {
        all.extend(["408", "409", "413", "422"]);
    }
    all
}

/// Where the answers stand that are the same on every route.
fn shared_name(status: &str) -> String {
    format!("Problem{status}")
}

/// The problem of a status, under the words of the route if it has any.
fn problem(status: &str, own: String) -> Response {
    let meaning = MEANINGS.iter().find(|(known, _)| *known == status).map_or("", |(_, meaning)| meaning);
    let text = if own.is_empty() { meaning.to_owned() } else { own };
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new().description(text).content(PROBLEM, content).build()
}

fn key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(KEY_CHARS_MAX))
        .pattern(Some("^[!-~]+$"))
        .build();
    ParameterBuilder::new()
        .name("idempotency-key")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("New for each piece of work; the same again is answered as the first time"))
        .schema(Some(text))
        .build()
}

fn headers(status: &str, has_key: bool) -> Vec<(&'static str, Header)> {
    let text =
        |of: &str| HeaderBuilder::new().schema(Some(plain(Type::String))).description(Some(of)).build();
    let mut all = vec![
        ("x-request-id", text("Names the request in our log")),
        (
            "ratelimit-policy",
            text("Requests a second that one caller has (draft-ietf-httpapi-ratelimit-headers)"),
        ),
        ("ratelimit", text("How many are left, and for how long")),
    ];
    if matches!(status, "429" | "503") {
        let seconds = HeaderBuilder::new().schema(Some(plain(Type::Integer)));
        all.push(("retry-after", seconds.description(Some("Seconds; the moment is `retry_at`")).build()));
    }
    if has_key && status.starts_with('2') {
        all.push(("idempotent-replayed", text("`true` on the kept answer of an earlier request")));
    }
    all
}

/// Bytes, not the list of numbers that a `Vec<u8>` would be in JSON.
fn picture() -> utoipa::openapi::Object {
    let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).build()
}

fn plain(of: Type) -> utoipa::openapi::Object {
    ObjectBuilder::new().schema_type(of).build()
}

/// One of these is enough; nothing is asked where everybody may.
fn security(who: &[Who]) -> Option<Vec<SecurityRequirement>> {
    if who.contains(&Who::Anyone) {
        return None;
    }
    let no_scopes = || std::iter::empty::<String>();
    let mut all: Vec<SecurityRequirement> = Vec::new();
    for one in who {
        let named = match one {
            Who::Anyone => continue,
            Who::Applicant => vec![SecurityRequirement::new("applicant", no_scopes())],
            Who::Phone => vec![SecurityRequirement::new("phone", no_scopes())],
            Who::Machine(scope) => vec![SecurityRequirement::new("key", [scope.as_str()])],
            Who::Staff(_) => vec![SecurityRequirement::new("staff", no_scopes())],
            Who::Session => {
                ["applicant", "staff"].map(|name| SecurityRequirement::new(name, no_scopes())).into()
            }
        };
        all.extend(named);
    }
    all.dedup();
    Some(all)
}
