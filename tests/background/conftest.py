from tests.catalog.elsewhere import elsewhere

__all__ = ["elsewhere"]
