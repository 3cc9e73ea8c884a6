"""Rows of the wall: accounts."""

from punte.apps.access.models.account import Account

__all__ = ["Account"]
