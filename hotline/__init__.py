"""Notices: who has to be told, once, and the proof that they were."""
