"""Names as they are searched: without case, accents and the ways to write å, ø and æ."""

import re
import unicodedata

# Letters that do not fall apart into a letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o", "œ": "o", "æ": "ae", "ä": "ae", "ö": "o", "å": "aa",
        "đ": "d", "ð": "d", "ŧ": "t", "ŋ": "n", "þ": "th", "ß": "ss", "ł": "l", "ʒ": "z",
    }
)  # fmt: skip


def folded(text: str) -> str:
    """`text` as it is compared: å = aa, ø = ö = oe = o, æ = ä = ae; Sámi letters without marks."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    apart = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in bare.translate(_LETTERS)).split()
    return " ".join(re.sub("oe+", "o", word) for word in words)


def matches(query: str, name: str) -> bool:
    """True if every word of `query` begins a word of `name`, in any order."""
    words = folded(name).split()
    wanted = folded(query).split()
    return bool(wanted) and all(any(w.startswith(q) for w in words) for q in wanted)
