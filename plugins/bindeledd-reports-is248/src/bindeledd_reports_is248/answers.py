"""The three answers of a municipality to IS-24/8, as the site has written them. Nothing is guessed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NoReturn

from bindeledd.plugin.working import Numbers, Opening, Table, Unfit

FILE = "is248.toml"
# Three questions that are easily mixed up: two of them had the same answer in 2024.
QUESTIONS: Mapping[str, str] = {
    "after_attempt": "Skriftlige rutiner for oppfølging etter selvmordsforsøk",
    "at_discharge": "Skriftlige rutiner for samarbeid med spesialisthelsetjenesten ved utskrivning etter "
    "selvmordsforsøk",
    "self_harm": "Rutiner for oppfølging av personer med selvskading",
}
ANSWERS = {"yes": "Ja", "no": "Nei", "in_progress": "Under arbeid"}
_KEYS = ("answer", "since", "document")
_COLUMNS = ("Kommune", "Spørsmål", "Svar", "Fra", "Dokument eller avtale")
_WORDS = (
    "Svarene er de som kommunen har skrevet i innstillingene; ingen regnes ut. Skjemaet selv følger ikke med: "
    "se at spørsmålene er de samme i år. Uten egne rutiner gjelder den nasjonale rutinen i produktet."
)


def open_answers(opening: Opening) -> Callable[[Numbers], Table]:
    """Raises `Unfit` for what a municipality cannot have meant."""
    rows = tuple(_rows(opening.settings))
    return lambda _numbers: Table(columns=_COLUMNS, rows=rows, words=_WORDS)


def _rows(told: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    every = told.get("municipality", [])
    if set(told) - {"municipality"} or not isinstance(every, list):
        _unfit("", "en ukjent nøkkel", "[[municipality]] med name og de tre svarene")
    for number, one in enumerate(every, 1):
        where = f"municipality {number}"
        if not isinstance(one, dict) or set(one) - {"name", *QUESTIONS}:
            _unfit(where, "en ukjent nøkkel", f"name, {', '.join(QUESTIONS)}")
        name = one.get("name")
        if not isinstance(name, str) or not name.strip():
            _unfit(f"{where} name", "kommunen har ikke noe navn", 'name = "Drammen"')
        for key, question in QUESTIONS.items():
            yield (name.strip(), question, *_answer(one.get(key, {}), f"{where} {key}"))


def _answer(given: object, where: str) -> tuple[str, str, str]:
    if not given:
        return "Ikke besvart", "", ""
    if not isinstance(given, dict) or set(given) - set(_KEYS):
        _unfit(where, "ikke et svar", '{ answer = "yes", since = "2026-03-01", document = "…" }')
    answer, since, document = (given.get(key, "") for key in _KEYS)
    if answer not in ANSWERS:
        _unfit(where, "svaret finnes ikke", f"ett av {', '.join(ANSWERS)}")
    if not isinstance(document, str) or not isinstance(since, str) or not _is_day(since):
        _unfit(where, "datoen eller dokumentet er ikke tekst", 'since = "2026-03-01"')
    return ANSWERS[answer], _written(since), document.strip()


def _written(since: str) -> str:
    return f"{date.fromisoformat(since):%d.%m.%Y}" if since else ""


def _is_day(text: str) -> bool:
    try:
        return not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _unfit(where: str, what: str, do: str) -> NoReturn:
    raise Unfit(what, where=f"{FILE} {where}".strip(), do=f"skriv {do}")
