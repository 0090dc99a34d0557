"""Packs are gathered once, at start; whatever does not fit stops it and says where it stands."""

from __future__ import annotations

import sys
from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest

from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.asking import MOST
from bindeledd.plugin.loading import MOST_CLOSED, Gathered, gather
from bindeledd.plugin.working import Unfit
from plugin.packs import DATA, PYTHON, Shelf

FIELD = """
    [[field]]
    key = "visit"
    label = { nb = "Hjemmebesøk?" }
    asked_with = ["answered"]
    used_by = ["first-contact"]
    [[field.option]]
    value = "yes"
    label = { nb = "Ja" }
    [[field.option]]
    value = "no"
    label = { nb = "Nei" }
"""
DAYS = "[[calendar]]\nclosed = [2027-05-18]\n"
LAYER = """
    id = "pack.layer"
    version = "1"
    extends = "national.after-attempt"
    level = "region"
    [title]
    nb = "Prøve"
"""


def refused(shelf: Shelf, *names: str) -> Misconfigured:
    with pytest.raises(Misconfigured) as stopped:
        gather(names or [point.name for point in shelf.points], points=shelf.points)
    return stopped.value


def test_what_is_said_of_rows_and_cannot_be_read_stops_the_start_with_every_fault(
    shelf: Shelf,
) -> None:
    wrong = '[frame.S-006]\ntext = "A guide"\n\n[without.S-999]\nreason = "No."\n'
    shelf.put("said", DATA, files={"rows.toml": wrong, "calendars.toml": DAYS})
    found = {one.where: one.what for one in refused(shelf).faults}
    assert sorted(found) == ["pack-said:rows.toml:1", "pack-said:rows.toml:4"]
    assert "S-999" in found["pack-said:rows.toml:4"]


def test_a_pack_without_bokmaal_is_told_of_in_the_language_that_it_has() -> None:
    unfit = Unfit({"en": "stands wrong"}, where="pack.toml:3", do={"nn": "rett det", "en": "mend"})
    assert str(unfit) == "pack.toml:3: stands wrong; rett det"
    assert unfit.said["what"] == {"en": "stands wrong"}


# --- what loads ---------------------------------------------------------------------------------


def test_the_core_alone_has_a_book() -> None:
    found = gather()
    assert found.plugins == ()
    assert found.book.current("suicide_attempt").id == "national.after-attempt"


def test_only_named_plugins_are_imported(shelf: Shelf) -> None:
    shelf.put("here")
    shelf.put("there", "raise RuntimeError('nobody named me')")
    found = gather(["here"], points=shelf.points)
    assert [plugin.distribution for plugin in found.plugins] == ["pack-here"]
    assert "pack_there" not in sys.modules


STEP_OF = """
    [[step]]
    key = "two.visit"
    task = "visit_at_home"
    after = "discharged"
    due = { within = "P2D" }
    basis = { kind = "default", source = "ours" }
"""


def test_a_kind_of_task_that_one_file_declares_may_be_asked_for_in_another(shelf: Shelf) -> None:
    declares = LAYER + '[task.visit_at_home]\ntitle = { nb = "Besøk hjemme" }\n'
    asks = LAYER.replace("pack.layer", "pack.other") + STEP_OF
    shelf.put("two", DATA, files={"pathways/a.toml": asks, "pathways/b.toml": declares})
    found = gather(["two"], points=shelf.points)
    assert found.book.task_titles["visit_at_home"] == {"nb": "Besøk hjemme"}


def test_a_kind_that_another_pack_declares_is_not_known(shelf: Shelf) -> None:
    declares = LAYER + '[task.visit_at_home]\ntitle = { nb = "Besøk hjemme" }\n'
    asks = LAYER.replace("pack.layer", "pack.other") + STEP_OF
    shelf.put("one", DATA, files={"pathways/b.toml": declares})
    shelf.put("two", DATA, files={"pathways/a.toml": asks})
    assert "visit_at_home" in str(refused(shelf, "one", "two"))


