"""The statement that finds objects by the beginnings of their words."""

from collections.abc import Sequence
from typing import Any, Final

_LAST: Final = "\U0010ffff"
"""The last character of Unicode: every word that begins with "x" sorts before "x" and this character."""


def find_by_words(table: str, column: str, words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds the `column` of rows that have all these words, and its values.

    `table` and `column` are names from this package. The statement needs the value `organization` as well.
    """
    values: dict[str, Any] = {}
    parts = []
    for index, word in enumerate(words):
        values |= {f"word_{index}": word, f"word_{index}_end": word + _LAST}
        parts.append(
            f"SELECT {column} FROM {table} WHERE organization = :organization "  # noqa: S608
            f"AND word >= :word_{index} AND word < :word_{index}_end"
        )
    # One object may have several words with this beginning.
    return f"SELECT DISTINCT {column} FROM ({' INTERSECT '.join(parts)}) AS named", values  # noqa: S608
