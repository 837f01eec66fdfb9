"""The filters of templates: amounts, dates and addresses in the language of the page. Templates do no arithmetic."""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Final

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from flask import Flask, url_for
from markupsafe import Markup, escape

from app.objects.organization import Organization
from app.objects.typed_text import characters
from app.pricing.money import format_amount, format_amount_plain
from app.web.display import markdown
from app.web.display.contact import contact_of
from app.web.display.locale import page_locale, shown_locale
from app.web.display.postal_address import postal_line
from app.web.display.safe_urls import image_url, link_url, mail_url, touch_icon_url
from app.web.display.time_zones import MINUS, zone_in_words, zone_of
from app.web.display.translation import gettext as _
from app.web.http.bundles import bundle_hash
from app.web.http.context import current_context
from app.web.http.static_files import static_hash
from app.wire.web_address import readable

_HTMX: Final = {
    # Nothing here needs unsafe-inline or unsafe-eval. Morphing keeps what the buyer has opened or closed (`open`).
    "includeIndicatorCSS": False,
    "history": False,
    "morphIgnore": ["data-htmx-powered", "open"],
}
HTMX_CONFIG: Final = json.dumps(_HTMX)

CONSOLE_HTMX_CONFIG: Final = json.dumps({**_HTMX, "history": "reload"})
"""In the console, the address contains the search. Going back loads the page of that address."""
_COMMAS: Final = {"ar": "، ", "ja": "、", "zh": "，"}  # noqa: RUF001
"""The comma of languages that do not write a comma and a space."""

_DAY_MONTH: Final = re.compile(r"(?<!\d)(\d{1,2}\.?) (?=[^\W\d])|(?<=[^\W\d]) (?=\d{1,2}(?!\d))")


def money(amount: int, currency: str) -> str:
    """Format an amount in minor units, with its currency."""
    return format_amount(amount, currency, page_locale()).replace("-", MINUS)


def money_plain(amount: int, currency: str) -> str:
    """Format an amount for the value of an input: without currency and without grouping."""
    return format_amount_plain(amount, currency, page_locale())


def number(value: int | Decimal) -> str:
    """Format a count or a rate, with the separators of the language and all of its decimals."""
    return format_decimal(value, format="#,##0.####" if isinstance(value, Decimal) else None, locale=shown_locale())


def percent(value: Decimal) -> str:
    """Format a percentage with all of its decimals: "7.25%", in German "7,25 %", in Turkish "%7,25"."""
    locale = shown_locale()
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.####")
    return format_percent(value / 100, pattern, locale=locale)


def listed(parts: Iterable[str]) -> str:
    """Write a list as a sentence has it: "A, B and C"."""
    return str(format_list(list(parts), locale=shown_locale()))


def with_commas(*parts: str | None) -> str:
    """Write short notes after each other, with the comma of the language. Empty ones are left out."""
    return _COMMAS.get(shown_locale().language, ", ").join(part for part in parts if part)


def date(timestamp: int, timezone: str = "UTC") -> str:
    """Format a day. Day and month stay together at the end of a line."""
    moment = _moment(timestamp, timezone)
    if moment is None:
        # L10n: Stands where a date would be, also in a sentence.
        return _("an unknown date")
    locale = shown_locale()
    # English is read in many countries, and nearly all of them write the day first.
    text = format_date(moment, "d MMMM y" if locale.language == "en" else "long", locale=locale)
    return _DAY_MONTH.sub(lambda match: f"{match.group(1) or ''}\u00a0", text)


def weekday_and_date(timestamp: int, timezone: str = "UTC") -> str:
    """Format a day with its weekday: "Thursday, 26 November" in English. Other languages add the year."""
    moment = _moment(timestamp, timezone)
    if moment is None:
        return _("an unknown date")
    locale = shown_locale()
    text = format_date(moment, "EEEE, d MMMM" if locale.language == "en" else "full", locale=locale)
    return _DAY_MONTH.sub(lambda match: f"{match.group(1) or ''}\u00a0", text)


def time(timestamp: int, timezone: str = "UTC") -> str:
    """Format a time of day."""
    moment = _moment(timestamp, timezone)
    if moment is None:
        # L10n: Stands where a time of day would be, also in a sentence.
        return _("an unknown time")
    locale = shown_locale()
    return format_time(moment, "HH:mm" if locale.language == "en" else "short", locale=locale)


def time_with_zone(timestamp: int, timezone: str = "UTC") -> str:
    """Format a time of day with its zone: "14:13 (Vienna time)"."""
    return _with_zone(time(timestamp, timezone), timestamp, timezone)


def date_and_time(timestamp: int, timezone: str = "UTC") -> str:
    """Format a day and a time of day with its zone: "21 September 2026, 14:13 (Vienna time)"."""
    if _moment(timestamp, timezone) is None:
        return _("an unknown date")
    # L10n: A day and a time of day.
    text = _("%(date)s, %(time)s", date=date(timestamp, timezone), time=time(timestamp, timezone))
    return _with_zone(text, timestamp, timezone)


def time_markup(timestamp: int, timezone: str = "UTC") -> Markup:
    """Format a day and a time of day with its zone as a `time` element."""
    text, moment = date_and_time(timestamp, timezone), _moment(timestamp, timezone)
    return escape(text) if moment is None else Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), text)


