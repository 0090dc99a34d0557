"""A package as a sheet of paper, in the language of the site, whoever makes it: it leaves the house.

What the page shows is what the PDF says.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bindeledd.features.casefile.domain.outcomes import outcome_words
from bindeledd.features.contacts.domain import Outcome
from bindeledd.features.pathways.domain.words import ANSWERED
from bindeledd.features.plans.domain import Measure, Service
from bindeledd.features.plans.domain.paper import measure_words
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of
from bindeledd.foundation.spelling import telephone, word, written, written_day
from bindeledd.foundation.texts import said_of, site_language, speaking, t

Said = Mapping[str, Any]
_ANSWERED = frozenset(outcome.value for outcome in Outcome if outcome.is_answered)


def sheet(said: Said) -> Sheet:
    """The sheet of a package of version 1 or 2 (see `package.content`)."""
    with speaking(site_language()):
        return _sheet(said)


def _sheet(said: Said) -> Sheet:
    sender, to = said["from"], said["to"]
    receiver = ", ".join(filter(None, (to["unit"], to["organisation"])))
    parts = (
        ("patient", _patient(said)),
        ("words", _words(said)),
        ("ground", _ground(said)),
        ("reach", _reach(said)),
        ("appointments", _appointments(said)),
        ("missing", _missing(said)),
        ("in_place", _in_place(said)),
        ("answers", _answers(said)),
        ("happened", _happened(said)),
        ("near", _near(said)),
        ("plan", _plan(said)),
        ("answer", _answer(said)),
    )
    made = tuple((name, tuple(lines)) for name, lines in parts)
    return Sheet(
        title=t("casefile.package.title"),
        lead=t(
            "casefile.package.lead",
            sender=f"{sender['team']}, {sender['organisation']}",
            receiver=receiver,
            at=_moment(said["made_at"]),
        ),
        sections=tuple(
            Section(title=t(f"casefile.package.{name}"), lines=lines)
            for name, lines in made
            if lines
        ),
        foot=t("casefile.package.foot", at=_moment(said["made_at"])),
        mark=mark_of(said.get("environment")),
    )


def _moment(value: str, *, date_only: bool = False) -> str:
    """In words; what is known by its day is a day, or in version 1 a moment of that day."""
    if date_only and len(value) == len("YYYY-MM-DD"):
        return written_day(value)
    return written(datetime.fromisoformat(value), date_only=date_only)


def _line(label: str, text: str) -> Line:
    return Line(label=t(f"casefile.package.{label}"), text=text)


def _patient(said: Said) -> Iterator[Line]:
    who = said["patient"]
    yield _line("name", who["name"] or t("patients.patient.nameless"))
    if who.get("born_on"):
        yield _line("born", written_day(who["born_on"]))
    if who.get("number"):
        kind = word("patients.identifier_kinds", who["number"]["kind"])
        yield Line(label=kind, text=who["number"]["value"])
    if who.get("address"):
        yield _line("address", who["address"])
    if who.get("language"):
        yield _line("language", who["language"])
    asked = who.get("interpreter")
    code = "unknown" if asked is None else "needed" if asked else "not_needed"
    yield _line("interpreter", t(f"patients.patient.interpreter_{code}"))
    if said["unreadable"]:
        yield Line(text=t("casefile.package.unreadable"))


def _words(said: Said) -> Iterator[Line]:
    if said["words"]:
        yield Line(text=said["words"])


def _ground(said: Said) -> Iterator[Line]:
    if said.get("ground"):
        yield Line(text=said_of(said["ground"]["title"]))


def _reach(said: Said) -> Iterator[Line]:
    asked = said.get("contact_consent")
    if asked is not None:
        yield _line("may_we", _consent(asked))
    if said["reach_hidden"]:
        yield Line(text=t("casefile.package.protected"))
        return
    for way in said["reach"]:
        more = [telephone(way["value"]), way["label"], way["best_time"], *_safe(way)]
        kind = word("patients.contact_kinds", way["kind"])
        yield Line(label=kind, text=" · ".join(filter(None, more)))
    if not said["reach"]:
        yield Line(text=t("patients.contact_ways.none"))


def _consent(asked: Said) -> str:
    on = _moment(asked["at"], date_only=asked["date_only"])
    code = asked["said"] if asked["said"] in ("yes", "no", "later") else "unsaid"
    again = asked["again_on"]
    if code != "yes" and again:
        return t(f"casefile.package.consent_{code}_until", on=on, day=written_day(again))
    return t(f"casefile.package.consent_{code}", on=on)


def _safe(way: Said) -> Iterator[str]:
    for name in ("safe_to_call", "safe_to_leave_message"):
        code = {True: "yes", False: "no", None: "not_asked"}[way[name]]
        yield t(f"casefile.package.{name}_{code}")
    if way["verified_on"]:
        yield t("casefile.package.verified", on=written_day(way["verified_on"]))


def _appointments(said: Said) -> Iterator[Line]:
    for one in said["appointments"]:
        state = word("appointments.states", one["state"])
        text = " · ".join(filter(None, (one["where"], one["whom"], state)))
        yield Line(label=_moment(one["starts_at"]), text=text)
    if not said["appointments"]:
        yield Line(text=t("casefile.package.no_appointments"))


def _missing(said: Said) -> Iterator[Line]:
    for one in said["missing"]:
        due = t("casefile.package.due", at=_moment(one["due_at"])) if one["due_at"] else ""
        owed = t("casefile.package.owed_by", team=one["owed_by"]) if one["owed_by"] else ""
        strength = word("casefile.strengths", one["strength"])
        text = " · ".join(filter(None, (strength, owed, due)))
        questions = (said_of(question) for question in one.get("questions", ()))
        label = " ".join((word("cases.events", one["need"]), *questions))
        yield Line(label=label, text=text)


def _in_place(said: Said) -> Iterator[Line]:
    """What is in place, each with what was answered; a question of a pack stands below."""
    replied = {one["need"]: one for one in said.get("replies", ())}
    needs = [one for one in said["in_place"] if one != ANSWERED or not said.get("answers")]
    plain = dict.fromkeys(word("cases.events", need) for need in needs if need not in replied)
    if plain:
        yield Line(text=", ".join(plain))
    for need in dict.fromkeys(one for one in needs if one in replied):
        yield Line(label=word("cases.events", need), text=_reply(replied[need]))


def _reply(one: Said) -> str:
    key = f"cases.replies.{one['about']}.{one['said']}"
    if one["again_on"]:
        return t(f"{key}_until", day=written_day(one["again_on"]))
    return t(f"{key}_here" if one["said"] == "unsaid" else key)


def _answers(said: Said) -> Iterator[Line]:
    """What routines here asked; packages of before have none."""
    for one in said.get("answers", ()):
        on = _moment(one["at"], date_only=one["date_only"])
        yield Line(label=said_of(one["question"]), text=f"{said_of(one['answer'])} · {on}")


def _event(one: Said) -> str:
    """An attempt that the person answered is one that reached them."""
    if one["kind"] == "contact_attempted" and one["what"] in _ANSWERED:
        return t("casefile.contact.answered")
    return word("cases.events", one["kind"])


def _happened(said: Said) -> Iterator[Line]:
    for one in said["happened"]:
        what = _what(one)
        channel = one["channel"] and word("contacts.channels", one["channel"])
        text = " · ".join(filter(None, (_event(one), what, channel, one.get("whom"))))
        yield Line(label=_moment(one["at"], date_only=one["date_only"]), text=text)
    if said.get("discharge_not_known"):
        yield Line(text=t("casefile.package.discharge_not_known"))
    last = said["last_reached_at"]
    day_only = said.get("last_reached_date_only", False)
    reached = _moment(last, date_only=day_only) if last else t("casefile.package.never_reached")
    yield _line("last_reached", reached)


def _what(one: Said) -> str | None:
    if not one["what"]:
        return None
    return outcome_words(one["kind"], one["what"])


def _plan(said: Said) -> Iterator[Line]:
    """The plan as it stands, without what stays inside; nothing where none is written."""
    plan = said.get("plan")
    if plan is None:
        return
    yield _line("plan_made", _moment(plan["made_at"]))
    if plan["unreadable"]:
        yield Line(text=t("casefile.package.unreadable"))
        return
    yield Line(text=t("plans.person." + ("yes" if plan["person"] else "no")))
    for one in plan["sections"]:
        words = t("casefile.package.plan_inside") if one["kept_inside"] else one["words"]
        yield Line(label=said_of(one["title"]), text=words)
    for measure in plan["measures"]:
        yield _line("plan_measure", measure_words(_measure(measure)))
    if plan["not_yet"]:
        yield _line("plan_not_yet", ", ".join(said_of(title) for title in plan["not_yet"]))


def _measure(said: Said) -> Measure:
    return Measure(what=said["what"], whose=Service(said["whose"]), owner=said["owner"])


def _near(said: Said) -> Iterator[Line]:
    for one in said["relatives"]:
        name = " · ".join(filter(None, (one["name"], one["relation"])))
        yield Line(label=name, text=_may_be_told(one))
    yield from _young(said["children"])


def _young(young: Said) -> Iterator[Line]:
    """Children and siblings, and whether whoever answers for children was told; packages of before
    say nothing of siblings."""
    if young["children"] is None:
        code = "children_unknown" if young["asked"] else "children_not_asked"
        yield _line("children", t(f"casefile.package.{code}"))
    else:
        yield _line("children", _counted("counted", young["children"]))
    siblings = young.get("siblings")
    if siblings is not None:
        yield _line("siblings", _counted("siblings_counted", siblings))
    elif "siblings" in young and young["asked"]:
        yield _line("siblings", t("casefile.package.children_not_asked"))
    if young["children"] or siblings:
        told = {True: "told", False: "not_told", None: "told_unknown"}[young["told"]]
        yield Line(text=word("relatives.children", told))


def _counted(key: str, born: Sequence[int | None]) -> str:
    years = ", ".join(str(year) for year in born if year)
    counted = t(f"casefile.family.{key}", count=len(born))
    return f"{counted} ({years})" if years else counted


def _may_be_told(one: Said) -> str:
    if one["unsafe_to_contact"]:
        return t("casefile.package.unsafe")
    shares = ", ".join(word("relatives.topics", share) for share in one["may_be_told"])
    said = f"casefile.package.objection_{one['objection']}" if one.get("objection") else ""
    may = t("casefile.package.may_know", what=shares) if shares else t("casefile.package.nothing")
    return " · ".join(filter(None, (said and t(said), telephone(one["phone"]), may)))


def _answer(said: Said) -> Iterator[Line]:
    sender = said["from"]
    yield Line(text=t("casefile.package.responsible", team=sender["team"]))
    ask = ", ".join(filter(None, (sender["person"], sender["team"], sender["phone"])))
    yield _line("ask", ask)
