"""Who can be asked about a task: by which number, at which hours, for which units. Plain values.

What a pack knows without a number is a frame: it says who is meant, and that a site has the number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

# Weekday (1 Monday to 7 Sunday), from, to; a `to` that is not later is the next morning.
Open = tuple[int, time, time]
# Key and kind of a unit, and the key of its organisation.
Where = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One entry of the directory. Without `hours` somebody answers day and night.

    `tasks`: the kinds of tasks with which it is shown; `units` (keys or kinds) and `organisations`:
    where, everywhere if neither is said.
    """

    key: str
    label: Mapping[str, str]
    tasks: frozenset[str]
    phone: str = ""
    hours: tuple[Open, ...] = ()
    units: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    rows: tuple[str, ...] = ()
    origin: str = field(default="", compare=False)

    def is_for(self, task: str, where: Where) -> bool:
        """Is it shown with this kind of task, there?"""
        key, kind, organisation = where
        here = not self.organisations or organisation in self.organisations
        fits = not self.units or bool(self.units & {key, kind})
        return task in self.tasks and here and fits

    def answers(self, local: datetime) -> bool:
        """Does somebody answer at this moment on the wall?"""
        return not self.hours or any(_within(one, local) for one in self.hours)


def _within(one: Open, local: datetime) -> bool:
    weekday, opens, closes = one
    today = local.isoweekday() == weekday
    if opens < closes:
        return today and opens <= local.time() < closes
    begun = (local - timedelta(days=1)).isoweekday() == weekday
    return (today and local.time() >= opens) or (begun and local.time() < closes)


def shown(every: Iterable[Contact], task: str, where: Where, local: datetime) -> list[Contact]:
    """Whom to show with this kind of task: who answers now first, and what has no number only
    where nothing has one."""
    fitting = [one for one in every if one.is_for(task, where)]
    reachable = [one for one in fitting if one.phone]
    return sorted(reachable or fitting, key=lambda one: (not one.answers(local), one.key))
