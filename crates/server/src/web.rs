//! The pages: files of the browser's side, embedded when the program is built (`build.rs`).

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use std::path::Path;

/// A file as it was built, and packed.
struct File {
    path: &'static str,
    /// `ETag`.
    tag: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// What the pages may do: nothing but their own scripts, styles, pictures and requests.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     media-src 'self' blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Shown by a program that was built without its pages.
const ABSENT: &str = "<!doctype html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<title>Shiming</title>\n\
     <h1>页面未构建 · The pages were not built</h1>\n\
     <p>接口照常可用。要得到页面，请先运行 <code>cargo xtask web</code>，再重新构建程序。</p>\n\
     <p lang=\"en\">The interface works all the same. For the pages run <code>cargo xtask web</code>, then build \
     the program again.</p>\n</html>\n";

/// Paths of the interface and of whoever runs it: what is not there is a problem, never a page.
const NOT_PAGES: [&str; 4] = ["/api", "/healthz", "/readyz", "/metrics"];

/// Where staff work, and where a new member of staff sets a password; the rest is the applicants'.
const CONSOLE: [&str; 2] = ["console", "staff"];

/// Answers a request that no route takes, if it asks for a page or a part of one.
pub(crate) fn answer(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let path = uri.path();
    if !matches!(*method, Method::GET | Method::HEAD) || NOT_PAGES.iter().any(|top| is_below(path, top)) {
        return None;
    }
    Some(if FILES.is_empty() { absent(path) } else { serve(FILES, path, headers) })
}

fn absent(path: &str) -> Response {
    if is_file(path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = (StatusCode::NOT_FOUND, ABSENT).into_response();
    set(&mut response, header::CONTENT_TYPE, "text/html; charset=utf-8");
    response
}

/// The place itself or one within it.
fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A name with an ending is a file; everything else is a place within a page, which the page itself knows.
fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| last.contains('.'))
}

fn serve(files: &'static [File], path: &str, headers: &HeaderMap) -> Response {
    let wanted = match path.trim_start_matches('/') {
        name if is_file(path) => name,
        name if CONSOLE.iter().any(|top| is_below(name, top)) => "console.html",
        _ => "index.html",
    };
    let Some(file) = files.iter().find(|file| file.path == wanted) else {
        // Never the page in place of a script: the browser would show nothing and say nothing.
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(file.tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (bytes, packing) = packed(file, headers);
        let mut response = bytes.into_response();
        if let Some(packing) = packing {
            set(&mut response, header::CONTENT_ENCODING, packing);
        }
        set(&mut response, header::CONTENT_TYPE, media_type(file.path));
        response
    };
    // Names below `assets/` carry a hash of what is in them.
    let immutable = file.path.starts_with("assets/");
    let keep = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    set(&mut response, header::CACHE_CONTROL, keep);
    set(&mut response, header::ETAG, file.tag);
    set(&mut response, header::VARY, "accept-encoding");
    set(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    response
}

fn packed(file: &'static File, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let accepts = |name: &str| accepted.split(',').any(|part| part.trim() == name);
    match (file.brotli, file.gzip) {
        (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
        (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
        _ => (file.bytes, None),
    }
}

fn media_type(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn set(response: &mut Response, name: header::HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    static BUILT: &[File] = &[
        File { path: "assets/a-1.js", tag: "\"1\"", bytes: b"plain", brotli: Some(b"br"), gzip: Some(b"gz") },
        File { path: "index.html", tag: "\"2\"", bytes: b"apply", brotli: None, gzip: None },
        File { path: "console.html", tag: "\"3\"", bytes: b"console", brotli: None, gzip: None },
    ];

    fn told(path: &str, headers: &[(header::HeaderName, &'static str)]) -> String {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let response = serve(BUILT, path, &headers.collect());
        let one = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned()
        };
        let packing = one(header::CONTENT_ENCODING);
        let (kind, keep) = (one(header::CONTENT_TYPE), one(header::CACHE_CONTROL));
        format!("{} {kind} {packing} {keep}", response.status().as_u16())
    }

    #[test]
    fn a_hashed_file_is_packed_as_asked_and_kept_for_ever() {
        let for_ever = "public, max-age=31536000, immutable";
        let script = "text/javascript; charset=utf-8";
        let ask = |accepted| told("/assets/a-1.js", &[(header::ACCEPT_ENCODING, accepted)]);
        assert_eq!(ask("gzip, deflate, br"), format!("200 {script} br {for_ever}"));
        assert_eq!(ask("gzip"), format!("200 {script} gzip {for_ever}"));
        assert_eq!(ask("identity"), format!("200 {script} - {for_ever}"));
        let known = told("/assets/a-1.js", &[(header::IF_NONE_MATCH, "\"1\"")]);
        assert_eq!(known, format!("304 - - {for_ever}"));
    }

    #[test]
    fn places_within_a_page_get_the_page_and_missing_files_do_not() {
        let page = "200 text/html; charset=utf-8 - no-cache";
        for path in ["/", "/verify/selfie", "/console", "/console/cases/1", "/staff/setup"] {
            assert_eq!(told(path, &[]), page, "{path}");
        }
        assert_eq!(told("/assets/gone-2.js", &[]), "404 - - -");
    }

    #[test]
    fn the_interface_is_never_answered_with_a_page() {
        let ask = |method: Method, path: &'static str| {
            answer(&method, &Uri::from_static(path), &HeaderMap::new()).map(|response| response.status())
        };
        assert_eq!(ask(Method::GET, "/api/v1/nothing"), None);
        assert_eq!(ask(Method::POST, "/verify"), None);
        assert!(ask(Method::GET, "/apiary").is_some());
    }

    #[test]
    fn the_policy_allows_nothing_unsafe() {
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("data:") && !POLICY.contains('*'));
    }
}
