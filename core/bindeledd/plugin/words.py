"""A pack's own words on a terminal: catalogues like the core's, in the language of the command line."""

import os
from collections.abc import Mapping
from importlib.resources import files

from bindeledd.foundation.texts import HOME, Texts
from bindeledd.foundation.usage import command_language


def own_words(package: str, environ: Mapping[str, str] = os.environ) -> Texts:
    """What `package` says, below its folder `translations/` (a folder for each language).

    In the language that the command line speaks: `BINDELEDD_LANGUAGE`, else the site's. What that
    one does not say is said in bokmål.
    """
    folder = files(package) / "translations"
    home = Texts(language=HOME)
    home.add(folder / HOME)
    language = command_language(environ)
    if language == HOME or not (folder / language).is_dir():
        return home
    found = Texts(language=language, behind=home)
    found.add(folder / language)
    return found
