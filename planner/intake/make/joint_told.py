"""What is told of joint filings whose partners do not come along, and where a partner's task is if not in the month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.intake.make.windows import Window, last_open_day
from planner.intake.month.context import Context
from planner.intake.month.drafts import Draft
from planner.intake.month.outcome import Why
from planner.intake.screen.items import lead_domain
from planner.intake.screen.scope import sites_of
from planner.intake.tables.records import FilingRow


@dataclass(frozen=True, slots=True)
class Outside:
    """A partner's work at the site that cannot come along, and why.

    `window` is that of work of later months whose own joint filing names this body back: neither goes without the
    other. `none` is a partner with nothing filed there at all.
    """

    why: Why
    filing: str = ""
    window: Window | None = None
    none: bool = False


@dataclass(eq=False)
class Beside:
    """Where else a partner's work may be: drafts that cannot be tied, filings of other months, what was removed."""

    context: Context
    drafts: Sequence[Draft]

    @cached_property
    def _by_site(self) -> dict[str, list[Draft]]:
        found: dict[str, list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            found[draft.site.site_id].append(draft)
        return found

    @cached_property
    def _other_months(self) -> dict[tuple[str, str], list[FilingRow]]:
        """(body, site) → filings of other months, which are not unfolded in this one."""
        context, found = self.context, defaultdict(list)
        for filing in sorted(context.filings.values(), key=lambda f: f.filing_id):
            if filing.window_to < context.first or filing.window_from > context.last:
                body = context.lookups.parents.get(filing.agency_id, filing.agency_id)
                for site in sites_of(filing, context.lookups, lead_domain(context, filing), context.first):
                    found[body, site].append(filing)
        return found

    @cached_property
    def _removed(self) -> dict[tuple[str, str], Why]:
        parents = self.context.lookups.parents
        return {(parents.get(r.unit, r.unit), r.site): Why(r.zh, r.en) for r in self.context.notes.removed}

    def task_of(self, draft: Draft, body: str, here: Iterable[Draft]) -> Outside:
        """Return where `body` has its task at the site of `draft`; `here` are the month's tasks that can be tied."""
        site = draft.site.site_id
        apart = [(d.filings[0], d.window) for d in (*here, *self._by_site.get(site, ())) if self._comes(d, body)]
        apart += [(f, (f.window_from, f.window_to)) for f in self._other_months.get((body, site), ())]
        if apart:
            bound = [pair for pair in apart if self._binds(draft, pair)]
            filing, window = next((pair for pair in bound if self._meets(draft, pair[1])), (bound or apart)[0])
            zh = f"{draft.unit} 的计划 {draft.filing_ids[0]}（{dates(draft.window)}）与 {filing.agency_id} 的计划 "
            en = f"{draft.unit}'s {draft.filing_ids[0]} ({dates(draft.window)}) and {filing.agency_id}'s "
            zh += f"{filing.filing_id}（{dates(window)}）期限没有共同的工作日"
            en += f"{filing.filing_id} ({dates(window)}) share no open day"
            return Outside(Why(zh, en), f"{filing.agency_id} {filing.filing_id}", window if bound else None)
        for other in self._by_site.get(site, ()):
            if other.parent == body:
                return Outside(_cannot(other), other.filing_ids[0])
        if (body, site) in self._removed:
            return Outside(self._removed[body, site])
        return Outside(Why("没有自己的任务", "it has no task of its own"), none=True)

    def _comes(self, other: Draft, body: str) -> bool:
        return other.parent == body and other.mode == "on_site" and not other.unannounced and not other.follows_fire

    def _binds(self, draft: Draft, other: tuple[FilingRow, Window]) -> bool:
        return other[1][0] > self.context.last and names(self.context, other[0], draft.parent)

    def _meets(self, draft: Draft, window: Window) -> bool:
        low, high = max(draft.window[0], window[0]), min(draft.window[1], window[1])
        return last_open_day(self.context, draft.site, low, high) is not None


def names(context: Context, filing: FilingRow, body: str) -> bool:
    """Return whether a joint filing names the body among its partners."""
    parents = context.lookups.parents
    return filing.kind == "joint" and any(parents.get(partner, partner) == body for partner in filing.partners)


def dates(window: Window) -> str:
    """Return a window as text."""
    return f"{window[0]}~{window[1]}"


def _cannot(other: Draft) -> Why:
    if other.unannounced:
        return Why("属突击检查，须单独进行", "it comes unannounced, so alone")
    if other.follows_fire:
        return Why("消防事项只随消防部门同去", "its fire items ride with the fire service")
    return Why("不到场检查", "it needs no visit")


THEN = {
    "alone": ("单独实施", "it goes alone"),
    "none": ("各方任务都不安排", "none of them is done"),
    "fixed": ("已公布的日期不变，其余单独实施", "what is published stays, the others go alone"),
}
"""What comes of it, by key: the words in Chinese and English."""


@dataclass(slots=True)
class Told:
    """Findings on joint filings, one for each filing, cause and consequence, with the number of sites."""

    _sites: dict[tuple[str, FilingRow, str, tuple[tuple[str, str], ...]], set[str]] = field(default_factory=dict)

    def _add(self, code: str, filing: FilingRow, column: str, site: str = "", then: str = "", **about: str) -> None:
        if then:
            about |= {"then_zh": THEN[then][0], "then_en": THEN[then][1]}
        self._sites.setdefault((code, filing, column, tuple(sorted(about.items()))), set()).add(site)

    def without_partners(self, filing: FilingRow) -> None:
        """A joint filing that names nobody."""
        self._add("law.partners-none", filing, "partners")

    def theme_alone(self, filing: FilingRow, theme: str, domain: str) -> None:
        """A theme that must be joint, in a filing of another kind."""
        self._add("law.theme-not-joint", filing, "theme", theme=theme, domain=domain)

    def missing(self, filing: FilingRow, draft: Draft, partner: str, found: Outside, then: str) -> None:
        """The partner does not come along."""
        site = draft.site.site_id
        if found.none:
            self._add("law.partner-missing", filing, "partners", site, partner=partner)
        else:
            about = {"why_zh": found.why.zh, "why_en": found.why.en}
            self._add("law.partner-not-along", filing, "partners", site, then, partner=partner, **about)

    def apart(self, filing: FilingRow, members: Sequence[Draft], outside: Sequence[Outside], then: str) -> None:
        """The windows of tasks that belong together share no open day."""
        later = {f"{one.filing}（{dates(one.window)}）" for one in outside if one.window}
        windows = "、".join(sorted({windows_of(d) for d in members} | later))
        self._add("law.joint-windows-apart", filing, "window_to", members[0].site.site_id, then, windows=windows)

    def waiting(self, filing: FilingRow, draft: Draft, outside: Outside) -> None:
        """The partner's window opens after the month: all of them wait for it."""
        assert outside.window is not None
        about = {"other": outside.filing, "window": dates(outside.window)}
        self._add("law.joint-later", filing, "window_from", draft.site.site_id, **about)

    def hazard_apart(self, draft: Draft, others: Sequence[Draft]) -> None:
        """Who is to enter a site together with a partner does not: the partner has no task, or on other days."""
        zh, en = "在该对象没有任务", "it has no task there"
        if others:
            zh = en = "、".join(sorted({dates(other.window) for other in others}))
        about = {"own": dates(draft.window), "windows_zh": zh, "windows_en": en, "domain": draft.domain}
        self._add("law.hazard-apart", draft.filings[0], "window_from", draft.site.site_id, **about)

    def undecided(self, filing: FilingRow, undecided: Sequence[Draft], then: str) -> None:
        """Agencies that have not decided to join at a site that is not to be joined."""
        who = "、".join(sorted({d.parent for d in undecided}))
        self._add("law.joint-undecided", filing, "partners", undecided[0].site.site_id, then, agencies=who)

    def tell(self, context: Context) -> None:
        """Write all of it down."""
        for (code, filing, column, about), sites in sorted(
            self._sites.items(), key=lambda f: (f[0][0], f[0][1].filing_id, f[0][3])
        ):
            domain = context.lookups.agency_domain.get(filing.agency_id, "")
            params = {"domain": domain, "filing": filing.filing_id, "count": str(len(sites)), **dict(about)}
            subjects = (filing.filing_id, *(v for k, v in about if k in ("partner", "other")))
            context.notes.find(code, filing.ref, column=column, subjects=subjects, **params)


def windows_of(draft: Draft) -> str:
    """Return whose task it is, by which filing, and its window, as text."""
    return f"{draft.unit} {'+'.join(draft.filing_ids)}（{dates(draft.window)}）"
