"""Invented data: one deterministic generator for the demo, the tests, load and training.

``municipalities``, ``volumes``, ``lives`` and ``planner`` decide who does what when (pure, no database); ``people`` and
``homes`` invent what is written down about them; ``chronicle`` turns the plan into rows; ``copying`` and ``filling``
store them.
"""
