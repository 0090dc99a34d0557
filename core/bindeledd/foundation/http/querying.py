"""What stands behind the `?` of a request over HTTP: read, or refused."""

from flask import current_app, request

from bindeledd.foundation.http import BadFields
from bindeledd.foundation.texts import t


def refuse_unread() -> None:
    """What a door does not know behind the `?` is refused: a filter that is misspelt would else be
    answered as if it held."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or not request.path.startswith("/api/"):
        return
    unread = sorted(request.args.keys() - getattr(view, "reads_query", frozenset()))
    if unread:
        raise BadFields(fields={name: [t("web.fields.unknown")] for name in unread})
