"""Runs schemathesis against a fresh sandbox: as nobody, an applicant, staff of three roles, and a machine.

    python3 drive.py URL SETUP_LINK

Everything it needs it makes over the public interface. The number of requests is bounded, and the same on every
machine.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import secrets
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

URL, LINK = sys.argv[1], sys.argv[2]
HERE = pathlib.Path(__file__).parent
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
]
# They end or weaken the session that the run is made with; tests of their own show that they work.
NEVER = ["/api/v1/sessions/current", "/api/v1/sessions/end_others", "/api/v1/account/close"]


def figures(secret, step=30):
    """RFC 6238: SHA-1, six figures."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{struct.unpack('>I', mac[at : at + 4])[0] % (1 << 31) % 1_000_000:06d}"


class Caller:
    """Somebody with a cookie. The cookies are for HTTPS only, so they are carried by hand."""

    def __init__(self):
        self.cookies = {}

    def headers(self):
        if not self.cookies:
            return {}
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs, "X-Shiming": "1"}

    def send(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(16), **self.headers()}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{URL}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, value = line.split(";")[0].split("=", 1)
                self.cookies[name] = value
            text = answer.read()
            return json.loads(text) if text else None


def applicant():
    who, email = Caller(), f"{secrets.token_hex(8)}@example.org"
    body = {"contact": email, "password": secrets.token_hex(16), "locale": "en"}
    asked = who.send("POST", "/accounts", body)
    for _ in range(60):
        letters = who.send("GET", f"/sandbox/outbox?to={email}")["data"]
        codes = [code for letter in letters for code in re.findall(r"(?<!\d)\d{6}(?!\d)", letter["text"])]
        if codes:
            who.send("POST", "/accounts/confirm", {"id": asked["id"], "code": codes[0]})
            return who
        time.sleep(0.5)
    sys.exit("no code arrived in the outbox")


def staff(role, link, administrator=None):
    who, email, password = Caller(), f"{role}@example.org", secrets.token_hex(16)
    body = {"token": link.split("#")[1], "password": password}
    if administrator:
        body["administrator"] = {"name": role, "email": email}
    who.send("POST", "/staff/setup", body)
    who.send("POST", "/sessions", {"contact": email, "password": password, "as": "staff"})
    secret = who.send("POST", "/factors/totp?as=staff", {})["secret"]
    try:
        who.send("POST", "/factors/totp/confirm?as=staff", {"code": figures(secret)})
    except urllib.error.HTTPError:
        # The half minute ended in between.
        who.send("POST", "/factors/totp/confirm?as=staff", {"code": figures(secret)})
    return who


def hired(operator, role):
    body = {"name": role, "email": f"{role}@example.org", "role": role}
    return staff(role, operator.send("POST", "/staff", body)["link"])


def run(name, headers, tags):
    """One run; tells whether something was found."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [f"{URL}/api/v1/openapi.json", "--checks", ",".join(CHECKS)]
    for tag in tags:
        command += ["--include-tag", tag]
    for path in NEVER:
        command += ["--exclude-path", path]
    for header, value in headers.items():
        command += ["--header", f"{header}: {value}"]
    print(f"\n── as {name}", flush=True)
    return subprocess.run(command).returncode != 0


def main():
    person = applicant()
    operator = staff("operator", LINK, administrator=True)
    supervisor, support = hired(operator, "supervisor"), hired(operator, "support")
    scopes = ["applications:write", "persons:read", "limits:use"]
    key = operator.send("POST", "/keys", {"label": "schemathesis", "scopes": scopes})["secret"]
    person.send("POST", "/applications", {"purpose": "first", "requested_level": 1})
    person.send("POST", "/tickets", {"text": "How long does it take?"})
    machine = {"Authorization": f"Bearer {key}"}
    own = ["accounts", "sessions", "factors", "applications", "appeals", "tickets", "notices", "channels", "limits"]
    own += ["handoffs", "liveness"]
    found = [
        run("nobody", {}, ["operations", "sandbox", "accounts", "sessions", "staff", "cases", "limits", "handoffs", "liveness"]),
        run("an applicant", person.headers(), own),
        run("an operator", operator.headers(), ["staff", "keys"]),
        run("a supervisor", supervisor.headers(), ["cases", "tickets", "holds", "proposals"]),
        run("support", support.headers(), ["cases", "tickets"]),
        run("a machine", machine, ["applications", "limits"]),
    ]
    sys.exit(1 if any(found) else 0)


main()
