#!/bin/sh
# Hires staff for a sandbox over HTTP alone and prints how to sign in as each of them. `cargo xtask run` runs this
# very file.
#
#   sh docs/staff.sh http://127.0.0.1:8080 LINK    LINK: the one-time link that the first start of the service prints
#   sh docs/staff.sh figures SECRET                the six figures that an authenticator shows now for a secret
#
# Needs curl and python3. Passwords are drawn anew each time. Where real people are concerned it refuses to work:
# there everybody chooses a password in private.
set -eu

# RFC 6238: SHA-1, 30 s, six figures.
figures() {
    python3 -c '
import base64, hashlib, hmac, struct, sys, time
secret = sys.argv[1].replace(" ", "").upper()
key = base64.b32decode(secret + "=" * (-len(secret) % 8))
mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
at = mac[-1] & 15
print("%06d" % (struct.unpack(">I", mac[at:at + 4])[0] % (1 << 31) % 1000000))' "$1"
}
if [ "$1" = figures ]; then
    figures "$2"
    exit
fi
url=$1 token=${2#*#}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

field() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
draw() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}
# `post WHO PATH`: one cookie jar for each member of staff; the body comes from standard input.
post() {
    curl --silent --show-error --fail-with-body --cookie "$work/$1" --cookie-jar "$work/$1" \
        --header 'X-Shiming: 1' --header "Idempotency-Key: $(draw)" --header 'Content-Type: application/json' \
        --request POST --data-binary @- "$url/api/v1$2"
}
confirm() {
    post "$1" '/factors/totp/confirm?as=staff' >/dev/null <<JSON
{"code": "$(figures "$2")"}
JSON
}
# Sets the password with a link, signs in, sets up the second factor, and says so.
settle() {
    role=$1 token=$2 who=$3
    email="$role@example.org" password=$(draw)
    post "$role" /staff/setup >/dev/null <<JSON
{"token": "$token", "password": "$password"$who}
JSON
    post "$role" /sessions >/dev/null <<JSON
{"contact": "$email", "password": "$password", "as": "staff"}
JSON
    secret=$(echo '{}' | post "$role" '/factors/totp?as=staff' | field secret)
    # Once more if the half minute ended in between.
    confirm "$role" "$secret" 2>/dev/null || confirm "$role" "$secret"
    printf '%-11s %-24s %-33s %s\n' "$role" "$email" "$password" "$secret"
}

curl --silent --fail "$url/api/v1/sandbox/outbox" >/dev/null || {
    echo "$url is no sandbox, or does not answer" >&2
    exit 1
}
printf '%-11s %-24s %-33s %s\n' role e-mail password 'secret of the authenticator'
settle operator "$token" ', "administrator": {"name": "Operator", "email": "operator@example.org"}'
for role in support reviewer supervisor compliance; do
    link=$(post operator /staff <<JSON | field link
{"name": "$role", "email": "$role@example.org", "role": "$role"}
JSON
    )
    settle "$role" "${link#*#}" ''
done
