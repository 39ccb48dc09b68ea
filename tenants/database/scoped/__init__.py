"""The database backend: Django finds `base.py` in the package that ENGINE names."""
