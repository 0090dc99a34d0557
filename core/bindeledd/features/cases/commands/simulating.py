"""`bindeledd pathways simulate`: the timeline that a discharge at a given moment would get."""

from datetime import datetime

import click

from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.pathways.commands.placing import find_unit
from bindeledd.features.pathways.domain import Book, Pathway
from bindeledd.features.pathways.domain.simulating import Simulated
from bindeledd.features.pathways.domain.simulating import simulate as simulated
from bindeledd.features.pathways.service.wording import reason_words, task_words
from bindeledd.foundation.calendars import Calendar, zone_named
from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.texts import said_of, t


@click.command()
@click.option("--unit", "unit_key", required=True)
@click.option("--discharged", required=True)
@click.option(
    "--index",
    "index_kind",
    type=click.Choice([kind.value for kind in IndexKind]),
    default=IndexKind.SUICIDE_ATTEMPT.value,
    show_default=True,
)
@click.option("--to", "receiver")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def simulate(
    site: Site,
    unit_key: str,
    discharged: str,
    index_kind: str,
    receiver: str | None,
    as_json: bool,
) -> None:
    """Show what a discharge would give: each step, when it is due, and why then."""
    calendar = _calendar(site, unit_key)
    moment, date_only = _moment(discharged, calendar)
    book: Book = site.book
    unit = find_unit(site, unit_key)
    current, to = book.current(index_kind), unit.names(receiver)
    path = book.resolve(*current.key, *unit.where, ends=[unit.end], to=to)
    found = simulated(
        path,
        discharged_at=moment,
        calendar=calendar,
        at=moment,
        facts={"index_kind": index_kind},
        date_only=date_only,
        ladders=book.ladders,
    )
    if as_json:
        answer_json(_answer(path, unit_key, moment, calendar, found, book))
    else:
        _show(path, unit_key, moment, calendar, found, book)


def _calendar(site: Site, unit_key: str) -> Calendar:
    """When the team of the unit is at work. Refuses a unit that is not set up."""
    from bindeledd.features.staff import queries as staff

    with site.database.transaction() as session:
        known = staff.units(session, site.tenant)
        if unit_key not in known:
            listed = ", ".join(sorted(known)) or t("pathways.units.none")
            raise click.BadParameter(t("pathways.units.unknown", unit=unit_key, known=listed))
        team = known[unit_key][1] or staff.intake_team(session, site.tenant)
        return Calendar() if team is None else staff.team_calendar(session, team)


def _moment(text: str, calendar: Calendar) -> tuple[datetime, bool]:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(t("pathways.simulate.no_moment", text=text)) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_named(calendar.zone))
    return moment, len(text) == len("2027-03-24")


def _answer(
    path: Pathway,
    unit_key: str,
    moment: datetime,
    calendar: Calendar,
    found: list[Simulated],
    book: Book,
) -> dict[str, object]:
    return {
        "pathway": path.id,
        "version": path.version,
        "unit": unit_key,
        "discharged": moment.isoformat(),
        "zone": calendar.zone,
        "steps": [
            {
                **each.as_json(),
                "title": task_words(each.task, book),
                "why": reason_words(each),
                "letter": _letter(path, each),
            }
            for each in found
        ],
    }


def _letter(path: Pathway, one: Simulated) -> str:
    """The letter that the step or gate names, with the layer that has its text; empty for none."""
    rule = path.find(one.step)
    return f"{rule.layer}/{rule.letter}" if rule is not None and rule.letter else ""


def _what(path: Pathway, one: Simulated, book: Book) -> str:
    letter = _letter(path, one)
    said = task_words(one.task, book)
    return t("pathways.simulate.with_letter", task=said, letter=letter) if letter else said


_COLUMNS = ("due", "opens", "task", "step", "strength", "why")


def _show(
    path: Pathway,
    unit_key: str,
    moment: datetime,
    calendar: Calendar,
    found: list[Simulated],
    book: Book,
) -> None:
    when = calendar.local(moment)
    answer_table(
        t(
            "pathways.simulate.title",
            title=said_of(path.title),
            unit=unit_key,
            day=f"{_day(when)}{when:%Y}",
            time=f"{when:%H:%M}",
        ),
        [t(f"pathways.simulate.{name}") for name in _COLUMNS],
        [
            (
                f"{_day(each.due_at)} {each.due_at:%H:%M}",
                "" if each.opens is None else _day(each.opens),
                _what(path, each, book),
                each.step,
                t(f"pathways.strength.{each.strength}"),
                reason_words(each),
            )
            for each in found
        ],
    )


def _day(moment: datetime) -> str:
    return f"{t(f'web.weekdays.{moment.isoweekday()}')} {moment:%d.%m.}"
