"""Who may do what, in one place.

Every operation has a row in `OPERATIONS`; `allow` refuses to make the dependency of one that has none, and a test holds
the table against the OpenAPI document. Which rows of an operation's answer a caller gets is its `rows`; the helpers at
the end turn that into what queries filter by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from fastapi import Request
from sqlalchemy import select

from api.accounts.identify import identify
from api.accounts.limits import take
from api.accounts.who import PUBLIC, ROLE_NAMES, ROLES, SCOPES, Role, Scope, Who
from api.problems import Problem
from api.store.database.engine import Tx
from api.store.database.schema import library
from api.store.inputs.rows import decode

__all__ = ["OPERATIONS", "PUBLIC", "ROLES", "SCOPES", "Right", "Role", "Scope", "Who", "allow", "may", "own_agencies"]

Rows = Literal["none", "all", "own agency", "own town", "own or joint", "self"]
"""Whose rows: all of them; those of the caller's agency with its sections; of its town; also joint visits it is in; the
caller's own. The bureau gets all in every case, and the public what is published."""


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do one operation: the roles, whose rows they get, and what a token must be good for."""

    roles: frozenset[Role]
    rows: Rows
    scope: Scope


def _right(roles: str, rows: Rows = "all", scope: Scope = "read") -> Right:
    named = frozenset(role for role in ROLES if role in roles.split())
    if len(named) != len(roles.split()):
        raise ValueError(f"unknown role in {roles!r}")
    return Right(named, rows, scope)


EVERYBODY = " ".join(ROLES)
INSIDE = " ".join(role for role in ROLES if role != "public")

OPERATIONS: dict[str, Right] = {
    # health
    "healthz": _right(EVERYBODY, "none"),
    "readyz": _right(EVERYBODY, "none"),
    "metrics": _right("admin integrator", "none", "metrics"),
    "storage.get": _right("admin", "none", "metrics"),
    # session, accounts, tokens: 三员分立, what the system's administrator does to an account the security administrator
    # confirms, and the audit administrator reads of both in the log, which neither of them does
    "session.login": _right(EVERYBODY, "self"),
    "session.oidc": _right(EVERYBODY, "self"),
    "session.oidc-callback": _right(EVERYBODY, "self"),
    "session.me": _right(INSIDE, "self"),
    "session.logout": _right(INSIDE, "self"),
    "session.password": _right(INSIDE, "self", "accounts"),
    "session.list": _right(INSIDE, "self", "accounts"),
    "session.end-others": _right(INSIDE, "self", "accounts"),
    "accounts.list": _right("bureau admin security", "all", "accounts"),
    "accounts.add": _right("admin", "all", "accounts"),
    "accounts.get": _right("admin security", "all", "accounts"),
    "accounts.change": _right("admin", "all", "accounts"),
    "accounts.password": _right("admin", "all", "accounts"),
    "accounts.release": _right("bureau security", "all", "accounts"),
    "tokens.list": _right(INSIDE, "self", "accounts"),
    "tokens.issue": _right(INSIDE, "self", "accounts"),
    "tokens.revoke": _right(INSIDE, "self", "accounts"),
    # jobs
    "jobs.list": _right(INSIDE, "own agency"),
    "jobs.get": _right(INSIDE, "own agency"),
    "jobs.events": _right(INSIDE, "own agency"),
    "jobs.cancel": _right("bureau agency town integrator admin", "own agency", "plans"),
    # log
    "log.list": _right("bureau auditor audit agency", "own agency"),
    "log.head": _right("bureau auditor audit agency", "none"),
    "log.verify": _right("bureau auditor audit", "none"),
    "log.export": _right("bureau auditor audit", "all"),
    # plans, data
    "plans.create": _right("bureau", "all", "plans"),
    "plans.list": _right("bureau agency town auditor integrator", "all"),
    "plans.get": _right("bureau agency town auditor integrator", "all"),
    "plans.publish": _right("bureau", "all", "publish"),
    "plans.export": _right("bureau", "all", "plans"),
    "plans.verify": _right("bureau auditor", "all", "plans"),
    "plans.visits": _right("bureau agency town auditor integrator", "own or joint"),
    "plans.verdicts": _right("bureau", "all"),
    "plans.from-patch": _right("bureau", "all", "plans"),
    "plans.lineage": _right("bureau", "all"),
    "plans.metadata": _right("bureau agency town auditor integrator", "all"),
    "plans.events": _right("bureau", "all"),
    "plans.stop": _right("bureau", "all", "plans"),
    "plans.left-out": _right("bureau", "all"),
    "plans.not-visited": _right("bureau agency auditor", "own agency"),
    "plans.why": _right("bureau", "all"),
    "plans.reasons": _right("bureau agency", "own agency"),
    # what would be if: played by the coordinator, read by the auditor of plans that are or were in force
    "scenarios.create": _right("bureau", "all", "plans"),
    "scenarios.list": _right("bureau auditor", "all"),
    "scenarios.get": _right("bureau auditor", "all"),
    "scenarios.document": _right("bureau", "all"),
    "scenarios.adoption": _right("bureau", "all"),
    "scenarios.adopt": _right("bureau", "all", "plans"),
    # two plans beside each other: an agency reads what becomes of its own visits, where it may see both plans
    "comparisons.create": _right("bureau", "all", "plans"),
    "comparisons.list": _right("bureau agency auditor", "own agency"),
    "comparisons.get": _right("bureau agency auditor", "own agency"),
    "comparisons.document": _right("bureau", "all"),
    # the district's year, a draft by days from which months are planned
    "years.create": _right("bureau", "all", "plans"),
    "years.list": _right("bureau", "all"),
    "years.get": _right("bureau", "all"),
    "years.document": _right("bureau", "all"),
    "plans.price-advice": _right("bureau auditor", "all"),
    "plans.order-price-advice": _right("bureau", "all", "plans"),
    "plans.diff": _right("bureau", "all"),
    "plans.exceptions": _right("bureau auditor", "all"),
    "plans.draws": _right("bureau auditor", "all"),
    "plans.draw": _right("bureau auditor", "all"),
    "plans.kpis": _right("bureau agency town auditor integrator", "own agency"),
    "plans.files": _right("bureau agency town auditor integrator", "own agency"),
    "plans.file": _right("bureau agency town auditor integrator", "own agency"),
    # what everybody may know
    "public.months": _right(EVERYBODY, "none"),
    "public.visits": _right(EVERYBODY, "none"),
    "public.proofs": _right(EVERYBODY, "none"),
    # consultation rounds
    "rounds.open": _right("bureau", "all", "plans"),
    "rounds.list": _right("bureau agency integrator", "own or joint"),
    "rounds.get": _right("bureau agency integrator", "own or joint"),
    "rounds.visits": _right("bureau agency integrator", "own or joint"),
    "rounds.answer": _right("bureau agency integrator", "own agency", "filings"),
    "rounds.form": _right("bureau agency integrator", "own agency"),
    "rounds.upload": _right("bureau agency integrator", "own agency", "filings"),
    "rounds.close": _right("bureau", "all", "plans"),
    "rounds.proposals": _right("bureau", "all"),
    # living with a published plan
    "suggestions.list": _right("bureau agency integrator", "own agency"),
    "bookings.create": _right("bureau agency integrator", "own agency", "filings"),
    "bookings.list": _right("bureau agency auditor integrator", "own or joint"),
    "declines.create": _right("bureau agency integrator", "own agency", "filings"),
    "declines.list": _right("bureau agency auditor", "own agency"),
    "declines.report": _right("bureau agency auditor", "own agency"),
    "sites.ledger": _right("bureau agency auditor integrator", "own agency"),
    "sites.entries": _right("bureau agency town auditor integrator", "own town"),
    "sites.gate": _right("bureau agency integrator", "own agency"),
    "plans.replan-preview": _right("bureau", "all", "plans"),
    "plans.replan": _right("bureau", "all", "plans"),
    "plans.notices": _right("bureau agency auditor", "own agency"),
    "reports.create": _right("bureau agency integrator", "own agency", "filings"),
    "reports.list": _right("bureau agency integrator", "own agency"),
    "triggered.create": _right("bureau agency integrator", "own agency", "filings"),
    "triggered.list": _right("bureau agency auditor", "own agency"),
    "triggered.get": _right("bureau agency auditor", "own agency"),
    "triggered.code": _right("bureau agency integrator", "own agency", "filings"),
    "freeze.set": _right("bureau", "all", "plans"),
    "imports.create": _right("bureau", "all", "filings"),
    "demo.create": _right("bureau", "all", "filings"),
    "filings.list": _right("bureau agency auditor integrator", "own agency"),
    "filings.get": _right("bureau agency auditor integrator", "own agency"),
    "filings.upload": _right("bureau agency integrator", "own agency", "filings"),
    "filings.return": _right("bureau", "all", "filings"),
    "filings.accept": _right("bureau", "all", "filings"),
    "filings.accept-unproven": _right("bureau", "all", "filings"),
    "filings.proofs": _right("bureau agency auditor", "own agency"),
    # what has been done: results and codes
    "results.list": _right("bureau agency auditor", "own agency"),
    "results.get": _right("bureau agency auditor", "own agency"),
    "results.todos": _right("bureau agency auditor", "own agency"),
    "results.enter": _right("bureau agency", "own agency", "filings"),
    "results.change": _right("bureau agency", "own agency", "filings"),
    "results.import": _right("bureau agency", "own agency", "filings"),
    "codes.batch": _right("bureau agency", "own agency"),
    "codes.file": _right("bureau agency", "own agency"),
    "codes.return": _right("bureau agency", "own agency", "filings"),
    "absorptions.list": _right("bureau agency auditor", "own agency"),
    "absorptions.answer": _right("bureau agency", "own agency", "filings"),
    # what is owed by when, and a period evaluated
    "duties.list": _right("bureau agency auditor", "own agency"),
    "duties.calendar": _right("bureau agency auditor", "own agency"),
    "duties.mark": _right("bureau agency", "own agency", "filings"),
    "evaluation.get": _right("bureau agency auditor", "own agency"),
    "evaluation.order": _right("bureau", "all", "plans"),
    "filings.withdraw": _right("bureau agency", "own agency", "filings"),
    # supervision: the bureau's, told to the auditor and to the body concerned, which answers
    "supervision.list": _right("bureau agency auditor", "own agency"),
    "supervision.record": _right("bureau", "all", "filings"),
    "supervision.answer": _right("agency", "own agency", "filings"),
    "words.list": _right("bureau agency integrator", "own agency"),
    "words.learn": _right("bureau agency integrator", "own agency", "filings"),
    "words.forget": _right("bureau agency integrator", "own agency", "filings"),
    "filings.standing": _right("bureau agency auditor", "own agency"),
    "filings.deadline": _right("bureau", "all", "filings"),
    "sites.list": _right("bureau agency town auditor integrator", "own town"),
    "sites.get": _right("bureau agency town auditor integrator", "own town"),
    "sites.change": _right("bureau", "all", "filings"),
    "sites.grades": _right("bureau agency town auditor integrator", "own town"),
    "sites.grade": _right("bureau", "all", "filings"),
    "identities.list": _right("bureau", "all"),
    "identities.decide": _right("bureau", "all", "filings"),
    "identities.take-back": _right("bureau", "all", "filings"),
    "agencies.list": _right("bureau agency town auditor integrator", "all"),
    "calendar.month": _right("bureau agency town auditor integrator", "all"),
    # the law
    "rulebook.get": _right(EVERYBODY, "none"),
    "rulebook.rules": _right(EVERYBODY, "none"),
    "rulebook.rule": _right(EVERYBODY, "none"),
    "rulebook.clauses": _right(EVERYBODY, "none"),
    "rulebook.clause": _right(EVERYBODY, "none"),
    "finding-types.list": _right(EVERYBODY, "none"),
    "finding-types.get": _right(EVERYBODY, "none"),
}


def may(who: Who, right: Right) -> Problem | None:
    """Return why `who` may not do it, None where it may."""
    open_to_all = "public" in right.roles
    if who.role in right.roles and (who.by != "token" or open_to_all or right.scope in who.scopes):
        return None
    if who.by == "nothing":
        return Problem(
            401, "login", "请先登录，或在请求头 Authorization 中给出令牌。", headers={"WWW-Authenticate": "Bearer"}
        )
    if who.role not in right.roles:
        allowed = "、".join(ROLE_NAMES[role] for role in ROLES if role in right.roles)
        return Problem(403, "role", f"“{ROLE_NAMES[who.role]}”账号不能做此操作；可以的是：{allowed}。")
    return Problem(403, "scope", f"此令牌没有“{right.scope}”权限。请申请含此权限的令牌。")


@cache
def allow(operation_id: str) -> Callable[[Request], Who]:
    """Return the dependency that gives who asks, where that one may do the operation.

    It raises Problem 401, 403, or 429 where an account asks too often. Raises KeyError for an operation without a row.
    """
    right = OPERATIONS[operation_id]

    def allowed(request: Request) -> Who:
        who = identify(request)
        if getattr(request.state, "allowed", None) == operation_id:
            return who  # asked already, before the body was read
        take(request, who)
        refused = may(who, right)
        if refused is not None:
            raise refused
        request.state.allowed = operation_id
        return who

    return allowed


def own_agencies(tx: Tx, who: Who) -> frozenset[str] | None:
    """Return the ids of the agency that `who` is of and of all its sections; None where it gets every agency's rows.

    A town's, an integrator's without an agency and the public's are none.
    """
    if who.role in ("bureau", "auditor", "admin", "audit") or (who.role == "integrator" and who.agency_id is None):
        return None
    return frozenset() if who.agency_id is None else family_of(tx, who.agency_id)


def family_of(tx: Tx, agency_id: str) -> frozenset[str]:
    """Return the ids of an agency and of all its sections."""
    current = select(library.c.row, library.c.number).where(library.c.kind == "agencies", library.c.until.is_(None))
    rows = [decode("agencies", row["row"], row["number"]) for row in tx.rows(current)]
    found, before = {agency_id}, 0
    while len(found) > before:
        before = len(found)
        found |= {row.agency_id for row in rows if row.parent_id in found}
    return frozenset(found)


def parent_of(tx: Tx, agency_id: str) -> str:
    """Return the agency in whose name `agency_id` acts: the highest above it, itself where there is none."""
    current = select(library.c.row, library.c.number).where(library.c.kind == "agencies", library.c.until.is_(None))
    rows = [decode("agencies", row["row"], row["number"]) for row in tx.rows(current)]
    above = {row.agency_id: row.parent_id for row in rows}
    seen = set[str]()
    while above.get(agency_id) in above and agency_id not in seen:
        seen.add(agency_id)
        agency_id = above[agency_id]
    return agency_id
