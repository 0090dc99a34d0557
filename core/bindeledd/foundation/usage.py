"""The words that click itself says (usage, options, wrong usage), in bokmål.

click asks `gettext` for them; a catalogue of its own would need a binary file and the language of
the machine. So its modules are given this catalogue instead.
"""

import sys

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


def _said(text: str) -> str:
    return NB.get(text, text)


def _said_of_many(one: str, many: str, count: int) -> str:
    return _said(one if count == 1 else many)


def speak_norwegian() -> None:
    """Give every module of click the words above."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "click":
            continue
        for attribute, words in (("_", _said), ("ngettext", _said_of_many)):
            if hasattr(module, attribute):
                setattr(module, attribute, words)
