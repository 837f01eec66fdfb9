"""The tables: JSON documents with a few columns for look-ups. A new attribute of an object needs no migration.

Only values that the database must find, count or keep unique have a column. A package that stores its own documents in the same
database, as the sandbox does, has its own steps.
"""

from collections.abc import Sequence
from typing import Final

from app.objects.attempt import LIVE, PAID, State
from app.store.home_steps import HOME_STEPS
from app.store.import_steps import IMPORT_STEPS
from app.store.link_steps import LINK_STEPS
from app.store.migrations import Step
from app.store.mode_steps import MODE_STEPS
from app.store.order_steps import ORDER_STEPS
from app.store.page_states import PAGE_STEPS
from app.store.people_steps import PEOPLE_STEPS
from app.store.stripe_steps import STRIPE_STEPS


def _in_states(states: Sequence[State]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


TO_REFUND: Final = f"({_in_states(PAID)} AND place = 'released')"
"""Paid attempts that got no place, so the money must be refunded."""

UNFINISHED: Final = f"(state IN ('opened', 'processing') OR {TO_REFUND})"
"""Attempts that Stripe must still be asked about."""

LASTING: Final = _in_states(LIVE)
"""Attempts whose form must not try the same selection again. The others have failed, expired or been canceled."""

UNPAID: Final = "state IN ('opened', 'failed', 'expired', 'canceled')"
"""Of attempts: nothing was paid, or not yet."""

STEPS: Final = (
    Step(
        "organizations and keys",
        (
            """CREATE TABLE organizations (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                document TEXT NOT NULL
            ) {strict}""",
            """CREATE TABLE keys (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL REFERENCES organizations (id),
                hash TEXT NOT NULL UNIQUE,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX keys_by_organization ON keys (organization, sequence)",
        ),
    ),
    Step(
        "payment links",
        (
            # places: held and completed sessions; completed: only the completed ones; places_limit: completed_sessions.limit.
            """CREATE TABLE payment_links (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL REFERENCES organizations (id),
                active {integer} NOT NULL,
                version {integer} NOT NULL,
                places {integer} NOT NULL,
                completed {integer} NOT NULL,
                places_limit {integer},
                document TEXT NOT NULL,
                CHECK (0 <= completed AND completed <= places)
            ) {strict}""",
            "CREATE INDEX payment_links_by_organization ON payment_links (organization, sequence)",
            "CREATE INDEX payment_links_by_active ON payment_links (organization, active, sequence)",
            # Random codes and slugs share one table, so a slug can never equal a code.
            """CREATE TABLE link_codes (
                code TEXT PRIMARY KEY,
                payment_link TEXT NOT NULL REFERENCES payment_links (id)
            ) {strict}""",
            "CREATE INDEX link_codes_by_link ON link_codes (payment_link)",
            """CREATE TABLE link_resources (
                resource TEXT NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                PRIMARY KEY (resource, payment_link)
            ) {strict}""",
            "CREATE INDEX link_resources_by_link ON link_resources (payment_link)",
            """CREATE TABLE refused_origins (
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                origin TEXT NOT NULL,
                tries {integer} NOT NULL,
                last_seen {integer} NOT NULL,
                PRIMARY KEY (payment_link, origin)
            ) {strict}""",
        ),
    ),
    Step(
        "attempts",
        (
            # live: the same form must not try the same selection again.
            """CREATE TABLE attempts (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL,
                payment_link TEXT NOT NULL REFERENCES payment_links (id),
                form TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                token TEXT NOT NULL UNIQUE,
                checkout_session TEXT UNIQUE,
                payment_intent TEXT,
                state TEXT NOT NULL,
                live {integer} NOT NULL,
                place TEXT NOT NULL,
                expires_at {integer} NOT NULL,
                version {integer} NOT NULL,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE UNIQUE INDEX attempts_live ON attempts (form, fingerprint) WHERE live = 1",
            "CREATE INDEX attempts_by_form ON attempts (form, sequence)",
            "CREATE INDEX attempts_by_link ON attempts (payment_link, sequence)",
            "CREATE INDEX attempts_by_payment_intent ON attempts (payment_intent)",
            f"CREATE INDEX attempts_unfinished ON attempts (sequence) WHERE {UNFINISHED}",
            "CREATE INDEX attempts_holding ON attempts (payment_link, expires_at) WHERE place = 'held'",
            """CREATE TABLE transitions (
                sequence {sequence},
                attempt TEXT NOT NULL REFERENCES attempts (id),
                from_state TEXT,
                to_state TEXT NOT NULL,
                created {integer} NOT NULL,
                cause TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX transitions_by_attempt ON transitions (attempt, sequence)",
        ),
    ),
    Step(
        "events",
        (
            """CREATE TABLE events (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT,
                type TEXT NOT NULL,
                received {integer} NOT NULL,
                applied {integer},
                outcome TEXT NOT NULL,
                payload TEXT,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX events_by_organization ON events (organization, sequence)",
            "CREATE INDEX events_by_type ON events (organization, type, sequence)",
            "CREATE INDEX events_waiting ON events (sequence) WHERE applied IS NULL",
        ),
    ),
    Step(
        "idempotency keys and leases",
        (
            """CREATE TABLE idempotency_keys (
                organization TEXT NOT NULL,
                key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                created {integer} NOT NULL,
                status {integer},
                body TEXT,
                PRIMARY KEY (organization, key)
            ) {strict}""",
            "CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created)",
            """CREATE TABLE leases (
                name TEXT PRIMARY KEY,
                owner TEXT NOT NULL,
                until {integer} NOT NULL
            ) {strict}""",
        ),
    ),
    Step(
        "users and log-ins",
        (
            """CREATE TABLE users (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL REFERENCES organizations (id),
                email TEXT NOT NULL UNIQUE,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX users_by_organization ON users (organization, sequence)",
            """CREATE TABLE logins (
                hash TEXT PRIMARY KEY,
                user_id TEXT NOT NULL REFERENCES users (id),
                ends_at {integer} NOT NULL,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX logins_by_user ON logins (user_id)",
            "CREATE INDEX logins_by_end ON logins (ends_at)",
        ),
    ),
    Step(
        "attempts of an organization",
        (
            # flagged: something did not match, so the merchant should look at the attempt.
            "ALTER TABLE attempts ADD COLUMN flagged {integer} NOT NULL DEFAULT 0",
            """UPDATE attempts SET flagged = 1 WHERE document NOT LIKE '%"flags":[]%'""",
            "CREATE INDEX attempts_by_organization ON attempts (organization, sequence)",
            "CREATE INDEX attempts_by_flag ON attempts (organization, flagged, sequence)",
        ),
    ),
    Step(
        "events by what they are about",
        (
            "ALTER TABLE events ADD COLUMN about TEXT",
            "CREATE INDEX events_waiting_about ON events (about) WHERE applied IS NULL",
        ),
    ),
    Step(
        "attempts of a form that last",
        (f"CREATE INDEX attempts_lasting ON attempts (form, sequence) WHERE {LASTING}",),
    ),
    Step(
        "attempts by account and time",
        (
            # account: empty for the platform's own account. address: a keyed hash of the buyer's network.
            "ALTER TABLE attempts ADD COLUMN account TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE attempts ADD COLUMN address TEXT",
            "ALTER TABLE attempts ADD COLUMN created {integer} NOT NULL DEFAULT 0",
            "ALTER TABLE attempts ADD COLUMN livemode {integer} NOT NULL DEFAULT 0",
            # next_look_at: the earliest time to read the session again.
            "ALTER TABLE attempts ADD COLUMN next_look_at {integer} NOT NULL DEFAULT 0",
            "UPDATE attempts SET account = COALESCE({text:account}, ''), created = {number:created}, livemode = {flag:livemode}",
            f"CREATE INDEX attempts_to_look_at ON attempts (livemode, account, next_look_at) WHERE {UNFINISHED}",
            f"CREATE INDEX attempts_by_end ON attempts (livemode, account, expires_at) WHERE {UNFINISHED}",
            f"CREATE INDEX attempts_to_refund ON attempts (livemode, account, next_look_at) WHERE {TO_REFUND}",
            "CREATE INDEX attempts_opened ON attempts (payment_link, sequence) WHERE state = 'opened'",
            "CREATE INDEX attempts_by_address ON attempts (address, created) WHERE address IS NOT NULL",
            "ALTER TABLE payment_links ADD COLUMN closes_at {integer}",
            "UPDATE payment_links SET closes_at = {number:counterfoil.closes_at}",
            "ALTER TABLE events ADD COLUMN next_look_at {integer} NOT NULL DEFAULT 0",
            # event: the last event of the account that was read. refused_at: when Stripe refused to list its events.
            """CREATE TABLE event_cursors (
                account TEXT NOT NULL,
                livemode {integer} NOT NULL,
                event TEXT,
                refused_at {integer},
                PRIMARY KEY (account, livemode)
            ) {strict}""",
        ),
    ),
    Step(
        "one document for each event",
        (
            # Earlier versions stored the text that Stripe sent in `payload`, and a second copy of the event in `document`.
            "UPDATE events SET document = payload WHERE payload IS NOT NULL",
            "ALTER TABLE events DROP COLUMN payload",
        ),
    ),
    Step(
        "unpaid attempts by address and age",
        (
            "DROP INDEX attempts_by_address",
            f"CREATE INDEX attempts_unpaid_by_address ON attempts (address, created) WHERE address IS NOT NULL AND {UNPAID}",
            f"CREATE INDEX attempts_unpaid ON attempts (created) WHERE {UNPAID}",
        ),
    ),
    Step(
        "held places by link and address",
        (
            "CREATE INDEX attempts_holding_by_address ON attempts (payment_link, address, expires_at) "
            "WHERE address IS NOT NULL AND place = 'held'",
        ),
    ),
    Step(
        "addresses that users have logged in from",
        (
            """CREATE TABLE known_addresses (
                user_id TEXT NOT NULL REFERENCES users (id),
                address TEXT NOT NULL,
                seen {integer} NOT NULL,
                PRIMARY KEY (user_id, address)
            ) {strict}""",
        ),
    ),
    Step(
        "prices and products of attempts once",
        (
            # details: what never changes of an attempt. NULL: the document is whole, as earlier versions wrote it.
            "ALTER TABLE attempts ADD COLUMN details TEXT",
            """CREATE TABLE snapshots (
                hash TEXT PRIMARY KEY,
                document TEXT NOT NULL
            ) {strict}""",
        ),
    ),
    Step(
        "removing what is old",
        (
            "CREATE INDEX events_by_age ON events (received) WHERE applied IS NOT NULL",
            "CREATE INDEX events_by_about ON events (about)",
            # What the metrics counted of rows that are gone.
            """CREATE TABLE pruned_counts (
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                detail TEXT NOT NULL,
                number {integer} NOT NULL,
                PRIMARY KEY (kind, name, detail)
            ) {strict}""",
        ),
    ),
    Step(
        "pictures and cards of links",
        (
            """CREATE TABLE pictures (
                hash TEXT PRIMARY KEY,
                extension TEXT NOT NULL,
                width {integer} NOT NULL,
                height {integer} NOT NULL,
                content {bytes} NOT NULL
            ) {strict}""",
            # fingerprint: of everything that the card shows. A card with another fingerprint is drawn again.
            """CREATE TABLE link_cards (
                payment_link TEXT PRIMARY KEY REFERENCES payment_links (id),
                fingerprint TEXT NOT NULL,
                content {bytes} NOT NULL
            ) {strict}""",
        ),
    ),
    Step(
        "references of attempts",
        (
            # NULL: the attempt of an earlier version has no reference.
            "ALTER TABLE attempts ADD COLUMN reference TEXT",
            "CREATE UNIQUE INDEX attempts_by_reference ON attempts (organization, reference) WHERE reference IS NOT NULL",
        ),
    ),
    Step(
        "refusals of links",
        (
            # The last refusal of a link by Stripe: since `created`, `count` times, `last_seen` the last time.
            """CREATE TABLE link_refusals (
                payment_link TEXT PRIMARY KEY REFERENCES payment_links (id),
                code TEXT,
                count {integer} NOT NULL,
                created {integer} NOT NULL,
                found_by TEXT NOT NULL,
                last_seen {integer} NOT NULL,
                message TEXT NOT NULL,
                param TEXT
            ) {strict}""",
        ),
    ),
    Step(
        "removing prices and products that no attempt names",
        (
            # used_at: when an attempt last named it, to within half a day.
            "ALTER TABLE snapshots ADD COLUMN used_at {integer} NOT NULL DEFAULT 0",
            "CREATE INDEX snapshots_by_use ON snapshots (used_at)",
        ),
    ),
    Step(
        "drawing the cards of new and changed links",
        (
            # card_version: the version of the link for which its card was last drawn. 0: none was.
            "ALTER TABLE payment_links ADD COLUMN card_version {integer} NOT NULL DEFAULT 0",
            "CREATE INDEX payment_links_to_draw ON payment_links (sequence) WHERE active = 1 AND card_version < version",
        ),
    ),
    *ORDER_STEPS,
    *PEOPLE_STEPS,
    Step(
        "removing pictures that nothing names any more",
        (
            # unused_since: when the picture was first found unused. NULL: it is in use, or was not checked yet.
            "ALTER TABLE pictures ADD COLUMN unused_since {integer}",
        ),
    ),
    *IMPORT_STEPS,
    *HOME_STEPS,
    *LINK_STEPS,
    *STRIPE_STEPS,
    *PAGE_STEPS,
    *MODE_STEPS,
)
