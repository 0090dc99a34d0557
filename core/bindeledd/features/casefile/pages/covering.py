"""Who answers while nobody is on duty: two moments and a name on the page, and in the history."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import moment
from bindeledd.features.cases.domain.covering import FROM, UNTIL, WHO, Cover
from bindeledd.features.cases.domain.gaps import COVER, gap_of
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import now
from bindeledd.foundation.http.forms import Form, local_day
from bindeledd.foundation.spelling import OSLO, written
from bindeledd.foundation.texts import t

# What is refused of it, and the field that says so.
PLACES = {
    "case.cover_ends_first": "covers_until_on",
    "case.nobody_covers": "covers_who",
    "case.answer_needed": "covers_who",
}


def cover_of(form: Form) -> Cover:
    """Who answers, and from when until when: all of it is needed. Raises `Incomplete`."""
    who = form.needed("covers_who", t("casefile.say.covers_who_needed"))
    starts_at = moment(form, "covers_from_on", "covers_from_time")
    ends_at = moment(form, "covers_until_on", "covers_until_time")
    return Cover(who=who, starts_at=starts_at, ends_at=ends_at)


def times_of(session: Session, file: CaseFile) -> dict[str, str]:
    """From when until when the team is away, as the fields of the form have it; nothing where
    nobody knows. By the open task that asks for cover, else by what lies ahead."""
    calendar = staff.team_calendar(session, file.case.responsible_team_id)
    owed = next((one.task for one in file.owed if one.task.kind == COVER), None)
    gap = calendar.gap_ahead(now()) if owed is None else gap_of(owed, calendar)
    if gap is None or gap[1] is None:
        return {}
    found = {}
    for name, at in (("covers_from", gap[0]), ("covers_until", gap[1])):
        found[f"{name}_on"] = local_day(at)
        found[f"{name}_time"] = f"{at.astimezone(OSLO):%H.%M}"
    return found


def cover_said(note: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Who answers, and from when until when; nothing where that was not said."""
    times = facts.get(FROM), facts.get(UNTIL)
    if not all(isinstance(one, str) for one in times):
        return ""
    starts, ends = (written(datetime.fromisoformat(str(one))) for one in times)
    return t("casefile.say.covers_said", who=note.get(WHO, ""), starts=starts, ends=ends)
