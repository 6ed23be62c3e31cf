"""Console: the nurse's pages. Who signs in sees the patients of her ward, and nobody else's."""

from bot.console.app import console_routes

__all__ = ["console_routes"]
