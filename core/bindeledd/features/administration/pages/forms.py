"""How a form of administration is carried out: with a why, and with every refusal said in it."""

from collections.abc import Callable
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.administration.domain import Why
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import go_to, transaction
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

_PLACES = {
    "administration.login_taken": "login",
    "staff.login_wrong": "login",
    "administration.address_wrong": "value",
    "staff.point_taken": "value",
}
Act = Callable[[Session, Form, Why], None]


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
    form: Form, act: Act, page: Callable[[Session, Form], str], *, told: str, to: str, **ids: UUID
) -> ResponseReturnValue:
    """The page at `to` with what was `told` once it is done; else the same page with the form."""
    if done(form, act):
        return go_to(f"administration_pages.{to}", notice=f"administration.notices.{told}", **ids)
    with transaction() as session:
        return page(session, form), 422
