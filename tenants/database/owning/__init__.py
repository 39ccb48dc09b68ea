"""The backend of the owner's login: Django finds `base.py` in the package that ENGINE names."""
