"""`counterfoil links`: create, list, show, change, switch, import and export payment links."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

import click

from app.cli.common import (
    create_context,
    json_option,
    json_text,
    open_command_store,
    organization_of,
    organization_option,
    print_json,
    print_table,
    read_command_config,
    read_json,
    readable,
    utc,
    with_current_urls,
)
from app.cli.importing import links_import

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.config import Config
    from app.objects.change import Actor, Change
    from app.objects.payment_link import PaymentLink
    from app.objects.refusal import Refusal
    from app.services.links.checking import Finding
    from app.store.protocol import Store

REFUSED = 3
"""The exit status of `links check` where Stripe refuses a link."""

CHANGES: Final = 5
"""How many changes of a link are shown."""


@click.group()
def links() -> None:
    """Payment links."""


links.add_command(links_import)


@links.command("create")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@organization_option
def links_create(file: IO[str], organization: str | None) -> None:
    """Create a link from JSON with the API's parameters (FILE or standard input). Print the link."""
    from app.objects.change import COMMAND_LINE
    from app.services.links import service

    data = read_json(file)
    context = create_context()
    owner = organization_of(context.store, organization)
    link = service.create(
        context.store,
        context.gateway,
        owner,
        data,
        context.clock(),
        actor=COMMAND_LINE,
        settings=context.link_settings,
    )
    print_json(_rendered(link, context.clock()))


@links.command("list")
@organization_option
@json_option
def links_list(organization: str | None, as_json: bool) -> None:
    """List links, newest first."""
    from app.clock import clock
    from app.services.links.refusals import refusals_of

    config = read_command_config()
    store = open_command_store(config)
    owner = organization_of(store, organization)
    found: list[PaymentLink] = []
    more, after = True, None
    while more:
        page, more = store.links(owner.id, limit=100, starting_after=after)
        found += [with_current_urls(link, config) for link in page]
        after = page[-1].id if page else None
    now = clock()
    if as_json:
        print_json([_rendered(link, now) for link in found])
        return
    refused = refusals_of(store, found, now)
    print_table(
        [link.id, _state(link, refused.get(link.id)), link.counterfoil.name or "", readable(link.url)] for link in found
    )


@links.command("show")
@click.argument("id")
@organization_option
@click.option("--return-url", metavar="URL", help="HTML block: the page that it will stand on. Back leads there.")
@click.option(
    "--theme",
    type=click.Choice(["light", "auto", "dark"]),
    default="light",
    help="HTML block: the colours of the frame.",
)
@click.option("--no-qr", is_flag=True, help="HTML block: leave out the QR code.")
@json_option
def links_show(
    id: str, organization: str | None, return_url: str | None, theme: str, no_qr: bool, as_json: bool
) -> None:
    """Show a link by id, code or slug: address, QR code, HTML block, why Stripe refuses it, refused sites, last changes."""
    from app.clock import clock
    from app.services.accounts.changes import list_changes
    from app.services.links.refusals import refusal_of
    from app.wire.lists import Page

    config = read_command_config()
    store = open_command_store(config)
    link = with_current_urls(_find(store, id, organization), config)
    refusal = refusal_of(store, link, clock())
    made, _more = list_changes(store, link.counterfoil.organization, Page(limit=CHANGES), about=link.id)
    if as_json:
        rendered = _rendered(link, clock())
        rendered["counterfoil"]["changes"] = [change.model_dump(mode="json") for change in made]
        rendered["counterfoil"]["refusal"] = refusal.model_dump() if refusal is not None else None
        print_json(rendered)
        return
    from app.web.display.snippet import Choices, snippet

    owner = organization_of(store, link.counterfoil.organization)
    html = snippet(link, owner, Choices(return_url, theme, qr=not no_qr))
    print_table([[link.id, _state(link, refusal), link.counterfoil.name or ""]])
    click.echo(f"\nAddress\n  {readable(link.url)}\n\nQR code\n  {readable(link.counterfoil.qr_url)}\n\nHTML block")
    click.echo("".join(f"  {line}\n" for line in html.splitlines()))
    sites = ", ".join(map(readable, link.counterfoil.embed_origins))
    click.echo(f"Sites that may frame the page\n  {sites or 'none: list them in counterfoil[embed_origins]'}")
    _print_refusal(refusal)
    refused = store.refused_origins(link.id)
    if refused:
        click.echo("\nSites that tried to frame the page and were refused")
        print_table(([readable(row["origin"]), f"{row['count']} times"] for row in refused), indent=2)
    _print_changes(made)


