"""What stands behind the `?` of a request over HTTP: read, or refused."""

from flask import current_app, request

from bindeledd.foundation.http import BadFields
from bindeledd.foundation.texts import t


def refuse_unread() -> None:
    """A door that reads no query refuses one, as the others refuse what they do not know: a filter
    that is misspelt would else be answered as if it held."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or not request.path.startswith("/api/") or getattr(view, "reads_query", False):
        return
    if request.args:
        raise BadFields(fields={name: [t("web.fields.unknown")] for name in request.args})
