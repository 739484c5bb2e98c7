#!/bin/sh
# Leads one specimen application from registration to approved, over HTTP alone. `cargo xtask run` runs this
# very file, and the README quotes it.
#
#   sh docs/walk.sh http://127.0.0.1:8080 out/specimen 样本 000000…
#
# Arguments: address of a sandbox, folder with portrait_side.jpg, emblem_side.jpg and selfie.jpg, name and number
# on the card. Needs curl and python3 (to read JSON).
set -eu
url=$1 pictures=$2 name=$3 number=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
email="specimen-$$-$(date +%s)@example.org"
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')

say() { printf '\n── %s\n' "$1" >&2; }
# The value of a JSON field: `field status`, `field steps.0.name`.
field() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[int(name)] if name.isdigit() else value[name]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}
# A picture or form that was looked at and not taken says why.
accepted() {
    [ "$(field accepted <"$1")" = true ] && return
    field reasons <"$1" >&2
    exit 1
}
# Every request: our cookie jar, our own page, and a key that makes a repeated POST harmless.
call() {
    method=$1 path=$2
    shift 2
    curl --silent --show-error --fail-with-body --cookie "$work/jar" --cookie-jar "$work/jar" \
        --header 'X-Shiming: 1' --header "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" \
        --request "$method" "$@" "$url/api/v1$path"
}
json() {
    method=$1 path=$2
    call "$method" "$path" --header 'Content-Type: application/json' --data-binary @-
}

say "register $email"
json POST /accounts >"$work/code" <<JSON
{"contact": "$email", "password": "$password", "locale": "zh-CN"}
JSON
request=$(field id <"$work/code")

say 'read the code from the sandbox outbox and confirm; the answer signs in'
code=''
for _ in 1 2 3 4 5 6 7 8 9 10; do
    # Newest first, and only what went to this address.
    code=$(call GET "/sandbox/outbox?to=$email" | python3 -c '
import json, re, sys
texts = [item["text"] for item in json.load(sys.stdin)["data"]]
codes = [code for text in texts for code in re.findall(r"(?<!\d)\d{6}(?!\d)", text)]
print(codes[0] if codes else "")')
    [ -n "$code" ] && break
    sleep 1
done
json POST /accounts/confirm >/dev/null <<JSON
{"id": "$request", "code": "$code"}
JSON

say 'begin an application'
json POST /applications >"$work/application" <<JSON
{"purpose": "first", "requested_level": 1}
JSON
id=$(field id <"$work/application")
echo "$id"

say 'consent, and the form'
json PUT "/applications/$id/steps/consent" >/dev/null <<JSON
{"answers": {"general": "given", "id_images": "given", "face": "given", "source_query": "given"},
 "text_version": "2026-11", "locale": "zh-CN"}
JSON
json PUT "/applications/$id/steps/form" >"$work/form" <<JSON
{"name": "$name", "number": "$number"}
JSON
accepted "$work/form"

# `origin=live` says that a selfie was taken now, not chosen: a claim, and without it a person looks.
for step in portrait_side emblem_side selfie; do
    say "photo: $step"
    call PUT "/applications/$id/files/$step?origin=live" --header 'Content-Type: image/jpeg' \
        --data-binary "@$pictures/$step.jpg" >"$work/file"
    accepted "$work/file"
done

say 'submit, and wait'
call POST "/applications/$id/submit" >/dev/null
status=checking
for _ in $(seq 1 120); do
    status=$(call GET "/applications/$id" | field status)
    case $status in checking | waiting_source) sleep 1 ;; *) break ;; esac
done
call GET "/applications/$id"
[ "$status" = approved ] || { printf '\nthe application is %s, not approved\n' "$status" >&2; exit 1; }

say 'what the person may do now'
call GET /me/entitlements
printf '\n\napproved\n'
printf '\nTo sign in as this person (POST /api/v1/sessions): %s, password %s\n' "$email" "$password"