def test_a_data_pack_gives_all_that_its_files_hold(shelf: Shelf) -> None:
    shelf.put(
        "data",
        DATA,
        files={
            "fields.toml": FIELD,
            "calendars.toml": '[[calendar]]\nclosed = [2027-05-18]\nreason = "Planlegging"\n',
            "units.toml": '[[organisation]]\nkey = "hf"\nname = "HF"\nkind = "trust"\n'
            'points = { ENH = "983974724" }\n[[organisation.unit]]\nkey = "post"\n'
            'name = "Post"\nkind = "psychiatric_acute"\npoints = { HER = "90001" }\n'
            '[[organisation.team]]\nkey = "team"\nname = "Team"\n'
            "hours = [{ weekdays = [1, 2], opens = 08:00:00, closes = 16:00:00 }]\n",
            "pathways/layer.toml": LAYER,
        },
    )
    found = gather(["data"], points=shelf.points)
    organisation = found.organisations[0]
    assert found.fields[0].allows("yes")
    assert not found.fields[0].allows("perhaps")
    assert found.fields_asked_with("answered") == found.fields
    assert found.closed_days("any-team") == {date(2027, 5, 18)}
    assert organisation.units[0].points == (("HER", "90001"),)
    assert [hours.weekday for hours in organisation.teams[0].hours] == [1, 2]
    assert [layer.id for layer in found.book.layers] == ["pack.layer"]


def test_what_was_gathered_cannot_be_changed() -> None:
    found = gather()
    with pytest.raises(FrozenInstanceError):
        found.plugins = ()  # type: ignore[misc]


def test_a_closed_day_of_one_team_closes_no_other(shelf: Shelf) -> None:
    shelf.put(
        "days", DATA, files={"calendars.toml": '[[calendar]]\nteam = "a"\nclosed = [2027-05-18]'}
    )
    found = gather(["days"], points=shelf.points)
    assert found.closed_days("a")
    assert not found.closed_days("b")


# --- what stops the start -----------------------------------------------------------------------


def test_a_named_plugin_that_is_not_installed_stops_the_start(shelf: Shelf) -> None:
    shelf.put("here")
    wrong = refused(shelf, "nowhere")
    assert "«nowhere» er nevnt, men ikke installert" in wrong.what
    assert "installert: here" in wrong.do


def test_a_plugin_named_twice_stops_the_start(shelf: Shelf) -> None:
    shelf.put("here")
    assert "nevnt to ganger" in refused(shelf, "here", "here").what


def test_two_distributions_of_one_name_stop_the_start_and_both_are_told(shelf: Shelf) -> None:
    shelf.put("same", distribution="pack-one")
    shelf.put("same", distribution="pack-two")
    assert "pack-one og pack-two" in refused(shelf, "same").what


@pytest.mark.parametrize("requires", [None, "flask>=3", "bindeledd", "bindeledd>=0.1"])
def test_a_plugin_that_does_not_say_which_core_it_fits_is_refused(
    shelf: Shelf, requires: str | None
) -> None:
    shelf.put("loose", requires=requires)
    wrong = refused(shelf)
    assert wrong.where == "pack-loose: dependencies"
    assert "hvilke versjoner av bindeledd" in wrong.what


def test_a_plugin_for_another_version_of_the_core_is_refused(shelf: Shelf) -> None:
    shelf.put("new", "raise RuntimeError('not imported')", requires="bindeledd>=7,<8")
    assert "vil ha bindeledd<8,>=7" in refused(shelf).what


@pytest.mark.parametrize("api", ["", "api = (5, 6)", "api = 1", "api = ('1', '1')"])
def test_a_plugin_that_speaks_other_hooks_is_refused(shelf: Shelf, api: str) -> None:
    shelf.put("other", f"from bindeledd.plugin.hooks import hookimpl\n{api}\n")
    assert "er skrevet for api" in refused(shelf).what


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        ("def no_such_hook(): return []", "det finnes ingen krok «no_such_hook»"),
        ("def fields(session): return []", "session"),
    ],
)
def test_a_hook_that_does_not_fit_is_told_with_its_line(
    shelf: Shelf, function: str, hint: str
) -> None:
    module = shelf.put("hooks", f"{PYTHON}\n    @hookimpl\n    {function}\n")
    wrong = refused(shelf)
    assert hint in wrong.what
    assert wrong.where == f"pack-hooks:{module}:5"


