"""A file as an answer. Its name says nothing of anybody: it is the moment at which it was made."""

from datetime import datetime

from flask import Response

from bindeledd.foundation.http.forms import stamped


def file_answer(
    content: bytes,
    kind: str,
    at: datetime,
    *,
    ending: str,
    language: str = "",
    inline: bool = False,
) -> Response:
    """The file of this media type, to be saved; `inline`: to be shown by the browser."""
    made = Response(content, 200, content_type=kind)
    how = "inline" if inline else "attachment"
    made.headers["Content-Disposition"] = f'{how}; filename="{stamped(at)}.{ending}"'
    if language:
        made.headers["Content-Language"] = language
    return made
