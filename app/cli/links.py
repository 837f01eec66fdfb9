"""`counterfoil links`: made, listed, shown, switched on and off."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click

from app.cli.common import (
    create_context,
    open_command_store,
    organization_of,
    organization_option,
    print_json,
    read_command_config,
    read_json,
    readable,
    with_current_urls,
)

if TYPE_CHECKING:
    from app.objects.payment_link import PaymentLink
    from app.store.protocol import Store


@click.group()
def links() -> None:
    """Payment links."""


@links.command("create")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@organization_option
def links_create(file: IO[str], organization: str | None) -> None:
    """Make a link from JSON in the API's own parameters (a FILE or standard input); prints the link."""
    from app.services.links import service

    data = read_json(file)
    context = create_context()
    owner = organization_of(context.store, organization)
    link = service.create(context.store, context.gateway, owner, data, context.clock(), settings=context.link_settings)
    print_json(_rendered(link, context.clock()))


@links.command("list")
@organization_option
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def links_list(organization: str | None, as_json: bool) -> None:
    """Every link, newest first."""
    config = read_command_config()
    store = open_command_store(config)
    owner = organization_of(store, organization)
    found: list[PaymentLink] = []
    more, after = True, None
    while more:
        page, more = store.links(owner.id, limit=100, starting_after=after)
        found += [with_current_urls(link, config) for link in page]
        after = page[-1].id if page else None
    if as_json:
        from app.clock import clock

        now = clock()
        print_json([_rendered(link, now) for link in found])
        return
    for link in found:
        state = "active" if link.active else "inactive"
        click.echo(f"{link.id}  {state:8}  {link.counterfoil.name or '':30}  {readable(link.url)}")


@links.command("show")
@click.argument("id")
@organization_option
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
def links_show(id: str, organization: str | None, as_json: bool) -> None:
    """One link, by its id, code or slug: what it is, and how to share it."""
    from app.clock import clock

    config = read_command_config()
    store = open_command_store(config)
    link = with_current_urls(_found(store, id, organization), config)
    if as_json:
        print_json(_rendered(link, clock()))
        return
    from app.web.display.snippet import snippet

    click.echo(f"{link.id}  {'active' if link.active else 'inactive'}  {link.counterfoil.name or ''}")
    click.echo(f"\nAddress\n  {readable(link.url)}\n\nQR code\n  {readable(link.counterfoil.qr_url)}\n\nSnippet")
    click.echo(
        "".join(
            f"  {line}\n" for line in snippet(link, organization_of(store, link.counterfoil.organization)).splitlines()
        )
    )
    listed = (
        ", ".join(map(readable, link.counterfoil.embed_origins))
        or "none: nobody can frame it until counterfoil[embed_origins] names them"
    )
    click.echo(f"Origins that may frame it\n  {listed}")
    refused = store.refused_origins(link.id)
    if refused:
        click.echo("\nOrigins that tried and were refused")
        for row in refused:
            click.echo(f"  {row['origin']}  {row['count']} times")


@links.command("import")
@organization_option
def links_import(organization: str | None) -> None:
    """Bring the Payment Links of the Stripe account behind STRIPE_SECRET_KEY into this server; prints a line for each."""
    from app.services.links.importing import import_links

    context = create_context()
    owner = organization_of(context.store, organization)
    brought = import_links(context.store, context.gateway, owner, context.clock(), settings=context.link_settings)
    for link in brought:
        click.echo(f"{link.id}  {readable(link.url)}")
    click.echo(f"{len(brought)} links brought in." if brought else "Nothing new.", err=True)


@links.command("activate")
@click.argument("id")
@organization_option
def links_activate(id: str, organization: str | None) -> None:
    """Switch a link on; prints it."""
    _switch(id, organization, active=True)


@links.command("deactivate")
@click.argument("id")
@organization_option
def links_deactivate(id: str, organization: str | None) -> None:
    """Switch a link off; prints it. Sessions that are open are ended."""
    _switch(id, organization, active=False)


def _switch(id: str, organization: str | None, *, active: bool) -> None:
    from app.services.links import service

    context = create_context()
    link = _found(context.store, id, organization)
    owner = organization_of(context.store, link.counterfoil.organization)
    changed = service.update(
        context.store,
        context.gateway,
        owner,
        link.id,
        {"active": active},
        context.clock(),
        settings=context.link_settings,
    )
    print_json(_rendered(changed, context.clock()))


def _found(store: Store, id: str, organization: str | None) -> PaymentLink:
    owner = organization_of(store, organization) if organization or not id else None
    link = store.link(id) or store.link_by_code(id)
    if link is None or (owner is not None and link.counterfoil.organization != owner.id):
        raise click.ClickException(f"There is no payment link {id}.")
    return link


def _rendered(link: PaymentLink, now: int) -> dict[str, Any]:
    """A link as the API answers it, with its line items."""
    from app.pricing.quote import with_amounts
    from app.wire.expand import render

    return render(with_amounts(link, now), ("line_items",))
