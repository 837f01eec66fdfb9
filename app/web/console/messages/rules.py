"""The messages of the rules of links. They stand at the fields of the form of a link, and in the report about a file of links."""

from typing import Final

from app.web.display.translation import N_

# L10n: Messages at the fields of the form of a link. `field` and `other` are labels of fields in quotation marks.
TEXTS: Final = (
    N_("A product's name must not be blank"),
    N_("%(field)s must not be blank"),
    N_("%(field)s must not be above %(other)s"),
    N_("%(field)s must be at least %(least)s, not %(value)s"),
    N_("%(field)s must be from %(least)s to %(most)s, not %(value)s"),
    N_("%(field)s is %(quantity)s, but the buyer may choose from %(least)s to %(most)s only"),
    N_("%(field)s has %(length)s characters; %(longest)s is the most"),
    N_("%(field)s has %(length)s characters, but the field takes from %(shortest)s to %(longest)s"),
    N_("%(field)s must have only digits, because the field takes nothing else"),
    N_("%(field)s must have only letters and digits, not “%(value)s”"),
    N_("%(field)s must contain a letter"),
    N_("%(field)s must not contain any of %(signs)s"),
    N_("Two options have the value “%(value)s”. Give each its own"),
    N_("A dropdown needs at least one option: %(field)s"),
    N_("A dropdown has at most %(allowed)s options, not %(given)s"),
    N_("The default value “%(value)s” is not the value of an option. Choose one of them, or leave it out"),
    N_("A custom field needs a label: %(field)s"),
    N_("Name at least one country in %(field)s"),
    N_("Checkout does not offer delivery to “%(country)s”: leave it out"),
    N_("Checkout does not offer delivery to “%(country)s”: write %(code)s, in capitals"),
    N_("A trial lasts from 1 to %(longest)s days, not %(given)s"),
    N_("A price that the buyer chooses must be the only line item of its link"),
    N_("A price that the buyer chooses can't be recurring"),
    N_("A price that the buyer chooses has no adjustable quantity"),
    N_("A tiered price must be recurring"),
    N_("The price %(id)s is not active. Choose an active price, or activate it"),
    N_("The product of the price %(id)s is not active. Choose another, or activate it"),
    N_(
        "All items of a link are sold in one currency. This link is in %(currency)s, and %(field)s is in "
        "%(other)s without an option in %(same)s"
    ),
    N_(
        "All recurring prices of a link are billed at one interval. %(field)s is billed %(every)s, another "
        "item %(first)s"
    ),
    N_("Tax is calculated automatically or by %(field)s, not both"),
    N_("A link has %(field)s or %(other)s, not both: Checkout takes one discount"),
    N_("The coupon %(id)s is no longer valid"),
    N_("The shipping rate %(id)s is not active"),
    N_("The tax rate %(id)s is not active"),
    N_("This link is in %(currency)s, and the coupon is in %(other)s"),
    N_("This link is in %(currency)s, and the shipping rate is in %(other)s"),
    N_("%(field)s is for one-time payments: leave it out, or sell no item with a recurring price"),
    N_("%(field)s is for subscriptions: leave it out, or sell at least one line item with a recurring price"),
    N_("Not a valid URL: %(field)s must be a full address that starts with https://"),
    N_("Not a valid URL: %(field)s must start with https:// (http:// is allowed only for %(hosts)s)"),
    N_(
        "Not a valid URL: %(field)s must be only an origin, like https://shop.example.com, without a path or "
        "a final slash"
    ),
    N_(
        "Not a valid URL: %(field)s must be one exact origin; wildcards are not allowed. List every site by "
        "its full name"
    ),
    N_(
        "Not a valid URL: %(field)s must start with https://, or be the path of a picture on this server, "
        "like /pictures/…"
    ),
    N_("Not a valid URL: %(field)s must not contain spaces or control characters; write a space as %%20"),
    N_("Not a valid URL: %(field)s must name a valid host"),
    N_("Not a valid URL: %(field)s must name a host"),
    N_("Not a valid URL: %(field)s must not contain a backslash"),
    N_("Not a valid URL: %(field)s must not carry a user name or a password"),
    N_("Not a valid URL: %(field)s must have a port from 1 to 65535, or none"),
    N_("Not a valid URL: %(field)s must write an IP address in full"),
    N_("Not a valid URL: %(field)s must name its host in ASCII: %(host)s"),
    N_("Not a valid URL: %(field)s must name its host: a Content-Security-Policy has no word for an IPv6 address"),
    N_("Not a valid URL: %(field)s must be written in ASCII: percent-encode other characters of the path"),
    N_(
        "Not a valid URL: %(field)s must have at most %(longest)s characters, percent-encoded and with the "
        "session's id filled in, and has %(length)s: proxies do not pass on longer headers"
    ),
    N_(
        "All %(field)s together must have at most %(longest)s characters and have %(length)s: they stand in one "
        "header of the page, and proxies do not pass on longer ones"
    ),
    N_("A payment link has at most %(allowed)s line items; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s custom fields; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s shipping options; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s optional items; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s line items and optional items together; this one would have %(given)s"),
    N_("A billing period lasts at most three years: %(field)s must be from 1 to %(longest)s"),
    N_("%(field)s must be from 0 to 100 with at most two decimals"),
    N_("%(field)s must be at most what the largest order costs: %(amount)s"),
    N_("%(field)s must be at most %(highest)s"),
    N_("%(field)s must not be negative"),
    N_("Give %(field)s or %(other)s, not both"),
    N_("No such account: '%(id)s'. The id of an account begins with acct_"),
    N_("%(field)s must come after %(other)s"),
    N_("%(field)s is redirect, so give its address: %(other)s"),
    N_("%(field)s can't be given when %(other)s is %(value)s"),
    N_("%(field)s is account, so name the account"),
    N_("%(field)s is a time in Unix seconds, before the year 9999"),
    N_("Two custom fields have the key “%(value)s”. Give each its own"),
    N_("A dropdown needs its options: %(field)s"),
    N_("A payment link needs at least one line item: %(field)s"),
    N_("A price that the buyer chooses must have the quantity 1"),
    N_("A price that the buyer chooses can't be an optional item"),
    N_("Two optional items have the price %(id)s. Raise the quantity instead"),
    N_("%(field)s has %(id)s twice. Name each payment method once"),
    N_("%(field)s has %(id)s twice"),
    N_("An item needs a price: %(field)s or %(other)s"),
    N_("Give %(field)s or %(other)s"),
    N_(
        "None of these payment methods can hold a payment until it is captured by hand: %(methods)s. Add another "
        "method, such as card, or leave out %(field)s"
    ),
    N_("%(method)s can't be used in %(currency)s: it takes %(currencies)s. Leave it out"),
    N_("%(method)s can't be used for subscriptions, and this link sells one. Leave it out"),
    N_("This link could never be paid: its largest order costs %(amount)s, and Stripe charges at least %(limit)s"),
    N_("This link could never be paid: its smallest order costs %(amount)s, and Stripe charges at most %(limit)s"),
    N_("This link has no custom field with the key of %(name)s"),
    N_("This link has no option with the value of %(name)s"),
    N_("No such price: '%(id)s'"),
    N_("No such coupon: '%(id)s'"),
    N_("No such shipping rate: '%(id)s'"),
    N_("No such tax rate: '%(id)s'"),
)
"""Without the final full stop. A text stands before a more general one."""
