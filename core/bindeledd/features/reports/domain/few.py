"""What may be said beside what is not said: a whole never gives a part of it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# A whole, and how the measures begin and end that make it up, or nearly so. A measure is also the
# whole of those that go on where it ends: `event.closing_requested` of `event.closing_requested.over`.
PARTS: Sequence[tuple[str, str, str]] = (
    ("opened", "index.", ""),
    ("opened", "begun_in.", ""),
    ("event.index_event", "index.", ""),
    ("event.index_event", "begun_in.", ""),
    ("event.index_event", "opened", ""),
    ("event.closed", "closed.", ""),
    ("event.death_confirmed", "closed.died", ""),
    ("closed.died", "event.death_confirmed", ""),
    ("tasks.in_time", "task.", ".in_time"),
    ("tasks.late", "task.", ".late"),
)
# The same where the parts stand with other teams: who is asked waits, and not who asks.
ELSEWHERE: Sequence[tuple[str, str]] = (("event.handover_sent", "wait."),)
# Answers are counted with the event that they came with, of which they are parts, and told without.
_ANSWER = ".answer."


@dataclass(frozen=True, kw_only=True)
class Range:
    """Between which numbers a whole is known to be, by what is said of it."""

    lowest: int
    highest: int


def told(many: int, least: int) -> int | None:
    """A number as it may be said: few could be somebody. 0 is nobody."""
    return many if many == 0 or many >= least else None


def rounded(many: int, least: int) -> tuple[int, Range]:
    """To the nearest multiple of `least`, and what that says of the number."""
    nearest = (2 * many + least) // (2 * least) * least
    return nearest, Range(lowest=max(0, nearest - least // 2), highest=nearest + (least - 1) // 2)


def gives_away(whole: Range, parts: Sequence[int | None], least: int) -> bool:
    """Whether a part that is not said (None) has one value only, once the whole is said."""
    hidden = sum(one is None for one in parts)
    if not hidden:
        return False
    said = sum(one for one in parts if one is not None)
    others = hidden - 1
    lowest = max(1, whole.lowest - said - others * (least - 1))
    highest = min(least - 1, whole.highest - said - others)
    return lowest >= highest


def groups_of(measure: str, counted: Mapping[str, int]) -> list[list[int]]:
    """The parts of this whole that were counted, as often as they make it up anew."""
    groups = [
        [many for name, many in counted.items() if name.startswith(begins) and name.endswith(ends)]
        for whole, begins, ends in PARTS
        if whole == measure
    ]
    asked: dict[str, list[int]] = {}
    for name, many in counted.items():
        if name.startswith(f"{measure}."):
            question = _answer_in(name).partition(".")[0]  # one event may answer several
            asked.setdefault(question, []).append(many)
    together = [many for parts in asked.values() for many in parts]
    if len(asked) > 1 and sum(together) <= counted[measure]:
        groups.append(together)
    return [*groups, *asked.values()]


def _answer_in(name: str) -> str:
    """Question and answer of what was counted with its event; empty for what is told as it is."""
    return name.partition(_ANSWER)[2] if name.startswith("event.") else ""


def told_beside(whole: int, parts: Sequence[int], least: int) -> list[int | None]:
    """The parts as they are told. What is left of the whole is one of them, like any other."""
    left = max(0, whole - sum(parts))
    return [told(many, least) for many in (*parts, left)]


def with_wholes(counted: Mapping[str, int]) -> dict[str, int]:
    """What was counted, with the tasks of every kind together, and each answer whatever it came with."""
    wholes: dict[str, int] = {}
    for name, many in counted.items():
        for whole in (*_task_whole(name), *_answer_whole(name)):
            wholes[whole] = wholes.get(whole, 0) + many
    return {**counted, **wholes}


def _task_whole(name: str) -> Sequence[str]:
    if not name.startswith("task."):
        return ()
    return tuple(f"tasks{end}" for end in (".in_time", ".late") if name.endswith(end))


def _answer_whole(name: str) -> Sequence[str]:
    answer = _answer_in(name)
    return (f"answer.{answer}",) if answer else ()


def said_of_teams(
    teams: Mapping[str, Sequence[Mapping[str, int]]], least: int, *, years: bool
) -> dict[str, dict[str, int | None]]:
    """What may be said of each team, of what was counted of it in some months; without `years`, in one."""
    said = {
        team: said_of_years(months, least) if years else said_together(months[0], least)
        for team, months in teams.items()
    }
    sums = {team: summed(months) for team, months in teams.items()}
    for whole, begins in ELSEWHERE:
        if _elsewhere_gives_away(whole, begins, list(sums.values()), least, years=years):
            said = {team: _without(whole, measures) for team, measures in said.items()}
    return said


def _without(measure: str, said: dict[str, int | None]) -> dict[str, int | None]:
    return {**said, measure: None} if measure in said else said


def _elsewhere_gives_away(
    whole: str, begins: str, teams: Sequence[Mapping[str, int]], least: int, *, years: bool
) -> bool:
    """Whether what all teams say of the whole gives away a part that one of them does not say."""
    wholes = [one[whole] for one in teams if whole in one]
    parts = [many for one in teams for name, many in one.items() if name.startswith(begins)]
    if not wholes or not parts:
        return False
    about = [_as_known(many, least, years=years) for many in wholes]
    known = Range(
        lowest=sum(one.lowest for one in about), highest=sum(one.highest for one in about)
    )
    return gives_away(known, told_beside(sum(wholes), parts, least), least)


def _as_known(many: int, least: int, *, years: bool) -> Range:
    """What is known of a number by what is said of it."""
    if told(many, least) is None:
        return Range(lowest=1, highest=least - 1)
    return _of_sum(many, least) if years else Range(lowest=many, highest=many)


def _of_sum(many: int, least: int) -> Range:
    """What is known of a sum of years that is said: it is rounded, and not few."""
    about = rounded(many, least)[1]
    return Range(lowest=max(about.lowest, least), highest=about.highest)


def said_together(counted: Mapping[str, int], least: int) -> dict[str, int | None]:
    """What may be said of the measures of one team in one month: few are not, and no whole by which

    a part that is not said were known.
    """
    return {
        measure: None if _exact_gives_away(measure, counted, least) else told(many, least)
        for measure, many in counted.items()
        if not _answer_in(measure)
    }


def _exact_gives_away(measure: str, counted: Mapping[str, int], least: int) -> bool:
    many = counted[measure]
    return _any_gives_away(Range(lowest=many, highest=many), measure, counted, least)


def _any_gives_away(known: Range, measure: str, counted: Mapping[str, int], least: int) -> bool:
    return any(
        gives_away(known, told_beside(counted[measure], parts, least), least)
        for parts in groups_of(measure, counted)
        if parts
    )


def said_of_years(months: Sequence[Mapping[str, int]], least: int) -> dict[str, int | None]:
    """What may be said of several years: sums to the nearest multiple of `least`.

    Rounded, two such sums that differ by a year do not say what the year was. A sum is not said when it is
    few, or when by it a month, or a part of it, were known.
    """
    sums = summed(months)
    return {
        measure: _of_years(measure, sums, months, least)
        for measure in sums
        if not _answer_in(measure)
    }


def _of_years(
    measure: str, sums: Mapping[str, int], months: Sequence[Mapping[str, int]], least: int
) -> int | None:
    many = sums[measure]
    if not many or told(many, least) is None:
        return told(many, least)
    whole = _of_sum(many, least)
    beside = [told(one.get(measure, 0), least) for one in months]
    if gives_away(whole, beside, least) or _any_gives_away(whole, measure, sums, least):
        return None
    return rounded(many, least)[0]


def summed(months: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """All that was counted in these months, together."""
    sums: dict[str, int] = {}
    for one in months:
        for measure, many in one.items():
            sums[measure] = sums.get(measure, 0) + many
    return sums
