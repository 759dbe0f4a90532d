"""An SMTP server for tests: aiosmtpd, and Python's own reading of each mail, as a line of JSON.

How a recipient is answered is in the name: later@… 451, nobody@… 550, slow@… never.
"""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        who = address.split("@")[0]
        if who == "later":
            return "451 4.7.1 Greylisted, try again later"
        if who == "nobody":
            return "550 5.1.1 No such user here"
        if who == "slow":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        print(json.dumps({
            "envelope": [envelope.mail_from, envelope.rcpt_tos],
            "headers": {name: str(value) for name, value in mail.items()},
            "text": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
        }), flush=True)
        return "250 2.0.0 Taken as 4711"


def refuse(server, session, envelope, mechanism, auth_data):
    return AuthResult(success=False, handled=False)


async def main():
    auth = {"auth_required": True, "auth_require_tls": False, "authenticator": refuse} if "--refuse-login" in sys.argv else {}
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Handler(), hostname="peer.test", **auth), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