def test_a_misspelt_hook_is_told_with_the_one_that_was_meant(shelf: Shelf) -> None:
    shelf.put("hooks", f"{PYTHON}\n    @hookimpl\n    def jobz(): return []\n")
    wrong = refused(shelf)
    assert "<module" not in wrong.what
    assert "jobz" in wrong.what
    assert "jobs" in wrong.do
    assert "calendars" not in wrong.do


def test_a_plugin_that_cannot_be_imported_is_told_with_its_line(shelf: Shelf) -> None:
    module = shelf.put("broken", "\n\n    raise RuntimeError('half a file')")
    wrong = refused(shelf)
    assert wrong.what == "kan ikke lastes: RuntimeError: half a file"
    assert wrong.where.startswith(f"pack-broken:{module}:")


@pytest.mark.parametrize(
    ("target", "missing", "right"),
    [
        ("pack_typo:plugn", "plugn", "pack_typo:plugin"),
        ("pack_typp:plugin", "pack_typp", "pack_typo:plugin"),
        ("pack_typo.part:plugin", "pack_typo.part", "pack_typo.parts:plugin"),
        ("nothing_near_it:plugin", "nothing_near_it", "my_pack:plugin"),
    ],
)
def test_a_slip_in_the_entry_point_is_told_there_with_what_was_meant(
    shelf: Shelf, target: str, missing: str, right: str
) -> None:
    shelf.put("typo", DATA, files={"parts.py": ""}, target=target)
    with pytest.raises(Misconfigured) as wrong:
        gather(["typo"], points=shelf.points)
    assert wrong.value.where == "pack-typo: pyproject.toml [project.entry-points]"
    assert f"peker på {target}, men {missing} finnes ikke" in wrong.value.what
    assert f'typo = "{right}"' in wrong.value.do


@pytest.mark.parametrize("python", ["import no_such_module_anywhere", "str.no_such_name"])
def test_what_the_plugin_itself_does_not_find_is_no_slip_in_the_entry_point(
    shelf: Shelf, python: str
) -> None:
    module = shelf.put("lacks", python, target="pack_lacks:plugin")
    with pytest.raises(Misconfigured) as wrong:
        gather(["lacks"], points=shelf.points)
    assert wrong.value.where == f"pack-lacks:{module}:1"


@pytest.mark.parametrize("inside", ["__init__.py", "parts/more.py"])
def test_python_that_cannot_be_read_is_told_with_its_file_and_line(
    shelf: Shelf, inside: str
) -> None:
    half = "def half(:\n"
    fetching = half if inside == "__init__.py" else "from pack_broken.parts import more"
    files = {} if inside == "__init__.py" else {"parts/__init__.py": "", inside: f"#\n{half}"}
    module = shelf.put("broken", fetching, files=files)
    wrong = refused(shelf)

    line = 1 if inside == "__init__.py" else 2
    assert wrong.where == f"pack-broken:{module.parent / inside}:{line}"
    assert wrong.what == "kan ikke lastes: SyntaxError: invalid syntax"


def test_a_hook_that_raises_is_told_with_the_line_that_did(shelf: Shelf) -> None:
    module = shelf.put(
        "raises", f"{PYTHON}\n    @hookimpl\n    def fields():\n        yield 1 / 0\n"
    )
    wrong = refused(shelf)
    assert wrong.what == "fields() feilet: ZeroDivisionError: division by zero"
    assert wrong.where == f"pack-raises:{module}:7"


@pytest.mark.parametrize("rubbish", ["'text'", "{'key': 1}", "[1]", "None", "3"])
def test_rubbish_from_a_hook_is_refused(shelf: Shelf, rubbish: str) -> None:
    module = shelf.put("odd", f"{PYTHON}\n    @hookimpl\n    def units(): return {rubbish}\n")
    wrong = refused(shelf)
    assert "ikke KnownOrganisation" in wrong.what
    assert wrong.where == f"pack-odd:{module}:5"


def test_one_plugin_that_is_wrong_is_not_skipped(shelf: Shelf) -> None:
    shelf.put("good", DATA, files={"fields.toml": FIELD})
    shelf.put("bad", f"{PYTHON}\n    @hookimpl\n    def fields(): return None\n")
    assert "pack-bad" in refused(shelf).where


# --- what they say together ---------------------------------------------------------------------


