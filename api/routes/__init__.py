"""The operations, a module for each noun. `api.app` includes the `router` of every module here.

A route parses, calls one function and maps its answer; it takes `Who` from `api.rights.allow(<operation_id>)`.
"""
