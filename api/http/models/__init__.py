"""Shapes of requests and responses (pydantic), a module for each module of routes."""
