"""Replanning as the coordinator orders it, and the notices as each agency gets them."""

from __future__ import annotations

from api.desk.plans.moves import cases
from api.desk.plans.plans import visible
from api.desk.published.kept_books import EVERYTHING, books, stated
from api.desk.published.replan_models import NoticeList, NoticeOut, ReplanOrder, ReplanOut
from api.problems import Problem
from api.rights import Who, own_agencies
from api.store import Store
from api.store.database.engine import Tx
from api.store.planned.plans import PlanRow, plan_of


def published(store: Store, plan_id: str) -> PlanRow:
    """Return a published plan. Raises NotFoundError, Problem 409 for a draft or a superseded one."""
    with store.read() as tx:
        row = plan_of(tx, plan_id)
    if row.state != "published":
        raise Problem(409, "not-published", "只有现行已发布的方案可以重排。请先发布，或改用现行方案。")
    return row


def previewed(store: Store, plan_id: str, order: ReplanOrder) -> ReplanOut:
    """Return what an event comes to on the plan as it is lived with; nothing is changed. Raises InputError."""
    from planner.service.changes.replanning import preview

    row = published(store, plan_id)
    with books.opened(store, row.month, EVERYTHING) as kept:
        book, grounds = kept.book.snapshot(), stated(kept)
        if kept.plan.id != row.id:
            raise Problem(409, "not-published", "方案刚被新版本替代，请刷新。")
    found = preview(cases.of(store, row), book, order.plain())
    told = ("changed_visits", "proven", "entries_proven", "left_out", "entries", "later_entries", "notices", "diff")
    return ReplanOut(**grounds, next_hash=found["plan_hash"], **{name: found[name] for name in told})


def notices(tx: Tx, who: Who, plan_id: str) -> NoticeList:
    """Return the notices of a plan: an agency its own, once it is published. Raises NotFoundError."""
    row = visible(tx, who, plan_id)
    own = own_agencies(tx, who)
    found = [NoticeOut(**one) for one in (row.change or {}).get("notices", [])]
    return NoticeList(
        plan=row.id,
        plan_hash=row.plan_hash,
        rulebook_version=row.rulebook_version,
        parent=row.parent if who.sees_all else None,
        items=[one for one in found if own is None or one.agency in own],
    )
