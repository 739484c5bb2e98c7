#!/bin/sh
# Leads one specimen application from registration to approved, over HTTP alone. `cargo xtask run` runs this
# very file, and the README quotes it. What a person must look at is in docs/life.sh.
#
#   sh docs/walk.sh http://127.0.0.1:8080 out/specimen 样本 000000…
#
# Arguments: address of a sandbox, folder with portrait_side.jpg, emblem_side.jpg and selfie.jpg, name and number
# on the card. Needs curl and python3 (to read JSON).
set -eu
url=$1 pictures=$2 name=$3 number=$4
. "$(dirname "$0")/curl.sh"

register
begin "$name" "$number"
for step in portrait_side emblem_side selfie; do
    photo "$step" "$pictures/$step.jpg" live
done
submit approved

say 'what the person may do now'
call me GET /me/entitlements
printf '\n\napproved\n'
printf '\nTo sign in as this person (POST /api/v1/sessions): %s, password %s\n' "$email" "$password"
