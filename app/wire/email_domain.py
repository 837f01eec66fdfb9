"""International domains of e-mail addresses: people read letters, Stripe and mail servers read punycode."""

import idna


def with_ascii_domain(address: str) -> str:
    """Return an address with its domain in punycode, as it is sent to Stripe. An address without a valid domain stays as it is.

    >>> with_ascii_domain("ada@bücher.example")
    'ada@xn--bcher-kva.example'
    """
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def with_readable_domain(address: str) -> str:
    """Return an address with the letters of its domain in place of punycode, as people read it."""
    local, at, domain = address.rpartition("@")
    if not at or "xn--" not in domain.lower():
        return address
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address
