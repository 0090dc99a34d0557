"""How a small page of a case works: shown with the case, done in one transaction, or shown again.

A page that is refused comes back with what was typed and what is wrong; nothing of it is written.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access.service import may_see
from bindeledd.features.casefile import service
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import NotFound, Refusal
from bindeledd.foundation.http import current_actor, go_to, now, transaction
from bindeledd.foundation.http.asking import in_place
from bindeledd.foundation.http.forms import AGAIN, Form, left_out, sent
from bindeledd.foundation.texts import t

# Does what the form says, and gives the key of the notice (`casefile.notices.<key>`).
Act = Callable[[Session, Form], str]
# What a template needs beside the case.
Around = Callable[[UUID], AbstractContextManager[None]]
More = Callable[[Session, CaseFile, Form], Mapping[str, Any]]


class Incomplete(Exception):
    """A field is missing or cannot be read: nothing is done, and the claim on the form is let go."""


def _as_it_is(_case_id: UUID) -> AbstractContextManager[None]:
    return nullcontext()


def _nothing(_session: Session, _file: CaseFile, _form: Form) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Small:
    """One small page: its template, where its refusals belong, and what else it shows.

    `reveal`: how to reach a person with a protected address, to the responsible team only. `to`:
    the page to go to once it is done; `elsewhere` another page for some notices; `beside`: the part
    that is drawn instead where it was done in place. `leaves`: what is done here may take the case
    out of sight for whoever does it. `around`: what is done about a refusal, once nothing of what
    was refused stands.
    """

    book: Book
    template: str
    places: Mapping[str, str] = field(default_factory=dict)
    more: More = _nothing
    reveal: bool = False
    to: str = "show"
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    beside: str = ""
    leaves: bool = False
    around: Around = _as_it_is

    def show(self, case_id: UUID, form: Form | None = None) -> str:
        """The page, with the case it is about. A read that is written down."""
        by, form = current_actor(), form or Form()
        with transaction() as session:
            file = service.case_file(
                session, case_id, by=by, at=now(), book=self.book, reveal=self.reveal
            )
            shown = {
                "file": file,
                "form": form,
                "at": now(),
                "case_id": case_id,
                "acute": acute_numbers(session, file),
                **self.more(session, file, form),
            }
            page = render_template(f"casefile/{self.template}.html", **shown)
            left = left_out(form.values, page) if form.errors else []
            if not left:
                return page
            return render_template(f"casefile/{self.template}.html", **shown, left_out=left)

    def do(self, case_id: UUID, act: Act) -> ResponseReturnValue:
        """Do it and go back to the case; or show the page again with what was typed."""
        form = sent()
        if form[AGAIN]:
            return self.show(case_id, form)
        try:
            insist(form)
            with self.around(case_id), transaction() as session:
                notice = act(session, form)
                stays = not self.leaves or may_see(session, current_actor(), case_id)
            here = self.beside if self.beside and in_place() else self.to
            to = self.elsewhere.get(notice, here)
            return back(case_id, notice, to=to) if stays else away(notice)
        except NotFound:
            raise
        except Incomplete:
            status = 422
        except Refusal as refused:
            form.refused(refused, self.places)
            status = refused.status
        return self.show(case_id, form), status


def back(case_id: UUID, notice: str, *, to: str = "show") -> ResponseReturnValue:
    return go_to(f"casefile_pages.{to}", case_id=case_id, notice=f"casefile.notices.{notice}")


def away(notice: str) -> ResponseReturnValue:
    """To what waits for oneself: the case is not one's own to see any more."""
    return go_to("worklist_pages.day", notice=f"casefile.notices.{notice}")


def insist(form: Form) -> None:
    """Go no further where a field is wrong."""
    if not form.is_good:
        raise Incomplete()


def words_of(form: Form, name: str = "words", *, needed: str = "") -> dict[str, Any]:
    """What was said, as it is sealed; empty where nothing was. `needed`: what to say then."""
    text = form.needed(name, needed) if needed else form.text(name)
    return {"words": text} if text else {}


def moment(form: Form, day: str, clock: str) -> datetime:
    """A day with a time of day: both are needed."""
    when, date_only = form.moment(day, clock, at=now())
    if when is None or not form.text(day):
        form.wrong(day, t("casefile.form.day_needed"))
    if date_only:
        form.wrong(clock, t("casefile.form.time_needed"))
    if when is None or not form.is_good:
        raise Incomplete()
    return when


def happened(form: Form) -> tuple[datetime | None, bool]:
    """When it happened, where that was said (`happened_on`, `happened_time`); else it is now."""
    when = form.moment("happened_on", "happened_time", at=now())
    insist(form)
    return when


def acute_numbers(session: Session, file: CaseFile) -> dict[str, str]:
    """Unit → the number for an acute concern: the case's own unit, then those of the teams."""
    by, case = current_actor(), file.case
    numbers = staff.acute_numbers(session, [case.responsible_team_id, *by.teams])
    own = None if case.unit_id is None else staff.acute_number(session, case.unit_id)
    return {file.unit: own, **numbers} if own and file.unit else numbers
