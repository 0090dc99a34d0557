"""The keys: what each of them does, and whether they do it for whoever asks."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bindeledd.features.staff import service
from bindeledd.foundation.http import current_actor, go_to, now, transaction

# Key as it stands on the keyboard → what is said of it (`staff.keys.does`).
KEYS = (
    ("j", "next"),
    ("k", "previous"),
    ("Enter o", "open"),
    ("c", "contact"),
    ("a", "appointment"),
    ("n", "called"),
    ("1 – 9", "outcome"),
    ("u", "undo"),
    ("/", "search"),
    ("g d", "day"),
    ("g c", "calendar"),
    ("g i", "inbox"),
    ("g l", "leaving"),
    ("g m", "morning"),
    ("g r", "rollcall"),
    ("Esc", "back"),
    ("?", "help"),
)


def pages() -> Blueprint:
    """`url_for("staff_pages.keys")`; asked for in place, it is what `?` shows on every page."""
    bp = Blueprint("staff_pages", "bindeledd.features.staff", template_folder="templates")

    @bp.get("/keys")
    def keys() -> ResponseReturnValue:
        return render_template("staff/keys.html", keys=KEYS, on=current_actor().keys)

    @bp.post("/keys")
    def choose_keys() -> ResponseReturnValue:
        on = request.form.get("keys") == "on"
        with transaction() as session:
            service.choose_keys(session, on=on, by=current_actor(), at=now())
        return go_to("staff_pages.keys", notice=f"staff.notices.keys_{'on' if on else 'off'}")

    return bp