def test_two_fields_of_one_key_are_refused_and_both_sides_are_told(shelf: Shelf) -> None:
    shelf.put("one", DATA, files={"fields.toml": FIELD})
    shelf.put("two", DATA, files={"fields.toml": FIELD})
    wrong = refused(shelf)
    assert wrong.where == "pack-two:fields.toml:1"
    assert "først av pack-one:fields.toml:1" in wrong.what


def test_two_units_with_one_address_are_refused(shelf: Shelf) -> None:
    unit = '[[organisation]]\nkey = "{}"\nname = "HF"\nkind = "trust"\npoints = {{ HER = "1" }}\n'
    shelf.put("one", DATA, files={"units.toml": unit.format("a")})
    shelf.put("two", DATA, files={"units.toml": unit.format("b")})
    assert "adressen «HER:1» er erklært to ganger" in refused(shelf).what


@pytest.mark.parametrize("key", ["channel", "bereaved", "task_id", "inpatient"])
def test_a_question_of_a_name_that_the_product_keeps_is_refused(shelf: Shelf, key: str) -> None:
    shelf.put("mine", DATA, files={"fields.toml": FIELD.replace('"visit"', f'"{key}"')})
    wrong = refused(shelf)
    assert f"«{key}»" in wrong.what
    assert wrong.where == "pack-mine:fields.toml:2"


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("risk", "risk"),
        ("mine_risk_level", "risk"),
        ("mine_selvmordsrisiko", "selvmordsrisiko"),
        ("score_today", "score"),
        ("mine_skaar", "skaar"),
    ],
)
def test_a_question_that_measures_risk_is_refused(shelf: Shelf, key: str, word: str) -> None:
    shelf.put("mine", DATA, files={"fields.toml": FIELD.replace('"visit"', f'"{key}"')})
    wrong = refused(shelf)
    assert f"mål på risiko («{word}»)" in wrong.what
    assert wrong.where == "pack-mine:fields.toml:2"


def test_a_question_whose_name_only_sounds_like_it_is_taken(shelf: Shelf) -> None:
    shelf.put("mine", DATA, files={"fields.toml": FIELD.replace('"visit"', '"mine_frisk"')})
    assert [one.key for one in gather(["mine"], points=shelf.points).fields] == ["mine_frisk"]


@pytest.mark.parametrize("used_by", ['["no-such-step"]', "[]"])
def test_a_field_that_nothing_looks_at_is_refused(shelf: Shelf, used_by: str) -> None:
    shelf.put("idle", DATA, files={"fields.toml": FIELD.replace('["first-contact"]', used_by)})
    wrong = refused(shelf)
    assert "«visit»" in wrong.what
    assert wrong.where == "pack-idle:fields.toml:5"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("fields.toml", "[[field]]\nkey = 1\n"),
        ("fields.toml", "not toml"),
        ("calendars.toml", '[[calendar]]\nclosed = ["in May"]\n'),
        (
            "units.toml",
            '[[organisation]]\nkey = "a"\nname = "A"\nkind = "trust"\npoints = { FAX = "1" }',
        ),
        ("ladders.toml", '[ladder.mine]\nseen_for = "soon"\n'),
        ("pathways/layer.toml", "id = 'x'\nextends = 'nothing.there'\n"),
    ],
)
def test_a_fault_in_a_file_is_told_with_distribution_file_and_line(
    shelf: Shelf, file: str, text: str
) -> None:
    shelf.put("faulty", DATA, files={file: text})
    where = refused(shelf).where.split(":")
    assert where[:2] == ["pack-faulty", file.split("/")[-1]]
    assert int(where[2]) >= 1


# --- a plugin adds and tightens, it never loosens -----------------------------------------------


def tightening(words: str) -> dict[str, str]:
    basis = 'basis = { kind = "region", source = "a source" }'
    return {"pathways/layer.toml": f"{LAYER}\n    [[gate]]\n    {words}\n    {basis}\n"}


def test_a_layer_may_tighten(shelf: Shelf) -> None:
    shelf.put("tight", DATA, files=tightening('key = "appointment_given"\n    strength = "must"'))
    book = gather(["tight"], points=shelf.points).book
    base = book.current("suicide_attempt")
    gate = book.resolve(base.id, base.version).find("appointment_given")
    assert gate is not None
    assert str(gate.strength) == "must"


