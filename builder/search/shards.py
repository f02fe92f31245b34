"""Words shared out among files by how they begin, so that those with one beginning lie in few files of like size.

A beginning whose words fill more than a file gives its fuller longer beginnings files of their own, and keeps the rest.
So a change to one word changes one file, and moves others only where a file overflows.
"""

from collections.abc import Iterator, Mapping
from typing import Final

FULL: Final = 20 * 1024  # bytes


def share(sizes: Mapping[str, int], full: int = FULL) -> Iterator[tuple[str, list[str]]]:
    """Yield beginnings with the words of their files, each word once, with the longest beginning that there is.

    `sizes` are the bytes that each word takes. A beginning comes before those that are longer; "" is always there.
    """
    yield from _share("", sorted(sizes), sizes, full)


def _share(beginning: str, found: list[str], sizes: Mapping[str, int], full: int) -> Iterator[tuple[str, list[str]]]:
    left = sum(sizes[word] for word in found)
    if left <= full:
        yield beginning, found
        return
    groups: dict[str, list[str]] = {}
    for word in found:
        groups.setdefault(word[: len(beginning) + 1], []).append(word)
    kept = groups.pop(beginning, [])
    weights = {longer: sum(sizes[word] for word in group) for longer, group in groups.items()}
    apart = []
    # The heavier first, in steps of two, so that a small change seldom changes the order.
    for longer in sorted(groups, key=lambda longer: (-weights[longer].bit_length(), longer)):
        if left > full:
            apart.append(longer)
            left -= weights[longer]
        else:
            kept += groups[longer]
    yield beginning, sorted(kept)
    for longer in sorted(apart):
        group = groups[longer]
        yield from _share(_common(group[0], group[-1]), group, sizes, full)


def _common(first: str, last: str) -> str:
    """Give how both begin; of sorted words, how all between them begin too."""
    length = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]