def is_later_day(one: int, other: int, timezone: str) -> bool:
    """Whether one time is on a later day than another in the merchant's time zone."""
    first, second = _moment(one, timezone), _moment(other, timezone)
    if first is None or second is None:
        return one > other
    return first.date() > second.date()


def _with_zone(text: str, timestamp: int, timezone: str) -> str:
    if _moment(timestamp, timezone) is None:
        return text
    # L10n: `zone` is a text such as "Vienna time" or "UTC+3".
    return _("%(time)s (%(zone)s)", time=text, zone=zone_in_words(timezone, timestamp))


def _moment(timestamp: int, timezone: str) -> datetime | None:
    """Return a moment where the merchant is, or None where no calendar can show it: rows of older versions are not bounded."""
    try:
        return datetime.fromtimestamp(timestamp, zone_of(timezone))
    except (OSError, OverflowError, ValueError):
        return None


def merchant_name(organization: Organization) -> str:
    """Return the name that buyers know the merchant by."""
    return organization.business_profile.name or organization.name


def shortened(text: str, maximum: int) -> str:
    """Return a text that is cut after a word, or within a word that is too long. A letter keeps its accents, and a flag stays whole."""
    text = " ".join(text.split())
    if len(text) <= maximum:
        return text
    # Three times as many characters are read, because a combining one may follow that belongs to the last.
    ends = accumulate(len(character) for character in characters(text[: maximum * 3]))
    end = max((end for end in ends if end < maximum), default=0)
    space = text.rfind(" ", end * 2 // 3, end + 1)
    return text[: space if space > 0 else end].rstrip(" ,;:.–-") + "…"


def initial(name: str) -> str:
    """Return the first letter or digit of a name in upper case, else its first sign, for a tile without a picture."""
    visible = [character for character in characters(unicodedata.normalize("NFC", name)) if character.strip()]
    letters = (character for character in visible if character[0].isalnum())
    first = next(letters, visible[0] if visible else "")
    capital = first.upper()
    return capital if len(capital) == len(first) else capital[:1]


_BRAND_RULES: Final = 3
"""Changes with the rules that make styles from colours, because browsers keep the stylesheet for good."""


def brand_url(organization: Organization) -> str | None:
    """Return the address of the stylesheet in the merchant's colours, or None. It holds the colours, so its content never changes."""
    branding = organization.settings.branding
    primary = branding.primary_color
    if primary is None:
        return None
    colors = "-".join(color.removeprefix("#").lower() for color in (primary, branding.secondary_color) if color)
    return url_for("assets.brand", colors=colors, v=brand_version(colors))


def brand_version(colors: str) -> str:
    """Return the version of the stylesheet in these colours, for the parameter `v` of its address. Only this server can make it."""
    content = f"stylesheet {bundle_hash('counterfoil.css')} {_BRAND_RULES} {colors}"
    return hmac.new(current_context().config.secret_key.encode(), content.encode(), "sha256").hexdigest()[:12]


def footer_links(organization: Organization) -> list[tuple[str, str]]:
    """Return the links in the footer as (label, address). Only existing addresses are listed."""
    contact = contact_of(organization)
    links = [
        # L10n: A link in the footer to the terms of service. The next three are links, too: privacy policy, refund policy, contact.
        (_("Terms"), link_url(organization.terms_of_service_url)),
        (_("Privacy"), link_url(organization.privacy_policy_url)),
        (_("Refunds"), link_url(organization.refund_policy_url)),
        (_("Contact"), contact.url if contact else None),
    ]
    return [(label, url) for label, url in links if url]


def bundle_url(name: str) -> str:
    """Return the address of a bundle of styles or scripts with its content's hash, so that browsers may keep it for good."""
    return url_for("assets.bundle", name=name, v=bundle_hash(name))


def static_url(filename: str) -> str:
    """The address of a static file with its content's hash, so that browsers may keep it for good."""
    return url_for("static", filename=filename, v=static_hash(filename))


def server_name() -> str:
    """Return the host of this server, for pages that name no merchant."""
    return readable(current_context().config.public_url).partition("://")[2]


def merchant_text(text: str, *, new_tab: bool = False) -> Markup:
    """Render a merchant's text as paragraphs."""
    return markdown.paragraphs(text, new_tab=new_tab)


def merchant_line(text: str, *, new_tab: bool = False) -> Markup:
    """Render a merchant's text within a line."""
    return markdown.inline(text, new_tab=new_tab)


def register(app: Flask) -> None:
    """Add the filters to an application's templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        brand_url=brand_url,
        date=date,
        date_and_time=date_and_time,
        footer_links=footer_links,
        image_url=image_url,
        initial=initial,
        link_url=link_url,
        listed=listed,
        mail_url=mail_url,
        merchant_line=merchant_line,
        merchant_name=merchant_name,
        shortened=shortened,
        merchant_text=merchant_text,
        money=money,
        postal_line=postal_line,
        money_plain=money_plain,
        readable=readable,
        time=time,
        touch_icon_url=touch_icon_url,
    )
    app.jinja_env.globals.update(
        bundle_url=bundle_url,
        htmx_config=HTMX_CONFIG,
        server_name=server_name,
        static_url=static_url,
        with_commas=with_commas,
    )
