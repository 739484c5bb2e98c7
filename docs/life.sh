#!/bin/sh
# The whole life of an application that people look at, over HTTP alone: a selfie is asked for again, the card is
# rejected by two people, the applicant appeals, a third upholds it, a fourth asks for a live selfie, and the machine
# approves; then a wallet uses the limits, a change of details is permitted, and the audit tells of it all.
#
#   sh docs/staff.sh http://127.0.0.1:8080 LINK sessions
#   sh docs/life.sh http://127.0.0.1:8080 out/specimen 样本 000000… sessions
#
# Arguments as for docs/walk.sh, and the folder in which docs/staff.sh kept the sessions of the desk, a few minutes ago.
# The desk must be empty: reviewers get the most urgent case. A decision may be taken back for ten seconds, so it takes
# about a minute.
set -eu
url=$1 pictures=$2 name=$3 number=$4 sessions=$5
. "$(dirname "$0")/curl.sh"
cp "$sessions"/*.jar "$work"

# `look WHO TYPE`: takes the next case; sets `case`, `lease` and `version`.
look() {
    who=$1
    for _ in $(seq 1 60); do
        json "$who" POST /cases/next >"$work/case" </dev/null
        if [ -s "$work/case" ]; then
            case=$(field id <"$work/case") lease=$(field lease.token <"$work/case")
            [ "$(field type <"$work/case")" = "$2" ] && break
            # What new reviewers decide is looked at again by somebody else; that may be due sooner.
            [ "$(field type <"$work/case")" = qa ] || break
            version=$(field version <"$work/case")
            decide "$who" '"verdict": "agree"'
        fi
        sleep 1
    done
    [ "$(field type <"$work/case")" = "$2" ] || fail "$who got no case of type $2: $(cat "$work/case")"
    [ "$(field application <"$work/case")" = "${3-$id}" ] || fail "the desk is not empty: $who got another case"
    version=$(field version <"$work/case")
}
# `decide WHO REST`: decides the case that is held; REST is the rest of the body.
decide() {
    json "$1" POST "/cases/$case/decide" >"$work/decided" <<JSON
{"token": $lease, "version": $version, $2}
JSON
    field state <"$work/decided"
}

# Another photo of the same: a camera never makes the same bytes twice. Here a comment in the file makes them others.
another() {
    python3 -c '
import sys, time
picture, note = open(sys.argv[1], "rb").read(), str(time.time_ns()).encode()
sys.stdout.buffer.write(picture[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + picture[2:])
' "$pictures/$1.jpg" >"$work/another.jpg"
    photo "$1" "$work/another.jpg" "$2"
}

register
begin "$name" "$number"
photo portrait_side "$pictures/portrait_side.jpg" live
photo emblem_side "$pictures/emblem_side.jpg" live
# A file that was chosen: a person will look.
photo selfie "$pictures/selfie.jpg" file
submit manual_review

say 'the reviewer takes it, looks at the selfie for a purpose, and asks for another one'
look reviewer initial
json reviewer POST "/cases/$case/reveal" >"$work/shown" <<JSON
{"element": "selfie", "purpose": "decide"}
JSON
printf 'shown until %s\n' "$(field until <"$work/shown")"
decide reviewer '"verdict": "resubmit", "reasons": ["FACE_POSE"], "steps": ["selfie"], "remark": "请看镜头。"'
stands resubmit

say 'the applicant does that step alone again; the picture that was sent back is not taken'
call me PUT "/applications/$id/files/selfie" --header 'Content-Type: image/jpeg' \
    --data-binary "@$pictures/selfie.jpg" >"$work/file"
[ "$(field reasons.0.public_code <"$work/file")" = IMG_ALREADY_REJECTED ] || fail "the same picture was taken: $(cat "$work/file")"
another selfie file
submit manual_review

say 'two people reject it, and the second does not see what the first thinks'
look reviewer-2 resubmission
decide reviewer-2 '"verdict": "reject", "reasons": ["DOC_COPY"]'
look supervisor resubmission
decide supervisor '"verdict": "reject", "reasons": ["DOC_COPY"], "remark": "看起来是复印件。"'
stands rejected

say 'the applicant appeals; somebody who did not decide answers'
json me POST /appeals >"$work/appeal" <<JSON
{"subject_kind": "application", "subject": "$id", "text": "这是原件，请再看一次。"}
JSON
cat "$work/appeal"
look supervisor-2 appeal
decide supervisor-2 '"verdict": "uphold", "remark": "您说得对。"'

say 'it is looked at anew; without a live selfie nobody approves, so one is asked for, and the machine is sure'
look reviewer appeal_redo
decide reviewer '"verdict": "resubmit", "reasons": ["FACE_POSE"], "steps": ["selfie"]'
stands resubmit
call me GET /appeals | field data.0.state
another selfie live
submit approved

say 'the first level needs an outside source: support asks one at its portal, and another person confirms the record'
account=$(call me GET /account | field id)
json support POST /portal_records >"$work/record" <<JSON
{"account": "$account", "organisation": "Specimen Bank", "reference": "query-1"}
JSON
proposal=$(field id <"$work/record")
call reviewer GET /proposals | field data.0.act
call reviewer POST "/proposals/$proposal/confirm" | field object
for _ in $(seq 1 30); do
    level=$(call me GET /me/entitlements | field level)
    [ "$level" = 1 ] && break
    sleep 1
done
echo "level $level"

say 'a key for the wallet, which asks what is left, holds, and captures'
json operator POST /keys >"$work/key" <<JSON
{"label": "wallet", "scopes": ["persons:read", "limits:use"]}
JSON
key=$(field secret <"$work/key")
machine() {
    json machine POST "$1" --header "Authorization: Bearer $key"
}
ask="{\"account\": \"$account\", \"operation\": \"pay_merchant\", \"amount\": {\"amount\": \"1500\", \"currency\": \"CNY\"}, \"factors\": [\"password\"]}"
echo "$ask" | machine /limits/check
printf '{"ask": %s, "reference": "order-1", "hold_s": 600}' "$ask" | machine /limits/consume >"$work/use"
held=$(field limit_use.id <"$work/use")
[ "$(field answer.verdict <"$work/use")" = allowed ] || fail "nothing was held: $(cat "$work/use")"
echo '{"amount": {"amount": "1200", "currency": "CNY"}}' | machine "/limits/$held/capture"
echo
# More than the level allows is an answer, not an error; it names the rule.
echo "$ask" | sed 's/"1500"/"99999900"/' | machine /limits/check >"$work/answer"
[ "$(field verdict <"$work/answer")" = refused ] || fail "no limit held: $(cat "$work/answer")"
cat "$work/answer"

say 'only support opens a change of details, two people permit it'
json support POST /info_changes >/dev/null <<JSON
{"account": "$account", "changes": ["identity"]}
JSON
for who in reviewer-2 supervisor; do
    look "$who" info_change ''
    decide "$who" '"verdict": "approve"'
done
for _ in $(seq 1 30); do
    until=$(call me GET /account/changes | field application_until)
    [ -n "$until" ] && break
    sleep 1
done
[ -n "$until" ] || fail 'the change was not permitted'
echo "a new application for new details may be begun until $until"

say 'what the applicant was told, newest first'
call me GET '/notices?limit=50' | python3 -c '
import json, sys
for notice in json.load(sys.stdin)["data"]: print(notice["at"], notice["title"]["en"])'

say 'what the audit tells of the application, newest first: ids, codes and counts, no personal data'
call operator GET "/audit?object=$id&limit=50" | python3 -c '
import json, sys
for row in json.load(sys.stdin)["data"]: print(row["index"], row["role"], row["action"], row["outcome"])'

printf '\nits whole life\n'
