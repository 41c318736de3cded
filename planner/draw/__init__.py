"""Site draws (双随机): frozen list, committed seed, a replayable order, coded reserves, verified by replay.

Only the standard library and `planner.domain`; `verify_standalone.py` imports neither.
"""
