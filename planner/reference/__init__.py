"""A second, exact model of a month: days, starts and people in one, written from the rules and not from the engine.

It is slow and small on purpose. Nothing of the engine, of its checks or of its model is used here, so that agreement of
the two says something.
"""
