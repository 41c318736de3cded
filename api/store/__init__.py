"""What the service keeps: SQLite in one file or PostgreSQL, by the database's URL."""

from api.store.database.engine import Store, Tx
from api.store.database.errors import ConflictError, NotFoundError, StateError, StoreError

__all__ = ["ConflictError", "NotFoundError", "StateError", "Store", "StoreError", "Tx"]
