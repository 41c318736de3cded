"""Durable runs: processes that run the jobs of `api.store.queue` (`worker`, `child`), and the kinds of jobs."""
