"""Four tables: how far the plan's measures have come, training, the services, averages over years.

What no course of follow-up can say (a measure, a training, the yearly figures of the register of
causes of death) the site writes in the pack's own file; the rest the core has counted. A number that
is too small to be said stays unsaid, and none is shown from which it could be worked out.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from bindeledd.plugin.working import Numbers, Opening, Table, Unfit, table_of

Report = Callable[[Numbers], Table]
Row = tuple[str | int | float | None, ...]
# S-257: eleven measures in five goals. S-226: from 2024, and anew after four years.
MEASURES, GOALS = 11, 5
VALID = "Planen er vedtatt 12.12.23 (sak 24/23), gjelder fra 2024 og rulleres etter fire år."
STATES = {"not_begun": "Ikke begynt", "begun": "I gang", "done": "Gjennomført"}
_SERVICES = {
    "event.handover_accepted": "Overføringer tatt imot",
    "event.handover_returned": "Overføringer returnert",
    "shares_refused": "Delinger stoppet uten grunnlag",
    "event.reached": "Nådd",
    "task.call_patient.in_time": "Ringt i tide",
    "task.call_patient.late": "Ikke ringt i tide",
    "task.dk_routine.in_time": "Rutine avklart i tide",
    "task.dk_routine.late": "Rutine ikke avklart i tide",
    "task.dk_learning.in_time": "Erfaringslæring i tide",
    "task.dk_learning.late": "Erfaringslæring ikke i tide",
}


def open_measures(opening: Opening) -> Report:
    """S-226, S-257: each measure by its number, with goal, who coordinates, and how far it has come."""
    said = _section(opening, "measure")
    unknown = [key for key in said if key not in {str(n) for n in range(1, MEASURES + 1)}]
    if unknown:
        raise _unfit(f"measure.{unknown[0]}", "planen har tiltakene 1 til 11", "velg et av dem")
    rows = tuple(_measure(str(n), said.get(str(n), {})) for n in range(1, MEASURES + 1))
    columns = ("Tiltak", "Hva planen kaller det", "Mål", "Koordineres av", "Gjennomføring")
    return lambda _: Table(columns=columns, rows=rows, words=VALID)


def _measure(number: str, said: Mapping[str, Any]) -> Row:
    state, goal = said.get("state", ""), said.get("goal")
    if state and state not in STATES:
        raise _unfit(f"measure.{number}.state", f"ukjent: {state}", " · ".join(STATES))
    if goal is not None and goal not in range(1, GOALS + 1):
        raise _unfit(f"measure.{number}.goal", "planen har målene 1 til 5", "velg et av dem")
    shown = STATES.get(state, "Ikke sagt")
    title = str(said.get("title", "")) or "Står i planen"
    return f"Tiltak {number}", title, goal or "", str(said.get("coordinator", "")), shown


def open_training(opening: Opening) -> Report:
    """S-225: what each service is to be trained in by its task, and when it last was."""
    said = opening.settings.get("training", [])
    if not isinstance(said, list) or not all(isinstance(one, Mapping) for one in said):
        raise _unfit("training", "er ingen liste", "skriv [[training]] for hver tjeneste")
    rows = tuple(
        (str(one.get("service", "")), str(one.get("what", "")), _day(one.get("last")))
        for one in said
    )
    words = "Hva som skal til for hver tjeneste, sier kommunen. Ingen ansatt står her."
    return lambda _: Table(columns=("Tjeneste", "Opplæring", "Sist holdt"), rows=rows, words=words)


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "Ikke ennå")


def open_services(_opening: Opening) -> Report:
    """S-134: the services side by side, for whoever coordinates; nothing of any person.

    S-205, S-209: how often something was not shared because nobody said on what ground.
    """
    words = "Antall hendelser og oppgaver, ikke antall personer: én kan telle flere ganger."
    return lambda numbers: table_of(numbers, _SERVICES, places=("Måned", "Team"), words=words)


def open_averages(opening: Opening) -> Report:
    """S-236: the mean of so many years running, where a single year is too small to be said.

    Of those who died, as the register has them; `averages_of` is of what was followed up here.
    `least` is the pack's own setting, never less than what the site has set for all reports.
    """
    said = _section(opening, "averages")
    years, least = _number(said, "years", 10), _number(said, "least", 5)
    if years < 2:
        raise _unfit("averages.years", "ett år er intet gjennomsnitt", "minst 2")
    yearly = dict(_yearly(said.get("year", {})))

    def report(numbers: Numbers) -> Table:
        fewest = max(least, numbers.least)
        words = (
            f"Gjennomsnitt for løpende {years}-årsperioder, i hele tall. Er det færre enn {fewest} "
            "i hele perioden, står det ingenting. Enkeltår vises ikke."
        )
        return Table(
            columns=("Periode", "Gjennomsnitt per år"),
            rows=tuple(_running(yearly, years, fewest)),
            words=words,
        )

    return report


def _running(yearly: Mapping[int, int], years: int, fewest: int) -> Iterator[Row]:
    """A whole number: from two exact means that follow one another a single year could be known."""
    for last in sorted(yearly):
        period = range(last - years + 1, last + 1)
        if all(year in yearly for year in period):
            whole = sum(yearly[year] for year in period)
            few = 0 < whole < fewest
            yield f"{period[0]}-{last}", None if few else round(whole / years)


def _yearly(said: object) -> Iterator[tuple[int, int]]:
    if not isinstance(said, Mapping):
        raise _unfit("averages.year", "er ingen tabell", "skriv [averages.year] med 2023 = 8")
    for year, many in said.items():
        if not str(year).isdigit() or not isinstance(many, int) or many < 0:
            raise _unfit(f"averages.year.{year}", "er intet antall", "et årstall og et helt tall")
        yield int(year), many


def _number(said: Mapping[str, Any], key: str, missing: int) -> int:
    value = said.get(key, missing)
    if not isinstance(value, int) or value < 1:
        raise _unfit(f"averages.{key}", "er intet helt tall", "1 eller mer")
    return value


def _section(opening: Opening, key: str) -> Mapping[str, Any]:
    said = opening.settings.get(key, {})
    if not isinstance(said, Mapping):
        raise _unfit(key, "er ingen tabell", f"skriv [{key}]")
    return said


def _unfit(where: str, what: str, do: str) -> Unfit:
    return Unfit(what, where=where, do=do)
