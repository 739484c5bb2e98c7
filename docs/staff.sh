#!/bin/sh
# Hires staff for a sandbox over HTTP alone and prints how to sign in as each of them. `cargo xtask run` runs this
# very file.
#
#   sh docs/staff.sh http://127.0.0.1:8080 LINK [FOLDER]    LINK: the one-time link that the first start prints
#   sh docs/staff.sh figures SECRET                         what an authenticator shows now for a secret
#
# With a FOLDER their sessions are kept there, as cookie jars for curl: docs/life.sh works with them.
# Needs curl and python3. Passwords are drawn anew each time. It may have to wait a minute: a network
# may try to sign in only so often. Where real people are concerned it refuses to work: there everybody chooses a
# password in private.
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
url=$1 token=${2#*#} sessions=${3-}
. "$(dirname "$0")/curl.sh"

confirm() {
    json "$1" POST '/factors/totp/confirm?as=staff' >/dev/null <<JSON
{"code": "$(figures "$2")"}
JSON
}
# Sets the password with a link, signs in, sets up the second factor, and says so.
settle() {
    who=$1 token=$2 more=$3
    email="$who@example.org" password=$(draw)
    json "$who" POST /staff/setup >/dev/null <<JSON
{"token": "$token", "password": "$password"$more}
JSON
    json "$who" POST /sessions >/dev/null <<JSON
{"contact": "$email", "password": "$password", "as": "staff"}
JSON
    secret=$(echo '{}' | json "$who" POST '/factors/totp?as=staff' | field secret)
    # Once more if the half minute ended in between.
    confirm "$who" "$secret" 2>/dev/null || confirm "$who" "$secret"
    [ -z "$sessions" ] || { mkdir -p "$sessions" && cp "$work/$who.jar" "$sessions"; }
    printf '%-13s %-24s %-33s %s\n' "$who" "$email" "$password" "$secret"
}

curl --silent --fail "$url/api/v1/sandbox/outbox" >/dev/null || {
    echo "$url is no sandbox, or does not answer" >&2
    exit 1
}
printf '%-13s %-24s %-33s %s\n' who e-mail password 'secret of the authenticator'
settle operator "$token" ', "administrator": {"name": "Operator", "email": "operator@example.org"}'
# Two of those who decide: what one rejects another confirms, and a third answers an appeal.
for who in support reviewer reviewer-2 supervisor supervisor-2 compliance; do
    link=$(json operator POST /staff <<JSON | field link
{"name": "$who", "email": "$who@example.org", "role": "${who%-2}"}
JSON
    )
    settle "$who" "${link#*#}" ''
done
