"""Dividing one amount over several lines by largest remainder: the parts always sum to the whole."""

from collections.abc import Sequence


def allocate(whole: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Parts of `whole` in proportion to `weights`, each a multiple of `step`, none above its weight while the whole is not.

    Every part is cut down first; what is left over goes, a step each, to the parts that lost most, the earlier one on a tie.
    `whole` is a multiple of `step`, and nothing is negative; for no part to pass its weight, weights are multiples of it too.
    Raises ValueError where there is nothing to divide by.
    """
    total = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    if total <= 0:
        raise ValueError("an amount cannot be divided over weights of zero")
    units = whole // step
    parts = [units * weight // total for weight in weights]
    lost = sorted(range(len(weights)), key=lambda index: (-(units * weights[index] % total), index))
    for index in lost[: units - sum(parts)]:
        parts[index] += 1
    return [part * step for part in parts]
