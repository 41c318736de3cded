"""Which rows of sites are the same premises: surely, or perhaps, so that a person has to say.

Sure are two rows of the same credit code at the same address, where the code's check character fits or the names are
the same too, and their ids do not number two places; also where one address only adds a floor, code and name are the
same, and no third row has the code. Rows of different codes are never sure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, hypot, radians
from typing import NamedTuple

from rapidfuzz import fuzz

from planner.intake.identity.normal import credit_code, place_number, plain_address, plain_name, town_stem
from planner.intake.tables.records import SiteRow

SAME_NAME, LIKE_NAME, SOME_NAME, LIKE_ADDRESS = 92, 80, 50, 75
"""How alike, of 100, names and addresses have to be."""
NEAR_METRES = 80
FLOOR = "信用代码和名称相同，地址只多写了楼层"
_FLOOR = re.compile(r"[\d一二三四五六七八九十]{1,2}(?:楼|层|f)")
MOST_IN_GROUP = 60
"""Rows that share a code, name or address beyond this are a mall or a chain: only neighbours by name are compared."""


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two ids, the lower first; `sure` where nobody has to be asked; `why` in Chinese."""

    one: str
    other: str
    sure: bool
    why: str


class Premises(NamedTuple):
    """What of a row of sites tells which premises it is."""

    site_id: str
    name: str
    credit_code: str
    town: str
    address: str
    lon: float | None
    lat: float | None


def pairs_of(sites: Sequence[SiteRow]) -> list[Pair]:
    """Return the pairs of rows that are, or may be, one premises, in the order of their ids."""
    return list(_pairs_of(tuple(_premises(row) for row in sites)))


def _premises(row: SiteRow) -> Premises:
    return Premises(row.site_id, row.name, row.credit_code, row.town, row.address, row.lon, row.lat)


@lru_cache(maxsize=2)
def _pairs_of(sites: tuple[Premises, ...]) -> tuple[Pair, ...]:
    """Return what `pairs_of` does; a month is made again and again while its registers stay as they are."""
    found: dict[tuple[str, str], Pair] = {}
    with_code = Counter(credit_code(row.credit_code)[0] for row in sites)
    for group in _groups(sites):
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                first, second = sorted((one, other), key=lambda row: row.site_id)
                key = first.site_id, second.site_id
                if key not in found and (pair := compare(first, second)) is not None:
                    alone = not pair.sure and with_code[credit_code(first.credit_code)[0]] == 2
                    found[key] = (
                        replace(pair, sure=True, why=FLOOR) if alone and _but_for_floor(first, second) else pair
                    )
    return tuple(sorted(found.values()))


def _groups(sites: Iterable[Premises]) -> Iterable[list[Premises]]:
    """Yield rows that share a code, a name or an address: only these are compared."""
    groups: dict[tuple[str, str], list[Premises]] = defaultdict(list)
    for row in sites:
        code, _ = credit_code(row.credit_code)
        for kind, value in (("c", code), ("n", plain_name(row.name)), ("a", plain_address(row.address)[1])):
            if value:
                groups[kind, value].append(row)
    for (kind, _), group in groups.items():
        if len(group) < 2:
            continue
        if len(group) <= MOST_IN_GROUP:
            yield group
            continue
        ordered = sorted(group, key=lambda row: plain_address(row.address) if kind != "a" else plain_name(row.name))
        for start in range(0, len(ordered), MOST_IN_GROUP // 2):
            yield ordered[start : start + MOST_IN_GROUP]


def compare(one: Premises, other: Premises) -> Pair | None:
    """Return how two rows are the same premises, None where they are not."""
    (code, valid), (code2, _) = credit_code(one.credit_code), credit_code(other.credit_code)
    (town, address), (town2, address2) = plain_address(one.address), plain_address(other.address)
    apart = bool(town and town2 and town != town2) or town_stem(one.town) != town_stem(other.town)
    names = fuzz.ratio(plain_name(one.name), plain_name(other.name))
    at_one_place = bool(address) and address == address2 and not apart
    likely_place = at_one_place or _near(one, other) or (not apart and _like(address, address2))

    def pair(sure: bool, why: str) -> Pair:
        return Pair(one.site_id, other.site_id, sure, why)

    if code and code == code2:
        numbers = place_number(one.site_id, code), place_number(other.site_id, code)
        two_places = None not in numbers and numbers[0] != numbers[1]
        if at_one_place and (names == 100 or (valid and names >= SOME_NAME)) and not two_places:
            return pair(True, "信用代码和地址相同")
        if at_one_place:
            why = "场所序号不同" if two_places else "代码校验位不符" if not valid else "名称不同"
            return pair(False, f"信用代码和地址相同，但{why}")
        if likely_place or not address or not address2:
            return pair(False, "信用代码相同，地址相近或缺失")
        return None
    if code and code2:  # two codes are two enterprises, unless one of them is a slip of the other
        slip = fuzz.ratio(code, code2) >= 94 and names >= SAME_NAME and likely_place
        return pair(False, "名称和地址相同，信用代码相差一两位") if slip else None
    if names >= SAME_NAME and (likely_place or not address or not address2):
        return pair(False, "名称和地址相近，缺少信用代码")
    if names >= LIKE_NAME and at_one_place:
        return pair(False, "地址相同、名称相近，缺少信用代码")
    return None


def _like(address: str, other: str) -> bool:
    """Return whether two addresses may be one: one is the other with more said, or a slip of it."""
    if not address or not other:
        return False
    short, long = sorted((address, other), key=len)
    return (len(short) >= 4 and (long.startswith(short) or long.endswith(short))) or _slip(short, long)


def _slip(short: str, long: str) -> bool:
    digits = ["".join(filter(str.isdigit, text)) for text in (short, long)]
    return digits[0] == digits[1] and fuzz.ratio(short, long) >= LIKE_ADDRESS


def _but_for_floor(one: Premises, other: Premises) -> bool:
    """Return whether two rows of one valid code and one name differ in nothing but a floor that one of them adds."""
    (code, valid), (code2, _) = credit_code(one.credit_code), credit_code(other.credit_code)
    (town, address), (town2, address2) = plain_address(one.address), plain_address(other.address)
    apart = bool(town and town2 and town != town2) or town_stem(one.town) != town_stem(other.town)
    numbers = place_number(one.site_id, code), place_number(other.site_id, code)
    short, long = sorted((address, address2), key=len)
    floor = len(short) >= 4 and long.startswith(short) and _FLOOR.fullmatch(long[len(short) :])
    same = valid and code == code2 and plain_name(one.name) == plain_name(other.name)
    return bool(same and floor and not apart and None in numbers and not _FLOOR.search(short))


def _near(one: Premises, other: Premises) -> bool:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return False
    north, east = (one.lat - other.lat) * 111_320, (one.lon - other.lon) * 111_320 * cos(radians(one.lat))
    return hypot(north, east) <= NEAR_METRES
