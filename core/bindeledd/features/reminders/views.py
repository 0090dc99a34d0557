"""The door at which a gateway reports what became of a message. Nobody is logged in there.

The secret part of the address is all that opens it. What comes is kept as it is; a worker has it
read, so that nothing of a plugin runs here.
"""

import hmac
import json
from collections.abc import Mapping

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bindeledd.features.reminders import service
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.http import now, transaction
from bindeledd.foundation.http.machines import from_machines

# What a signature may need. Everything else says more than we want to know.
_HEADERS = ("content-type", "x-twilio-signature")
_LONGEST = 16_384


def callbacks(secrets: Mapping[str, str]) -> Blueprint:
    """The callback address of each channel that has a secret, by key."""
    bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")

    @bp.route("/<channel>/<secret>", methods=["GET", "POST"])
    @from_machines
    def report(channel: str, secret: str) -> ResponseReturnValue:
        known = secrets.get(channel, "")
        if not known or not hmac.compare_digest(known.encode(), secret.encode()):
            raise NotFound()
        if len(request.get_data()) + len(request.query_string) > _LONGEST:
            return Response(status=413)
        with transaction() as session:
            service.keep_callback(session, channel, _told(), at=now())
        return Response(status=200)

    return bp


def _told() -> str:
    """Method, fields, body and a few headers, as JSON."""
    form = request.form.to_dict() if request.method == "POST" else {}
    return json.dumps(
        {
            "method": request.method,
            "fields": request.args.to_dict() | form,
            "headers": {name: request.headers.get(name, "") for name in _HEADERS},
            "body": "" if form else request.get_data().decode("utf-8", "replace"),
        }
    )