@pytest.mark.parametrize(
    "words",
    [
        'key = "summary_sent"\n    strength = "may"',
        'key = "summary_sent"\n    due = { within = "P30D" }',
        'key = "summary_sent"\n    when = { setting = ["outpatient"] }',
    ],
)
def test_a_layer_never_loosens(shelf: Shelf, words: str) -> None:
    shelf.put("loose", DATA, files=tightening(words))
    wrong = refused(shelf)
    assert "stramme inn, ikke løsne" in wrong.what
    assert wrong.where.startswith("pack-loose:layer.toml:")


def test_a_plugin_cannot_replace_a_ladder_of_the_core(shelf: Shelf) -> None:
    ladder = (
        '[ladder.standard]\nseen_for = "P9D"\nrepeat_every = "P9D"\n'
        'rungs = [{ after = "P9D", count = "working_days", to = "lead" }]\n'
        'basis = { kind = "default", source = "mine" }\n'
    )
    shelf.put("quiet", DATA, files={"ladders.toml": ladder})
    assert "standard" in str(refused(shelf))


def test_a_plugin_cannot_replace_the_national_routine(shelf: Shelf) -> None:
    from importlib.resources import files

    whole = (files("bindeledd.config.pathways") / "national.toml").read_text(encoding="utf-8")
    shelf.put("mine", DATA)
    (shelf.folder / "pack_mine" / "pathways").mkdir()
    (shelf.folder / "pack_mine" / "pathways" / "national.toml").write_text(whole)
    assert "national.after-attempt" in str(refused(shelf))


def test_gathering_twice_gives_the_same(shelf: Shelf) -> None:
    shelf.put("data", DATA, files={"fields.toml": FIELD})
    one, two = (gather(["data"], points=shelf.points) for _ in range(2))
    assert isinstance(one, Gathered)
    assert one.fields == two.fields
    assert one.book.pathways == two.book.pathways


# --- how long a team may be closed ----------------------------------------------------------------


def closing(first: date, days: int) -> str:
    """A calendar of every team, closed for so many days on end."""
    listed = ", ".join((first + timedelta(days=one)).isoformat() for one in range(days))
    return f'[[calendar]]\nteam = "*"\nclosed = [{listed}]\nreason = "Stengt"\n'


def test_a_team_may_be_closed_for_a_season_and_not_for_most_of_a_year(shelf: Shelf) -> None:
    shelf.put("season", DATA, files={"calendars.toml": closing(date(2027, 1, 1), MOST_CLOSED)})
    assert len(gather(["season"], points=shelf.points).closed_days("dps")) == MOST_CLOSED

    shelf.put("year", DATA, files={"calendars.toml": closing(date(2028, 1, 1), MOST_CLOSED + 1)})
    wrong = refused(shelf, "year")
    assert wrong.what == f"«*» er stengt {MOST_CLOSED + 1} dager i 2028"
    assert wrong.where == "pack-year:calendars.toml:1"


def test_two_packs_do_not_close_a_team_between_them(shelf: Shelf) -> None:
    half = MOST_CLOSED // 2 + 1
    late = closing(date(2027, 8, 1), half).replace('"*"', '"dps"')
    shelf.put("early", DATA, files={"calendars.toml": closing(date(2027, 1, 1), half)})
    shelf.put("late", DATA, files={"calendars.toml": late})
    wrong = refused(shelf, "early", "late")
    assert "«dps» er stengt" in wrong.what
    assert wrong.where == "pack-late:calendars.toml:1"


@pytest.mark.parametrize("year", [1999, 2101, 9999])
def test_a_year_that_is_a_slip_of_the_pen_stops_the_start(shelf: Shelf, year: int) -> None:
    shelf.put("far", DATA, files={"calendars.toml": closing(date(year, 5, 1), 1)})
    wrong = refused(shelf, "far")
    assert wrong.what == f"«*» er stengt i {year}"
    assert wrong.where == "pack-far:calendars.toml:1"


