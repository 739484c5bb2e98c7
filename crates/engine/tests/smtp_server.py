"""A mail server for tests, on a port of this machine that it names on its first line of output.

Every letter becomes one file `N.json` in the folder it is given, decoded by Python's own mail parser, so that
what the program wrote is read by somebody else. `refused@` does not exist here, `busy@` has no room for now.
It ends when its input ends.

    smtp_server.py FOLDER [starttls|tls CERTIFICATE_AND_KEY]
"""

import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Folder:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy@"):
            return "451 4.3.0 no room for now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        content = {
            "tls": server.transport.get_extra_info("sslcontext") is not None,
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in letter.items()},
            "content_type": letter.get_content_type(),
            "charset": letter.get_content_charset(),
            "text": letter.get_content(),
        }
        path = self.folder / f"{self.count}.json"
        self.count += 1
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return "250 taken"


async def main():
    loop = asyncio.get_running_loop()
    handler = Folder(sys.argv[1])
    options, around = {}, None
    if len(sys.argv) > 2:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[3])
        if sys.argv[2] == "starttls":
            options = {"tls_context": tls, "require_starttls": True}
        else:
            around = tls
    make = lambda: SMTP(handler, hostname="test.invalid", **options)
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=around)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
