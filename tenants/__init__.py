"""Municipalities, the people in them and what they did: everything that keeps one municipality apart from another."""
