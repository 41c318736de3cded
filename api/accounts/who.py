"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["bureau", "agency", "town", "auditor", "integrator", "public", "admin", "security", "audit"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: dict[str, str] = {
    "bureau": "统筹部门",
    "agency": "检查主体",
    "town": "街镇",
    "auditor": "监督审计",
    "integrator": "系统对接",
    "public": "公众",
    "admin": "系统管理",
    "security": "安全管理",
    "audit": "审计管理",
}
Scope = Literal["read", "filings", "plans", "publish", "accounts", "metrics"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Who:
    """An account as one request knows it; without one, the public.

    `login` is what records and the log name it by, `name` what people call it. `agency_id` is set for an agency's
    account, `town` for a town's. `scopes` is what its token may do; a session of the page may do all its role may.
    `by` says how it came in.
    """

    account_id: str = ""
    login: str = "public"
    name: str = "公众"
    role: Role = "public"
    agency_id: str | None = None
    town: str | None = None
    scopes: frozenset[str] = frozenset({"read"})
    by: Literal["nothing", "session", "token"] = "nothing"

    @property
    def sees_all(self) -> bool:
        """Return whether unannounced checks of every agency are for its eyes: the coordinator's alone."""
        return self.role == "bureau"


PUBLIC = Who()
