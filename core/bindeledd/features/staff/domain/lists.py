"""A file of the staff, read line by line: every faulty line is named, in words."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bindeledd.features.staff.domain import Grant, Role, may_be_email, may_be_phone
from bindeledd.foundation.texts import LANGUAGES, t

COLUMNS = ("login", "name", "email", "phone", "teams", "roles", "language")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person of a file: where they work with which role, and roles for the whole tenant."""

    number: int
    login: str
    name: str
    email: str | None
    phone: str | None
    places: Mapping[str, Role]
    grants: tuple[str, ...]
    language: str | None = None


class LineWrong(Exception):
    """What is wrong with a line, in words."""


# The number of a line, and what is wrong with it.
Wrong = list[tuple[int, str]]


def at_line(number: int, wrong: str) -> str:
    """What is wrong, with the line of the file on which it stands."""
    return t("staff.import.at", line=number, wrong=wrong)


def read_lines(data: bytes) -> tuple[list[Line], Wrong]:
    """The people of a CSV file, and what is wrong with which line: every faulty line is named."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as odd:
        number = data[: odd.start].count(b"\n") + 1
        return [], [(number, at_line(number, t("staff.import.not_utf8")))]
    separator = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    written = text.splitlines()
    reader = csv.DictReader(written, delimiter=separator, strict=True)
    missing = [name for name in ("login", "name", "teams") if name not in (reader.fieldnames or ())]
    if missing:
        told = ", ".join(f"«{name}»" for name in missing)
        wanted = ", ".join(COLUMNS)
        lacks = t("staff.import.lacks", count=len(missing), missing=told, wanted=wanted)
        return [], [(1, at_line(1, lacks))]
    lines: list[Line] = []
    wrong: Wrong = []
    seen: dict[str, int] = {}
    for number, row in _rows(reader, written):
        try:
            if row is None:
                raise LineWrong(t("staff.import.quoted"))  # noqa: TRY301
            line = read_line(number, row)
            if line.login in seen:
                raise LineWrong(t("staff.import.twice", login=line.login, line=seen[line.login]))  # noqa: TRY301
        except LineWrong as said:
            wrong.append((number, at_line(number, str(said))))
        else:
            seen[line.login] = number
            lines.append(line)
    return lines, wrong


def _rows(
    reader: "csv.DictReader[str]", written: Sequence[str]
) -> Iterator[tuple[int, Mapping[str | None, object] | None]]:
    """Each row by its line; None, and nothing after it, where a quotation mark joins it with others:
    nobody of this list has a line break in them."""
    begins = reader.line_num
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield begins + 1, None
            return
        if row is None:
            return
        if sum(bool(line.strip()) for line in written[begins : reader.line_num]) > 1:
            yield begins + 1, None
            return
        begins = reader.line_num
        yield begins, row


def read_line(number: int, row: Mapping[str | None, object]) -> Line:
    """One person. Raises `LineWrong`, with everything that is wrong with the line by itself."""
    if None in row:
        raise LineWrong(t("staff.import.too_long"))
    cell = {str(name): str(value or "").strip() for name, value in row.items()}
    wrong = list(_wrong_in(cell))
    if wrong:
        raise LineWrong("; ".join(wrong))
    return Line(
        number=number,
        login=cell["login"].lower(),
        name=cell["name"],
        email=cell.get("email") or None,
        phone=cell.get("phone") or None,
        places={key: Role(role) for key, role in map(_place, _parts(cell["teams"]))},
        grants=tuple(_parts(cell.get("roles", ""))),
        language=cell.get("language", "").lower() or None,
    )


def _wrong_in(cell: Mapping[str, str]) -> Iterator[str]:
    """Everything that is wrong with a line by itself, in words."""
    if not cell["login"] or not cell["name"]:
        yield t("staff.import.nameless")
    email, phone, language = (cell.get(name, "") for name in ("email", "phone", "language"))
    if email and not may_be_email(email):
        yield t("staff.import.no_address", text=email)
    if phone and not may_be_phone(phone):
        yield t("staff.import.no_phone", text=phone)
    for _, role in map(_place, _parts(cell["teams"])):
        if role not in set(Role):
            yield t("staff.import.no_place", text=role)
    for role in _parts(cell.get("roles", "")):
        if role not in set(Grant):
            yield t("staff.import.no_role", text=role)
    if language and language.lower() not in LANGUAGES:
        yield t("staff.import.no_language", text=language, known=", ".join(LANGUAGES))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]


def _place(text: str) -> tuple[str, str]:
    key, _, role = text.partition(":")
    return key.strip(), role.strip() or "member"
