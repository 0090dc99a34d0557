"""In which language a request is answered: the member's own, what the browser asks for, the site's."""

from collections.abc import Iterable

from flask import request

from bindeledd.foundation.actors import Actor
from bindeledd.foundation.texts import LANGUAGES, language_named, speak


def best_of(asked: Iterable[str]) -> str | None:
    """The first that we speak, of languages as `Accept-Language` names them, best first."""
    return next((code for one in asked if (code := language_named(one)) is not None), None)


def speak_to(actor: Actor | None) -> None:
    """Answer this request in the language of whoever asks.

    A page is in the language that the member has chosen, else the site's; before anybody is logged
    in, in what they chose there (`?language=en`), else in what the browser asks for. A program says for each request what it wants
    (`Accept-Language`); where it does not, it is answered in the language of the token's member.
    """
    asked = best_of(request.accept_languages.values())
    if actor is None:
        chosen = request.args.get("language")
        speak(chosen if chosen in LANGUAGES else asked)
    elif request.path.startswith("/api/"):
        speak(asked or actor.language)
    else:
        speak(actor.language)
