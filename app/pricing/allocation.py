"""Divides one amount among several lines by the largest remainder, so that the parts always sum to the whole."""

from collections.abc import Sequence


def allocate(whole: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Return parts of `whole` in proportion to `weights`. Each part is a multiple of `step`.

    For example, `allocate(100, [1, 1, 1])` is `[34, 33, 33]`. Every part is rounded down first. What remains is given out, one step
    each, to the parts that lost most; on a tie the earlier part comes first. `whole` must be a multiple of `step`, and nothing may be
    negative. No part is greater than its weight, if `whole` is not greater than the sum of the weights and they are multiples of
    `step`. Raises ValueError if all weights are zero and `whole` is not.
    """
    total = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    if total <= 0:
        raise ValueError("an amount cannot be divided over weights of zero")
    units = whole // step
    parts = [units * weight // total for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda index: (-(units * weights[index] % total), index))
    for index in by_loss[: units - sum(parts)]:
        parts[index] += 1
    return [part * step for part in parts]
