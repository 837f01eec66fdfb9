"""The order desk: the list of payments, the page of each, and what a merchant does with it."""

from app.web.console.payments import acts, export, listing, page, refund, slips

__all__ = ["acts", "export", "listing", "page", "refund", "slips"]
