"""A package, so that its tests share a browser: pytest closes it before any other test."""
