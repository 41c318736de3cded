"""The service: its routes, what surrounds them, and what lives as long as it does."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import problems, routes
from api.accounts.limits import Buckets
from api.accounts.oidc import Provider
from api.accounts.uses import Uses
from api.desk.published.kept_books import warm
from api.http import page
from api.http.compress import Compress
from api.http.document import document_of
from api.http.observe import Metrics, Observe
from api.jobs.worker import Worker
from api.settings import Settings
from api.store import Store
from api.store.database.migrate import require_current
from planner import __version__

TITLE = "综合查一次 · 涉企检查统筹"
PREFIX = "/v1"

logger = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """Return the service. It opens the store, and starts `settings.workers` workers, when it starts.

    Starting raises StateError where the database is not at the program's schema.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        store = Store(
            settings.database_url, pool=settings.pool, busy_seconds=settings.busy_seconds, beside=settings.beside
        )
        try:
            await run_in_threadpool(require_current, store)
            app.state.store = store
            await run_in_threadpool(warm, store)
            with noting(store, app.state.uses), working(store, settings):
                yield
        finally:
            await run_in_threadpool(store.close)

    app = FastAPI(
        title=TITLE,
        version=__version__,
        lifespan=life,
        docs_url=None,  # both load scripts from elsewhere
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
    )
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.buckets = Buckets(settings.rate_per_second, settings.rate_burst)
    app.state.oidc = Provider(settings)
    app.state.uses = Uses()
    for name in route_modules():
        module = importlib.import_module(name)
        app.include_router(module.router, prefix=getattr(module, "PREFIX", PREFIX))
    app.openapi = lambda: document_of(app)  # type: ignore[method-assign]
    problems.install(app)
    page.mount(app, sign_on=f"{PREFIX}/session/oidc" if settings.signs_on_elsewhere else "")
    app.add_middleware(Compress)
    app.add_middleware(Observe, metrics=app.state.metrics, upload_mib=settings.upload_mib)
    return app


def route_modules() -> list[str]:
    """Return the modules of routes in the order of their own names, whatever room they are in."""
    found = pkgutil.walk_packages(routes.__path__, f"{routes.__name__}.")
    return sorted((module.name for module in found if not module.ispkg), key=lambda name: name.rpartition(".")[2])


@contextmanager
def working(store: Store, settings: Settings) -> Iterator[None]:
    """Run the embedded workers; at the end their runs go back into the queue."""
    workers = [Worker(store, settings) for _ in range(settings.workers)]
    threads = [threading.Thread(target=worker.run, name=worker.name, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop.set()
        for thread in threads:
            thread.join(timeout=settings.grace_seconds)


@contextmanager
def noting(store: Store, uses: Uses) -> Iterator[None]:
    """Write behind which tokens and sessions are in use; what is noted last is written before the store closes."""
    stop = threading.Event()
    thread = threading.Thread(target=uses.keep_writing, args=(store, stop), name="uses", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=store.busy_seconds + 1)
