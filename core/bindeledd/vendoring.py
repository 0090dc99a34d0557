"""Carrying style sheets and scripts of others along: joined, with licence, version and digest.

A developer's tool (`python -m bindeledd.vendoring FOLDER`). FOLDER holds what
`npm pack htmx.org @digdir/designsystemet-css` gives, unpacked beside each other, and
`theme.css` as `npx designsystemet tokens build` makes it of `web/theme.json`.
See `docs/decisions/0063-designsystemet-and-htmx.md`.
"""

import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote

from bindeledd.foundation.http.assets import digest_of

# Of Designsystemet's parts those that pages use, in the order in which it joins them itself.
BASE = ("base",)
PARTS = (
    "heading",
    "paragraph",
    "label",
    "link",
    "list",
    "divider",
    "button",
    "card",
    "details",
    "dialog",
    "alert",
    "tag",
    "badge",
    "field",
    "fieldset",
    "input",
    "validation-message",
    "error-summary",
    "table",
    "skeleton",
    "skip-link",
)
_LAYERS = "@layer ds.theme, ds.base, ds.components;"
_PICTURE = re.compile(r'url\("data:image/svg\+xml;charset=utf-8,([^"]*)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ABOUT = """# What others have written

Carried along as it was published and joined by `python -m bindeledd.vendoring`; not edited by hand.
Pictures that stood inside the style sheets are files of their own here.

| File | From | Version | Licence | Digest |
|---|---|---|---|---|
{rows}
"""


def carry(folder: Path, to: Path) -> list[Path]:
    """Write what pages use of `folder` to `to`; which files those are. Nothing else stays there."""
    sheets, script = _package(folder, "designsystemet-css"), _package(folder, "htmx.org")
    pictures: dict[str, bytes] = {}
    joined = "\n".join(
        [
            _LAYERS,
            _plain((folder / "theme.css").read_text(encoding="utf-8")),
            *(_part(sheets, name, "ds.base", pictures) for name in BASE),
            *(_part(sheets, name, "ds.components", pictures) for name in PARTS),
        ]
    )
    css, js = _about(sheets), _about(script)
    written = {
        "designsystemet.css": (joined.encode(), css),
        **{name: (body, css) for name, body in sorted(pictures.items())},
        "designsystemet.LICENSE": ((sheets / "LICENSE").read_bytes(), css),
        "htmx.min.js": ((script / "dist" / "htmx.min.js").read_bytes(), js),
        "htmx.LICENSE": ((script / "LICENSE").read_bytes(), js),
    }
    to.mkdir(exist_ok=True)
    for old in to.iterdir():
        old.unlink()
    rows = []
    for name, (body, (package, version, licence)) in written.items():
        (to / name).write_bytes(body)
        rows.append(f"| `{name}` | {package} | {version} | {licence} | `{digest_of(body)}` |")
    (to / "VENDORED.txt").write_text(_ABOUT.format(rows="\n".join(rows)), encoding="utf-8")
    return sorted(to.iterdir())


def _package(folder: Path, name: str) -> Path:
    (found,) = (one for one in folder.iterdir() if one.is_dir() and name in one.name)
    inner = found / "package"
    return inner if inner.is_dir() else found


def _about(package: Path) -> tuple[str, str, str]:
    said = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return said["name"], said["version"], said["license"]


def _part(sheets: Path, name: str, layer: str, pictures: dict[str, bytes]) -> str:
    text = (sheets / "dist" / "src" / f"{name}.css").read_text(encoding="utf-8")
    return f"@layer {layer}{{{_PICTURE.sub(lambda found: _apart(found[1], pictures), text)}}}"


def _apart(quoted: str, pictures: dict[str, bytes]) -> str:
    """The address of a picture that stood inside the sheet: a policy of our own pages refuses it."""
    body = unquote(quoted).encode()
    digest = digest_of(body)
    pictures[f"{digest}.svg"] = body
    return f'url("{digest}.svg?v={digest}")'


def _plain(text: str) -> str:
    """Without comments, empty lines and the charset, which may stand in the first line only."""
    bare = _COMMENT.sub("", text).replace('@charset "UTF-8";', "")
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


if __name__ == "__main__":
    for one in carry(Path(sys.argv[1]), Path(__file__).parent / "web" / "static" / "vendor"):
        sys.stdout.write(f"{one.name}\n")
