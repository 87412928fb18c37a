"""Files sent as multipart/form-data."""

from __future__ import annotations
