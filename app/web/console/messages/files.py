"""The messages about a file of links, an import or an event."""

from typing import Final

from app.web.display.translation import N_

TEXTS: Final = (
    N_("This is not valid JSON (line %(line)s, column %(column)s)."),
    N_("This is not valid JSON."),
    N_("A JSON object is expected."),
    N_("This JSON has more than %(depth)s levels."),
    N_("Too many parameters: a request has at most %(allowed)s."),
    N_("Repeated parameter: %(name)s was sent more than once."),
    N_("Repeated parameter: %(name)s occurs in one object more than once."),
    N_("Received unknown parameter: %(name)s. Did you mean %(other)s?"),
    N_("Received unknown parameter: %(name)s."),
    N_("Missing required param: %(name)s."),
    N_("This is no export of Counterfoil, or it was changed by hand."),
    N_("This is not the picture that was exported under this path."),
    N_("The file has no link."),
    N_("The file has more than %(allowed)s links."),
    N_("A link of the file has no id."),
    N_("Another move is running. Wait a moment, then open this page again."),
    N_("Nothing in this file is called %(name)s above this place."),
    N_("Another organization has a link with this slug or id."),
    N_("Name one id for each line item."),
    N_("Another organization of this server has the link already."),
    N_("Stripe did not list the link again."),
    N_("The link cannot be read (%(name)s)."),
    N_("The count must not be negative."),
    N_("The price was not read."),
    N_("The text has a character that cannot be stored."),
    N_("The link has no items."),
    N_("Switched off: %(place)s is gone at Stripe."),
    N_("Switched off: the product %(id)s is deleted."),
    N_("Switched off: the product %(id)s is archived."),
    N_("Switched off: %(place)s %(id)s is archived."),
    N_("Switched off: %(reason)s"),
    N_("Left out %(place)s: Stripe answers null inside it."),
    N_("Event %(id)s was made here. It reports a change, so there is nothing to apply."),
)
