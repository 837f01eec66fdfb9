"""Marks texts for the catalogues that are translated when they are shown."""


def N_(text: str) -> str:
    """Return a text that is translated when it is shown."""
    return text
