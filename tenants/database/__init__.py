"""How PostgreSQL is reached: backend, router, roles, catalogue."""
