"""In which language the command line speaks, and the words of click itself, and of its help.

click asks `gettext` for its words; a catalogue of its own would need a binary file and the language
of the machine. So its modules are given this catalogue instead; English is what click says itself.
The help of a command stands in the catalogues: `[commands.check]` in `plugin.toml`, a text for the
command (`help`) and for each option by its name; what every command says alike in `commands.toml`.
"""

import sys
import tomllib
from collections.abc import Mapping

import click

from bindeledd.foundation.homes import file_of
from bindeledd.foundation.texts import HOME, LANGUAGES, language, language_named, t, texts

NB = {
    "Usage:": "Bruk:",
    "Options": "Valg",
    "Commands": "Kommandoer",
    "Positional arguments": "Argumenter",
    "required": "må oppgis",
    "default: {default}": "ellers {default}",
    "Show this message and exit.": "Vis denne teksten.",
    "Show the version and exit.": "Vis versjonen.",
    "Try '{command} {option}' for help.": "Skriv «{command} {option}» for hjelp.",
    "Error: {message}": "Feil: {message}",
    "Error: invalid input": "Feil: det kan ikke brukes",
    "Aborted!": "Avbrutt.",
    "Invalid value: {message}": "Verdien kan ikke brukes: {message}",
    "Invalid value for {param_hint}: {message}": "Verdien til {param_hint} kan ikke brukes: {message}",
    "Missing command.": "Kommandoen mangler.",
    "Missing argument": "Mangler argumentet",
    "Missing option": "Mangler valget",
    "Missing parameter": "Mangler",
    "Missing {param_type}": "Mangler {param_type}",
    "No such option {name!r}.": "Valget {name!r} finnes ikke.",
    "No such command {name!r}.": "Kommandoen {name!r} finnes ikke.",
    "Option {name!r} does not take a value.": "Valget {name!r} tar ingen verdi.",
    "Option {name!r} requires an argument.": "Valget {name!r} må ha en verdi.",
    "Got unexpected extra argument ({args})": "For mange argumenter ({args})",
    "Got unexpected extra arguments ({args})": "For mange argumenter ({args})",
    "Did you mean {possibility}?": "Mente du {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Mente du en av disse: {possibilities}?)",
    "{value!r} is not a valid {number_type}.": "{value!r} er ikke et tall.",
    "{value!r} is not a valid UUID.": "{value!r} er ingen id.",
    "{value} is not in the range {range}.": "{value} er utenfor {range}.",
    "{value!r} is not {choice}.": "{value!r} er ikke {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} er ikke en av {choices}.",
    "{name} {filename!r} does not exist.": "{name} {filename!r} finnes ikke.",
    "{name} {filename!r} is a file.": "{name} {filename!r} er en fil.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} er en mappe.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} kan ikke leses.",
    "Choose from:\n\t{choices}": "Velg en av:\n\t{choices}",
    "file": "filen",
    "directory": "mappen",
    "path": "stien",
    "File": "Filen",
    "Directory": "Mappen",
    "Path": "Stien",
    "%(prog)s, version %(version)s": "%(prog)s, versjon %(version)s",
}

# What nynorsk says otherwise.
NN = NB | {
    "Options": "Val",
    "Commands": "Kommandoar",
    "Positional arguments": "Argument",
    "required": "må vere med",
    "Error: invalid input": "Feil: det kan ikkje brukast",
    "Aborted!": "Avbrote.",
    "Invalid value: {message}": "Verdien kan ikkje brukast: {message}",
    "Invalid value for {param_hint}: {message}": "Verdien til {param_hint} kan ikkje brukast: {message}",
    "Missing command.": "Kommandoen manglar.",
    "Missing argument": "Manglar argumentet",
    "Missing option": "Manglar valet",
    "Missing parameter": "Manglar",
    "Missing {param_type}": "Manglar {param_type}",
    "No such option {name!r}.": "Valet {name!r} finst ikkje.",
    "No such command {name!r}.": "Kommandoen {name!r} finst ikkje.",
    "Option {name!r} does not take a value.": "Valet {name!r} tek ingen verdi.",
    "Option {name!r} requires an argument.": "Valet {name!r} må ha ein verdi.",
    "Got unexpected extra argument ({args})": "For mange argument ({args})",
    "Got unexpected extra arguments ({args})": "For mange argument ({args})",
    "Did you mean {possibility}?": "Meinte du {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Meinte du ein av desse: {possibilities}?)",
    "{value!r} is not a valid {number_type}.": "{value!r} er ikkje eit tal.",
    "{value} is not in the range {range}.": "{value} er utanfor {range}.",
    "{value!r} is not {choice}.": "{value!r} er ikkje {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} er ikkje ein av {choices}.",
    "{name} {filename!r} does not exist.": "{name} {filename!r} finst ikkje.",
    "{name} {filename!r} is a file.": "{name} {filename!r} er ei fil.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} er ei mappe.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} kan ikkje lesast.",
    "Choose from:\n\t{choices}": "Vel ein av:\n\t{choices}",
    "file": "fila",
    "directory": "mappa",
    "File": "Fila",
    "Directory": "Mappa",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"nb": NB, "nn": NN}


def command_language(environ: Mapping[str, str]) -> str:
    """`BINDELEDD_LANGUAGE`; else the site's; where no site is yet, the machine's; else bokmål."""
    chosen = language_named(environ.get("BINDELEDD_LANGUAGE", ""))
    if chosen is not None:
        return chosen
    file = file_of(environ)
    if file.is_file():
        return _language_in(file.read_text(encoding="utf-8", errors="replace"))
    spoken = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_named(next(filter(None, spoken), "")) or HOME


def passed_over(environ: Mapping[str, str]) -> str:
    """What `BINDELEDD_LANGUAGE` asks for that is no language of ours; else empty."""
    asked = environ.get("BINDELEDD_LANGUAGE", "").strip()
    return asked if asked and language_named(asked) is None else ""


def _language_in(text: str) -> str:
    """What a settings file says; a file that cannot be read is told of later, by who reads it."""
    try:
        site = tomllib.loads(text).get("site")
    except tomllib.TOMLDecodeError:
        return HOME
    said = str(site.get("language")) if isinstance(site, dict) else HOME
    return said if said in LANGUAGES else HOME


# --- help ------------------------------------------------------------------------------------------


def word(command: click.Command, place: str, path: str = "") -> None:
    """Give a command, what it takes and what stands below it the help of the catalogues.

    `place`: the catalogue of the command, `plugin`; `path`: where it stands there, `plugins.check`.
    """
    path = path or str(command.name)
    command.help = t(f"{place}.commands.{path}.help")
    for param in command.params:
        param.metavar = _metavar(param.metavar)
        if isinstance(param, click.Option):
            param.help = _of_option(f"{place}.commands.{path}", str(param.name))
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            word(below, place, f"{path}.{name}")


def _of_option(place: str, name: str) -> str:
    """Its own words, else what is said of every option of that name."""
    own = texts().find(f"{place}.{name}")
    return own if isinstance(own, str) else t(f"commands.options.{name}")


def _metavar(name: str | None) -> str | None:
    found = texts().find(f"commands.metavars.{name}")
    return found if isinstance(found, str) else name


# --- click's own words -----------------------------------------------------------------------------


def _said(text: str) -> str:
    return _WORDS.get(language(), {}).get(text, text)


def _said_of_many(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)


def speak_for_click() -> None:
    """Let every module of click say its words in the language that is spoken."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "click":
            continue
        for attribute, words in (("_", _said), ("ngettext", _said_of_many)):
            if hasattr(module, attribute):
                setattr(module, attribute, words)
