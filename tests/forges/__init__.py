"""A test server that plays the forges on loopback.

What is true stands in `world`, who tells it in one module a forge, what breaks in `faults`.

Tests take the fixture `forges`, a running `forges.server.Forges`.
"""