def test_a_hook_that_never_ends_is_not_waited_for(shelf: Shelf) -> None:
    endless = """
        from bindeledd.plugin.hooks import TeamDays, hookimpl
        api = (1, 1)
        @hookimpl
        def calendars():
            while True:
                yield TeamDays(team="*")
    """
    shelf.put("endless", endless)
    wrong = refused(shelf, "endless")
    assert wrong.what == f"calendars() ga flere enn {MOST} verdier"
    assert wrong.where.endswith("__init__.py:3")


# --- who reads what -------------------------------------------------------------------------------

READER = """
    from bindeledd.plugin.hooks import PluginReader, PluginReport, hookimpl
    api = (3, 3)
    @hookimpl
    def intakes():
        yield PluginReader(key="one", run="a.b:c", {known})
"""


def test_formats_and_reports_of_packs_carry_the_packs_name(shelf: Shelf) -> None:
    report = READER.format(known='begins="MSH|"') + (
        "    @hookimpl\n    def reports():\n"
        '        yield PluginReport(key="all", run="a.b:d", title={"nb": "Alle"})\n'
    )
    shelf.put("mine", report)
    found = gather(["mine"], points=shelf.points)
    assert [(one.key, one.begins) for one in found.foreign] == [("mine:one", "MSH|")]
    assert [(one.name, one.title["nb"]) for one in found.reports] == [("mine:all", "Alle")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('begins="MSH|"', 'begins="MSH|^~"'),
        ('root="{urn:x}Left"', 'root="{urn:x}Left"'),
    ],
)
def test_two_packs_that_want_the_same_message_stop_the_start_and_both_are_told(
    shelf: Shelf, first: str, second: str
) -> None:
    shelf.put("a", READER.format(known=first))
    shelf.put("b", READER.format(known=second))
    wrong = refused(shelf, "a", "b")
    assert "«b:one» og «a:one» leser samme format" in wrong.what
    assert "pack-a:" in wrong.what
    assert wrong.where.startswith("pack-b:")


@pytest.mark.parametrize(
    "known",
    [
        "",
        'begins="<MSH"',
        'root="{http://hl7.org/fhir}Bundle"',
        'root="{http://www.kith.no/xmlstds/epikrise/2012-02-15}Message"',
    ],
)
def test_a_reader_that_reaches_into_a_format_of_the_core_stops_the_start(
    shelf: Shelf, known: str
) -> None:
    shelf.put("greedy", READER.format(known=known))
    wrong = refused(shelf)
    assert "intakes() feilet: ValueError" in wrong.what
    assert wrong.where.endswith("__init__.py:5")


# --- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("fields.toml", FIELD.replace("used_by", 'rows = ["S-999"]\n    used_by'), 5),
        (
            "units.toml",
            '[[organisation]]\nkey = "hf"\nname = "HF"\nkind = "trust"\n'
            '[[organisation.unit]]\nkey = "post"\nname = "Post"\nkind = "ward"\nrows = ["S-999"]\n',
            9,
        ),
        ("calendars.toml", '[[calendar]]\nclosed = [2027-05-18]\nrows = ["S-999"]\n', 3),
        ("pathways/layer.toml", LAYER.replace("[title]", 'rows = ["S-999"]\n    [title]'), 5),
        (
            "ladders.toml",
            '[ladder."data.one"]\nseen_for = "P1D"\nrepeat_every = "P1D"\n'
            'rungs = [{ after = "PT0S", to = "lead" }]\nrows = ["S-999"]\n',
            5,
        ),
    ],
)
def test_a_row_that_there_is_not_stops_the_start(
    shelf: Shelf, file: str, text: str, line: int
) -> None:
    shelf.put("data", DATA, files={file: text})
    stopped = refused(shelf, "data")
    assert stopped.where.endswith(f"{file.rpartition('/')[2]}:{line}")
    assert "S-999" in stopped.what
    assert "S-001 – S-258" in stopped.do


def test_a_row_that_python_names_and_there_is_not_stops_the_start(shelf: Shelf) -> None:
    shelf.put(
        "sender",
        """
        from bindeledd.plugin.hooks import PluginChannel, hookimpl
        api = (2, 3)
        @hookimpl
        def channels():
            yield PluginChannel(key="sms", run="pack_sender:nothing", rows=("S-999",))
        """,
    )
    stopped = refused(shelf, "sender")
    assert "S-999" in stopped.what
    assert "S-001 – S-258" in stopped.do
