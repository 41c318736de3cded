"""The catalogue of finding types; the `type` of a problem points here where it is one of these."""

from __future__ import annotations

from api.http.models.law import FindingTypeList, FindingTypeOut
from api.http.routing import router as new_router
from api.problems import Problem
from api.routes.law.rulebook import Version
from planner.intake.words.catalogue import finding_types

router = new_router("问题类型")


@router.get("/finding-types", operation_id="finding-types.list", summary="问题类型目录")
def list_finding_types(version: Version) -> FindingTypeList:
    """Return every kind of finding."""
    return FindingTypeList(items=[FindingTypeOut.of(kind, version) for kind in finding_types().values()])


@router.get("/finding-types/{code}", operation_id="finding-types.get", summary="一种问题：是什么、怎么办、依据")
def get_finding_type(code: str, version: Version) -> FindingTypeOut:
    """Return one kind of finding. 404 where the catalogue has none of that code."""
    kind = finding_types().get(code)
    if kind is None:
        raise Problem(404, "not-found", f"目录中没有问题类型 {code}。")
    return FindingTypeOut.of(kind, version)
