"""The lists of the coordinator, as data for the one frame of ``core.lists``."""
