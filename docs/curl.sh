# What docs/walk.sh and docs/life.sh share: requests with curl, answers read with python3, and the steps with which
# every application begins. It is read in, not run: `. docs/curl.sh`, with `url` set.
#
# `call WHO METHOD PATH …` and `json WHO METHOD PATH` (body from standard input): one cookie jar for each WHO, our own
# page's header, and a key that makes a repeated POST harmless.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n── %s\n' "$1" >&2; }
fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}
draw() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
# The value of a JSON field: `field status`, `field steps.0.name`; nothing where there is none.
field() {
    python3 -c '
import json, sys
text = sys.stdin.read()
if not text: sys.exit()
value = json.loads(text)
for name in sys.argv[1].split("."):
    found = int(name) < len(value) if name.isdigit() else name in value
    if not found: sys.exit()
    value = value[int(name)] if name.isdigit() else value[name]
print(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))' "$1"
}
call() {
    jar=$work/$1.jar method=$2 path=$3
    shift 3
    rm -f "$work/answer"
    # Too many at once (429) is tried again when the answer says: at most a minute later.
    failed=0
    curl --silent --show-error --fail-with-body --retry 2 --cookie "$jar" --cookie-jar "$jar" --output "$work/answer" \
        --header 'X-Shiming: 1' --header "Idempotency-Key: $(draw)" --request "$method" "$@" "$url/api/v1$path" || failed=$?
    [ -e "$work/answer" ] || return "$failed"
    # What went wrong is for whoever reads along, wherever the answer goes.
    [ "$failed" = 0 ] || cat "$work/answer" >&2
    cat "$work/answer"
    return "$failed"
}
json() {
    call "$@" --header 'Content-Type: application/json' --data-binary @-
}
# A picture or form that was looked at and not taken says why.
accepted() {
    [ "$(field accepted <"$1")" = true ] || fail "$(field reasons <"$1")"
}

# Registers somebody at a sandbox and signs them in; sets `email` and `password`.
register() {
    email="specimen-$$-$(date +%s)@example.org" password=$(draw)
    say "register $email"
    json me POST /accounts >"$work/code" <<JSON
{"contact": "$email", "password": "$password", "locale": "zh-CN"}
JSON
    request=$(field id <"$work/code")
    say 'read the code from the sandbox outbox and confirm; the answer signs in'
    code=''
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        # Newest first, and only what went to this address.
        code=$(call me GET "/sandbox/outbox?to=$email" | python3 -c '
import json, re, sys
texts = [item["text"] for item in json.load(sys.stdin)["data"]]
codes = [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
print(codes[0] if codes else "")')
        [ -n "$code" ] && break
        sleep 1
    done
    json me POST /accounts/confirm >/dev/null <<JSON
{"id": "$request", "code": "$code"}
JSON
}

# Begins an application, consents, and types name ($1) and number ($2); sets `id`.
begin() {
    say 'begin an application'
    json me POST /applications >"$work/application" <<JSON
{"purpose": "first", "requested_level": 1}
JSON
    id=$(field id <"$work/application")
    echo "$id"
    say 'consent, and the form'
    json me PUT "/applications/$id/steps/consent" >/dev/null <<JSON
{"answers": {"general": "given", "id_images": "given", "face": "given", "source_query": "given"},
 "text_version": "2026-11", "locale": "zh-CN"}
JSON
    json me PUT "/applications/$id/steps/form" >"$work/form" <<JSON
{"name": "$1", "number": "$2"}
JSON
    accepted "$work/form"
}

# `photo STEP FILE ORIGIN`. `live` says that a selfie was taken now, not chosen: a claim, and without it a person looks.
photo() {
    say "photo: $1"
    call me PUT "/applications/$id/files/$1?origin=$3" --header 'Content-Type: image/jpeg' --data-binary "@$2" >"$work/file"
    accepted "$work/file"
}

# Submits, and waits until the application stands at $1.
submit() {
    say 'submit, and wait'
    call me POST "/applications/$id/submit" >/dev/null
    stands "$1"
}
# Waits until it stands there; shows it.
stands() {
    status=''
    for _ in $(seq 1 120); do
        status=$(call me GET "/applications/$id" | field status)
        [ "$status" = "$1" ] && break
        sleep 1
    done
    call me GET "/applications/$id"
    [ "$status" = "$1" ] || fail "the application is $status, not $1"
}
