"""The fake gateway beside a test site: its files, and what it shows and reports by itself."""

import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bindeledd.plugin.words import Texts, own_words
from bindeledd_sms.fake import PASSWORD, USER, Callback, FakeGateway

LOCAL = "http://127.0.0.1:8000"
_LINK = '\n[link]\nplatform_id = "COMMON_API"\nplatform_partner_id = "1"\ngate = "g"\n'


class Differs(Exception):
    """A file of the trial that is there already and says something else."""


def prepare(folder: Path, shape: str, url: str, words: Texts | None = None) -> tuple[str, str]:
    """Write the pack's file and its two secrets into `folder`, unless they are there.

    Gives what stands in the site's settings because of them, and the secret of the callback
    address. Raises `Differs`; nothing that is there is written over.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    link = _LINK if shape == "link" else ""
    said = f'gateway = "{shape}"\nurl = "{url}"\nsender = "Vakt"\nuser = "{USER}"\n{link}'
    settings, password = folder / f"sms-{shape}.toml", folder / "sms-password"
    callback = folder / "sms-callback"
    for path, text in ((settings, said), (password, PASSWORD)):
        if _written(path, text) != text:
            raise Differs(path)
    said = _told(settings, password, callback, words or own_words(__package__))
    return said, _written(callback, secrets.token_urlsafe(32))


def _written(path: Path, text: str) -> str:
    """What the file holds now: `text`, unless it was there. For its owner only."""
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return text


def _told(settings: Path, password: Path, callback: Path, words: Texts) -> str:
    return f"""\
{words.text("trying.told.settings")}
[site]
plugins = ["sms"]

[[plugin]]
name = "sms"
settings = "{settings}"
secrets = {{ password = "file:{password}" }}
callback = "file:{callback}"

{words.text("trying.told.restart")}
"""


@dataclass(kw_only=True)
class Trying:
    """What a gateway does beside answering. `after`, `late`: seconds until it reports."""

    gateway: FakeGateway
    after: float
    late: float
    words: Texts = field(default_factory=lambda: own_words(__package__))
    shown: int = 0
    asked: int = 0
    waiting: list[tuple[float, str, Callback]] = field(default_factory=list)

    def step(self, at: float) -> Iterator[str]:
        """Show what was asked and taken since the last step, and report what is due at `at`
        (seconds)."""
        paths, self.asked = self.gateway.asked[self.asked :], len(self.gateway.asked)
        for path in paths:
            yield self.words.text("trying.steps.asked", path=path)
        new, self.shown = self.gateway.taken[self.shown :], len(self.gateway.taken)
        for one in new:
            told = {key: one[key] for key in ("number", "sender", "text")}
            yield self.words.text("trying.steps.taken", **told)
            for delayed, wait in ((False, self.after), (True, self.late)):
                for said in self.gateway.reports_of(one, delayed=delayed):
                    self.waiting.append((at + wait, one["number"], said))
        due = [one for one in self.waiting if one[0] <= at]
        self.waiting = [one for one in self.waiting if one[0] > at]
        for _, number, said in due:
            answer = _post(self.gateway.callback_url, said)
            answer = answer or self.words.text("trying.steps.not_reached")
            yield self.words.text("trying.steps.reported", number=number, answer=answer)


def _post(url: str, said: Callback) -> str:
    """Report at the door; gives how it was answered, and nothing where nobody did."""
    asked = urllib.request.Request(url, method=said["method"], headers=dict(said["headers"]))  # noqa: S310
    if said["body"]:
        asked.data = said["body"].encode()
        asked.add_header("Content-Type", "application/json")
    elif said["method"] == "GET":
        asked.full_url = f"{url}?{urlencode(said['fields'])}"
    else:
        asked.data = urlencode(said["fields"]).encode()
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
            return str(answer.status)
    except urllib.error.HTTPError as refused:
        return str(refused.code)
    except OSError:
        return ""
