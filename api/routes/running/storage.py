"""How much room the service has left, for the administrator."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.http.deps import SettingsDep, StoreDep
from api.http.models.health import Storage, Volume
from api.http.routing import router as new_router
from api.rights import Who, allow
from api.settings import room

MIB = 2**20
router = new_router("运行")


@router.get("/storage", operation_id="storage.get", summary="存储：磁盘总量与剩余")
def get_storage(store: StoreDep, settings: SettingsDep, who: Annotated[Who, Depends(allow("storage.get"))]) -> Storage:
    """Return the room on the disk. How large single parts are is not told: it would tell of unannounced checks."""
    whole, free = room(settings)
    return Storage(
        database="postgresql" if store.on_postgresql else "sqlite",
        volumes=[Volume(what="all", bytes=whole), Volume(what="free", bytes=free)],
        least_mib=settings.free_mib,
        low=free < settings.free_mib * MIB,
    )
