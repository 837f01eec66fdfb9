"""The token in every pay form: it names the form and its link, expires after a day, and is signed. It needs no cookie.

The token grants no rights, because buyers do not log in. It shows that a post comes from a page of ours, and its form id lets a
second post of the same form be recognised.
"""

import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from secrets import token_urlsafe
from typing import Any, Final

from itsdangerous import BadData, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.signer import SigningAlgorithm

from app.web.http.signing import StrictSigner

LIFETIME_SECONDS: Final = 24 * 3600
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_TEXT: Final = re.compile(r"[A-Za-z0-9_.-]{1,400}")
"""What a token is written with. None of these signs changes in HTML."""


@dataclass(frozen=True)
class FormToken:
    """The contents of a token: the form's id, the link's id, and the time of expiry in Unix seconds."""

    form: str
    link: str
    expires_at: int


class _HMAC(SigningAlgorithm):
    """The signer's own HMAC with SHA-1, by one call of OpenSSL."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha1")


class _Signer(StrictSigner):
    """Derives its key once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.algorithm = _HMAC()
        self._derived = super().derive_key()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived if secret_key is None else super().derive_key(secret_key)


class _Serializer(URLSafeSerializer):
    """Writes tokens without trying to compress them, which takes longer than everything else, and with one encoder for all of them.

    It reads compressed ones.
    """

    def __init__(self, secret_key: str) -> None:
        super().__init__(secret_key, salt="counterfoil.form", signer=_Signer)
        self._own_signer = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._own_signer if salt is None else super().make_signer(salt)

    def iter_unsigners(self, salt: str | bytes | None = None) -> Iterator[Signer]:
        """Yield the signer that signs, too: one that is made for each token derives its key again."""
        yield self.make_signer(salt)

    def dump_payload(self, obj: object) -> bytes:
        return base64_encode(_ENCODER.encode(obj))


@lru_cache(maxsize=8)
def _serializer(secret_key: str) -> _Serializer:
    return _Serializer(secret_key)


class FormTokens:
    """Issue and read the tokens of one link at one moment. `submitted` is the token that came with the request."""

    def __init__(self, secret_key: str, link: str, now: int, submitted: str | None = None) -> None:
        self._serializer = _serializer(secret_key)
        self._secret_key = secret_key
        self._link = link
        self._now = now
        self._submitted = submitted

    @cached_property
    def accepted(self) -> FormToken | None:
        """The submitted token, verified once per request; None when it is missing, tampered with, expired or another link's.

        Only the text that this server made is accepted. A page shows that text again, so it must have no other spelling.
        """
        text = self._submitted
        if not text or not _TEXT.fullmatch(text):
            return None
        try:
            form, link, expires_at = self._serializer.loads(text)
        except (BadData, TypeError, ValueError):
            return None
        if link != self._link or expires_at <= self._now:
            return None
        return FormToken(form, link, expires_at)

    def issue(self) -> str:
        """Return a token for a new form."""
        return self._issue(token_urlsafe(18))

    def current(self) -> str:
        """Return the token for the page: the submitted one while it is valid, so that the form stays the same, else a new one."""
        return self._current[0]

    def current_name(self) -> str:
        """Return the public name of the page's form."""
        return self.public_name(self._current[1])

    def public_name(self, form: str) -> str:
        """Return a name by which a browser finds the token that it kept. It does not tell the form's id, which only its buyer knows."""
        key = f"counterfoil.form name {self._secret_key}".encode()
        return hmac.digest(key, form.encode(), "sha256").hex()[:32]

    @cached_property
    def _current(self) -> tuple[str, str]:
        if self._submitted and self.accepted:
            return self._submitted, self.accepted.form
        form = token_urlsafe(18)
        return self._issue(form), form

    def _issue(self, form: str) -> str:
        return str(self._serializer.dumps([form, self._link, self._now + LIFETIME_SECONDS]))
