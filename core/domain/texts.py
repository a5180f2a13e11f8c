"""How texts are compared: normalised prompts for grouping, exact hashes for identity."""

import hashlib
import re
import unicodedata

from core.domain.errors import BadInput

VERSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a model version can be called: it is the name of a folder too."""


def normalise_prompt(prompt: str) -> str:
    """NFKC, casefolded, whitespace collapsed and stripped: the form in which prompts are grouped."""
    return " ".join(unicodedata.normalize("NFKC", prompt).casefold().split())


def text_hash(text: str) -> str:
    """Hex sha256 of the UTF-8 text: the cache key of its embedding."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def prompt_group(prompt: str) -> str:
    """Hex sha256 of the normalised prompt: the unit that evaluation never splits."""
    return text_hash(normalise_prompt(prompt))


def interaction_identity(prompt: str, response: str, context_id: str | None) -> str:
    """Hex sha256 over the exact (user_prompt, ai_response, context_id); lengths keep the parts apart."""
    digest = hashlib.sha256()
    for part in (prompt, response, context_id or ""):
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def storable(text: str, name: str) -> str:
    """Return ``text`` if both databases can hold it.

    Raises:
        BadInput: the text holds a NUL character or half of a surrogate pair (a damaged file).
    """
    if "\x00" in text:
        raise BadInput(f"{name} contains a NUL character, which a database cannot store")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInput(f"{name} contains a damaged character (half of a surrogate pair)") from None
    return text
