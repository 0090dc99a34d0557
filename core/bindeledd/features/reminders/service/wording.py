"""A failure in words: what stands in the inbox of a person, and in what `bindeledd doctor` found."""

import re
from collections.abc import Mapping
from uuid import UUID

from bindeledd.features.reminders.domain.inbox import Notice
from bindeledd.foundation.texts import t, texts


def fault(one: Notice, whose: Mapping[UUID, tuple[str, str]]) -> str:
    """The words for a failure: what failed, and whom it is about; its code where it has none.

    `whose`: the name and login of each member of staff who is spoken of.
    """
    found = texts().find(f"reminders.faults.{one.code}")
    if not isinstance(found, str):
        return t("reminders.notices.other", code=one.code)
    key = one.place.partition(":")[2]
    name = texts().find(f"reminders.channels.{key}")
    said = {"{name}": name if isinstance(name, str) else key, "{person}": _person(one, whose)}
    words = re.sub(r"\{(name|person)\}", lambda match: said[match[0]], found)
    return words[:1].upper() + words[1:]


def place_words(one: Notice, teams: Mapping[UUID, str]) -> str:
    """Where it failed, in words: the job, the team; empty where the failure itself says it."""
    kind, _, key = one.place.partition(":")
    if kind == "team":
        return next((name for team, name in teams.items() if str(team) == key), "")
    if kind != "job":
        return ""
    job, _, of = key.partition(":")
    found = texts().find(f"reminders.jobs.{job}")
    return " ".join(filter(None, [found if isinstance(found, str) else job, of]))


def _person(one: Notice, whose: Mapping[UUID, tuple[str, str]]) -> str:
    if one.member_id is None or one.member_id not in whose:
        return t("reminders.notices.somebody")
    name, login = whose[one.member_id]
    return t("reminders.notices.person", name=name, login=login)