@links.command("check")
@click.option("--organization", metavar="ID", help="Leave it out for every organization.")
@json_option
def links_check(organization: str | None, as_json: bool) -> None:
    """Ask Stripe whether every active link can still be sold. Exit with status 3 if one cannot."""
    from app.services.links.checking import check_links

    context = create_context()
    store = context.store
    owners = [organization_of(store, organization)] if organization else store.organizations()
    findings = check_links(store, context.gateway, owners, context.clock())
    if as_json:
        print_json([_finding(finding, context.config) for finding in findings])
    else:
        print_table(
            [
                finding.link.id,
                "refused" if finding.refusal else "can be sold",
                finding.link.counterfoil.name or readable(with_current_urls(finding.link, context.config).url),
                finding.refusal.message if finding.refusal else "",
            ]
            for finding in findings
        )
    refused = sum(finding.refusal is not None for finding in findings)
    noun = "active link" if len(findings) == 1 else "active links"
    click.echo(f"{len(findings)} {noun}, {refused} refused by Stripe.", err=True)
    if refused:
        click.get_current_context().exit(REFUSED)


def _finding(finding: Finding, config: Config) -> dict[str, Any]:
    link = with_current_urls(finding.link, config)
    return {
        "payment_link": link.id,
        "organization": link.counterfoil.organization,
        "name": link.counterfoil.name,
        "url": link.url,
        "refusal": finding.refusal.model_dump() if finding.refusal is not None else None,
    }


@links.command("update")
@click.argument("id")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@organization_option
def links_update(id: str, file: IO[str], organization: str | None) -> None:
    """Change a link from JSON with the API's parameters (FILE or standard input). Print the link."""
    _update(id, organization, read_json(file))


@links.command("activate")
@click.argument("id")
@organization_option
def links_activate(id: str, organization: str | None) -> None:
    """Switch a link on. Print it."""
    _update(id, organization, {"active": True})


@links.command("deactivate")
@click.argument("id")
@organization_option
def links_deactivate(id: str, organization: str | None) -> None:
    """Switch a link off and end its open sessions. Print it."""
    _update(id, organization, {"active": False})


@links.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@organization_option
def links_export(file: IO[str], organization: str | None) -> None:
    """Write all links with what they sell as a seed file (FILE or standard output), which `counterfoil seed` reads."""
    from app.services.links.exporting import export_links

    store = open_command_store()
    exported = export_links(store, organization_of(store, organization))
    file.write(json_text(exported) + "\n")
    click.echo(f"{len(exported['payment_links'])} links exported.", err=True)


def _update(id: str, organization: str | None, params: dict[str, Any]) -> None:
    from app.objects.change import COMMAND_LINE
    from app.services.links import service

    context = create_context()
    link = _find(context.store, id, organization)
    owner = organization_of(context.store, link.counterfoil.organization)
    changed = service.update(
        context.store,
        context.gateway,
        owner,
        link.id,
        params,
        context.clock(),
        actor=COMMAND_LINE,
        settings=context.link_settings,
    )
    print_json(_rendered(changed, context.clock()))


def _print_refusal(refusal: Refusal | None) -> None:
    if refusal is None:
        return
    click.echo("\nStripe refuses this link")
    print_table([[refusal.message]], indent=2)
    details = [("code", refusal.code), ("parameter", refusal.param)]
    if refusal.count:
        details += [("since", utc(refusal.created)), ("last", utc(refusal.last_seen)), ("times", str(refusal.count))]
    print_table([(name, value) for name, value in details if value], indent=2)


def _print_changes(made: Sequence[Change]) -> None:
    if not made:
        return
    click.echo("\nLast changes")
    print_table(([utc(change.created), _who(change.actor), change.what, _values(change)] for change in made), indent=2)


def _who(actor: Actor) -> str:
    """Return who made a change: the name that people know, or what kind of program it was."""
    kinds = {"command": "command line", "key": "API key", "reconcile": "server", "stripe": "Stripe", "user": "user"}
    return actor.name or actor.id or kinds[actor.kind]


def _values(change: Change) -> str:
    """Return the values that changed, each in one line: `active: true → false`."""
    found = (f"{it.name}: {it.old or 'none'} → {it.new or 'none'}" for it in change.differences)
    return "; ".join(" ".join(text.split()) for text in found)


def _find(store: Store, id: str, organization: str | None) -> PaymentLink:
    owner = organization_of(store, organization) if organization else None
    link = store.link(id) or store.link_by_code(id)
    if link is None or (owner is not None and link.counterfoil.organization != owner.id):
        raise click.ClickException(f"There is no payment link {id}.")
    return link


def _state(link: PaymentLink, refusal: Refusal | None) -> str:
    return "inactive" if not link.active else "active" if refusal is None else "refused"


def _rendered(link: PaymentLink, now: int) -> dict[str, Any]:
    """Return a link as the API answers it, with its line items."""
    from app.pricing.quote import with_amounts
    from app.wire.expand import render

    return render(with_amounts(link, now), ("line_items",))
