"""Signatures that have one spelling only."""

import hmac

from itsdangerous import Signer
from itsdangerous.encoding import want_bytes


class StrictSigner(Signer):
    """Accepts a signature only as this server writes it.

    The decoder of base64 ignores what follows its padding, and the spare bits of the last letter. So another signer accepts many texts
    for one signature, among them texts with signs of HTML.
    """

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Sign the value again, and compare the texts in constant time."""
        return hmac.compare_digest(self.get_signature(value), want_bytes(sig))
