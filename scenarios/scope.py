"""Which sites a filing's scope means."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from scenarios.sites import Site

_KEYS = {"行业": "industry", "街镇": "town", "标签": "tag", "等级": "grade"}


@dataclass(frozen=True)
class Scope:
    """A scope of the parameter file: `行业=餐饮,宾馆;街镇=朱泾镇` (or within a key, and between keys)."""

    terms: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, text: str) -> Scope:
        """Read a scope. Raises KeyError on an unknown key."""
        parts = (part.partition("=") for part in text.split(";") if part)
        return cls({_KEYS[key.strip()]: tuple(values.split(",")) for key, _, values in parts})

    def without_town(self) -> Scope:
        """Return the same scope for all towns."""
        return Scope({key: values for key, values in self.terms.items() if key != "town"})

    def takes(self, site: Site, domain: str) -> bool:
        """Return whether the scope means `site`; grades are read in `domain`."""
        has = {
            "industry": {site.industry},
            "town": {site.town},
            "tag": site.tags,
            "grade": {site.grades.get(domain, "")},
        }
        return all(has[key] & set(values) for key, values in self.terms.items())

    def text(self) -> str:
        """Return the scope in the grammar of the filings table."""
        names = {key: name for name, key in _KEYS.items()}
        return ";".join(f"{names[key]}={'|'.join(values)}" for key, values in self.terms.items())


class OpenSites:
    """The sites that are open, found by scope without looking at each of them."""

    def __init__(self, sites: list[Site]) -> None:
        self.sites = [site for site in sites if site.open]
        self._places: dict[str, dict[str, list[int]]] = {"industry": defaultdict(list), "tag": defaultdict(list)}
        for place, site in enumerate(self.sites):
            self._places["industry"][site.industry].append(place)
            for tag in site.tags:
                self._places["tag"][tag].append(place)

    def meant_by(self, scope: Scope, domain: str) -> list[Site]:
        """Return the open sites that `scope` means, by id."""
        key = next((key for key in self._places if key in scope.terms), None)
        if key is None:
            near: list[int] = list(range(len(self.sites)))
        else:
            near = sorted({place for value in scope.terms[key] for place in self._places[key].get(value, [])})
        return [self.sites[place] for place in near if scope.takes(self.sites[place], domain)]
