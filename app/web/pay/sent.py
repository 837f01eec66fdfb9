"""A posted form. The form itself is built when a page shows it: for a valid post, its entries are enough."""

from functools import cached_property

from flask import request

from app.web.pay.form.entries import Entries
from app.web.pay.form.form import PayForm
from app.web.pay.form.post_rules import post_rules
from app.web.pay.render import sent_form, sent_tokens
from app.web.visit.visit import Visit


class SentForm:
    """The form that was posted to a link. `tokens` has the token that came with it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self.tokens = sent_tokens(visit)

    @cached_property
    def entries(self) -> Entries | None:
        """What was sent. None: something has to be corrected."""
        rules = post_rules(self._visit)
        entries = rules.read(request.form) if rules else None
        if entries is None and self.form.is_valid:
            entries = self.form.entries
        return entries

    @cached_property
    def form(self) -> PayForm:
        """The form with the posted values and their errors."""
        form = sent_form(self._visit, self.tokens)
        form.check()
        return form
