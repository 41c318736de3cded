"""The HTTP service over `planner.service`: not built yet. The package stands here so that its place in the layers does.

Until then the command line (`planner.cli`) is the one way in.
"""
