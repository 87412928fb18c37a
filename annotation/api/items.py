"""Items: sent by URL, listed, renamed."""

from __future__ import annotations
