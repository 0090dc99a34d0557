"""How a form of administration is carried out: with a why, and with every refusal said in it."""

from collections.abc import Callable, Iterable
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import Why, insist_address, insist_key
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t, texts

_PLACES = {
    "administration.login_taken": "login",
    "staff.language_unknown": "tongue",
    "staff.login_wrong": "login",
    "administration.address_wrong": "value",
    "staff.point_taken": "value",
    "administration.key_taken": "key",
    "administration.key_wrong": "key",
    "administration.lead_ended": "lead",
    "administration.kind_unknown": "kind",
    "administration.never_open": "day1",
    "administration.team_silent": "team",
    "administration.unit_unanswered": "team",
}
Act = Callable[[Session, Form, Why], None]
Make = Callable[[Session, Form, Why], UUID]
Page = Callable[[Session, Form], str]


def done(form: Form, act: Act) -> bool:
    """Whether it was done; what was refused is said in the form."""
    why = form.one_of("why", Why, t("administration.member.why_needed"))
    if why is None or not form.is_good:
        return False
    try:
        with transaction() as session:
            act(session, form, why)
    except NotFound:
        raise
    except Refusal as refused:
        form.refused(refused, _PLACES)
        return False
    return True


def answered(
    form: Form, act: Act, page: Page, *, told: str, to: str, **ids: UUID
) -> ResponseReturnValue:
    """The page at `to` with what was `told` once it is done; else the same page with the form."""
    if done(form, act):
        return go_to(f"administration_pages.{to}", notice=f"administration.notices.{told}", **ids)
    with transaction() as session:
        return page(session, form), 422


def made(form: Form, make: Make, page: Page, *, told: str, to: str) -> ResponseReturnValue:
    """The page `to` of what was made (`unit`, `team` …); else the empty page with the form."""
    found: list[UUID] = []
    if done(form, lambda session, form, why: found.append(make(session, form, why))):
        return go_to(
            f"administration_pages.{to}",
            notice=f"administration.notices.{told}",
            **{f"{to}_id": found[0]},
        )
    with transaction() as session:
        return page(session, form), 422


def look_at(form: Form, *rules: Callable[[], None]) -> None:
    """Say at once all that these rules refuse of the form, each at its field."""
    for rule in rules:
        try:
            rule()
        except Refusal as refused:
            form.refused(refused, _PLACES)


def key_in(form: Form) -> str:
    """The short name of the form; one that cannot be one is wrong at its field."""
    key = form.needed("key", t("administration.unit.key_needed"))
    look_at(form, lambda: insist_key(key))
    return key


def needed_id(form: Form, name: str, words: str = "") -> UUID:
    """The id of what was chosen. Where nothing was, the field is wrong, and the id is nobody's."""
    found = form.id(name)
    if found is None:
        form.wrong(name, words or t("web.form.choose"))
    return found or UUID(int=0)


def address_in(form: Form) -> tuple[str, str] | None:
    """The address of the form, where one was typed; what cannot be one is wrong at its field."""
    scheme, value = form.text("scheme"), form.text("value")
    if not value:
        return None
    look_at(form, lambda: insist_address(scheme, value))
    return scheme, value


def addressing(put: Callable[..., None], of: UUID) -> Act:
    """What puts the address of a form on the unit or the organisation `of`."""

    def add(session: Session, form: Form, why: Why) -> None:
        scheme, value = form.text("scheme"), form.text("value")
        put(session, of, scheme=scheme, value=value, why=why, by=current_actor(), at=now())

    return add


def kind_words(table: str, kind: str) -> str:
    """What a kind is called; a kind that only a pack knows stands as the pack says it."""
    found = texts().find(f"staff.{table}.{kind}")
    return found if isinstance(found, str) else kind


def kinds_said(table: str, kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Kinds with their words, in order, for a list to choose from."""
    return [(kind, kind_words(table, kind)) for kind in dict.fromkeys(kinds)]
