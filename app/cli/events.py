"""`counterfoil events`: what happened on this server and at Stripe."""

import click

from app.cli.common import (
    create_context,
    json_option,
    open_command_store,
    organization_of,
    organization_option,
    print_json,
    print_table,
)


@click.group()
def events() -> None:
    """Events of this server and of Stripe."""


@events.command("list")
@organization_option
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--type", "type_", metavar="TYPE", help="Only events of this type.")
@json_option
def events_list(organization: str | None, limit: int, type_: str | None, as_json: bool) -> None:
    """List the newest events with their outcome. Without --organization, list those of all organizations."""
    store = open_command_store()
    owner = organization_of(store, organization).id if organization else None
    found, _ = store.events(owner, type=type_, limit=limit)
    outcomes = store.event_outcomes([event.id for event in found])
    if as_json:
        print_json([event.model_dump(mode="json") | {"outcome": outcomes.get(event.id, "")} for event in found])
        return
    print_table([event.id, event.type, outcomes.get(event.id, "")] for event in found)


@events.command("show")
@click.argument("id")
@json_option
def events_show(id: str, as_json: bool) -> None:  # noqa: ARG001  # an event is JSON in any case
    """Print an event as JSON."""
    event = open_command_store().event(id)
    if event is None:
        raise click.ClickException(f"There is no event {id}.")
    print_json(event.model_dump(mode="json"))


@events.command("replay")
@click.argument("id")
def events_replay(id: str) -> None:
    """Apply an event again. Print the outcome."""
    from app.services.events.inbox import replay

    context = create_context()
    click.echo(replay(context.store, context.gateway, id, context.clock()))
