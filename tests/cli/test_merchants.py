"""`counterfoil organizations`, `keys` and `users`: their output, what they store, and their errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.merchants import ROLE_NAMES
from app.clock import clock
from app.errors import AccessError
from app.objects.user import ROLES
from app.services.accounts import keys, logins, users
from app.store import open_store
from tests.cli.commands import Run, line_of
from tests.support.files import files_that_hold
from tests.support.shop import PASSWORD


def test_only_the_new_organizations_id_is_printed(run: Run, database: str) -> None:
    id = run("organizations", "create", "Hillside Apiary", "--stripe-account", "acct_123").stdout
    kept = open_store(database).organization(id.strip())
    assert kept is not None
    assert (kept.name, kept.stripe_account) == ("Hillside Apiary", "acct_123")
    assert id == f"{kept.id}\n"


def test_an_update_changes_only_what_it_names(run: Run, organization: str) -> None:
    run("organizations", "update", organization, input='{"business_profile": {"url": "https://apiary.example/"}}')
    changed = json.loads(run("organizations", "update", organization, input='{"timezone": "Europe/Vienna"}').stdout)
    assert changed["name"] == "Hillside Apiary"
    assert changed["business_profile"]["url"] == "https://apiary.example/"
    assert changed["timezone"] == "Europe/Vienna"


def test_what_receipts_need_is_set_part_by_part(run: Run, organization: str) -> None:
    whole = {
        "customer_portal_url": "https://apiary.example/subscription",
        "vat_id": "ATU12345678",
        "business_profile": {"support_address": {"line1": "Bienenweg 3", "city": "Wien", "country": "AT"}},
    }
    run("organizations", "update", organization, input=json.dumps(whole))
    part = {"business_profile": {"support_address": {"postal_code": "1130", "city": None}}}
    changed = json.loads(run("organizations", "update", organization, input=json.dumps(part)).stdout)
    assert (changed["customer_portal_url"], changed["vat_id"]) == (whole["customer_portal_url"], "ATU12345678")
    assert {name: value for name, value in changed["business_profile"]["support_address"].items() if value} == {
        "line1": "Bienenweg 3",
        "postal_code": "1130",
        "country": "AT",
    }


@pytest.mark.parametrize(
    ("change", "param"),
    [
        pytest.param({"timezone": "Vienna"}, "timezone", id="a time zone that does not exist"),
        pytest.param(
            {"terms_of_service_url": "javascript:alert(1)"}, "terms_of_service_url", id="a script as an address"
        ),
        pytest.param(
            {"settings": {"branding": {"primary_color": "teal"}}},
            "settings[branding][primary_color]",
            id="a colour name",
        ),
        pytest.param(
            {"customer_portal_url": "mailto:x@y.example"}, "customer_portal_url", id="a portal without a web address"
        ),
        pytest.param(
            {"business_profile": {"support_address": {"country": "Austria"}}},
            "business_profile[support_address][country]",
            id="a country that is no code",
        ),
        pytest.param({"logo": "x"}, "logo", id="an unknown name"),
    ],
)
def test_a_wrong_change_names_the_parameter(run: Run, organization: str, change: dict[str, Any], param: str) -> None:
    assert param in line_of(run("organizations", "update", organization, input=json.dumps(change)))


def test_a_key_is_printed_once_and_only_its_hash_is_kept(
    run: Run, organization: str, database: str, tmp_path: Path
) -> None:
    key = run("keys", "create", "--organization", organization, "--name", "books").stdout.strip()
    assert key.startswith("bc_")
    kept = open_store(database).keys(organization)
    assert [(row.name, row.last4) for row in kept] == [("books", key[-4:])]
    assert files_that_hold(key, tmp_path) == []


def test_keys_are_listed_by_their_last_characters_and_revoked(run: Run, organization: str, database: str) -> None:
    good, bad = (run("keys", "create", "--name", name).stdout.strip() for name in ("books", "old shop"))
    old = open_store(database).keys(organization)[1]
    assert run("keys", "revoke", old.id).exit_code == 0
    lines = [line.split(maxsplit=3)[1:] for line in run("keys", "list").stdout.splitlines()]
    assert lines == [[f"…{good[-4:]}", "active", "books"], [f"…{bad[-4:]}", "revoked", "old shop"]]
    with pytest.raises(AccessError):
        keys.authenticate(open_store(database), bad, 0, livemode=False)
    assert "key_none" in line_of(run("keys", "revoke", "key_none"))


def test_a_key_that_is_given_in_place_of_its_id_is_not_repeated(run: Run, organization: str) -> None:
    key = run("keys", "create", "--name", "books").stdout.strip()
    for arguments in (
        ("keys", "revoke", key),
        ("links", "show", key),
        ("payments", "show", "sk_live_0123456789abcdef"),
    ):
        refused = run(*arguments)
        assert refused.exit_code != 0
        assert "0123456789abcdef" not in refused.output
        assert key[3:] not in refused.output


def test_a_user_is_created_with_a_password_from_standard_input(
    run: Run, organization: str, database: str, tmp_path: Path
) -> None:
    made = run(
        "users", "create", "Ada@example.com", "--organization", organization, "--password-stdin", input=f"{PASSWORD}\n"
    )
    (user,) = open_store(database).users(organization)
    assert made.stdout == f"{user.id}\n"
    assert user.email == "ada@example.com"
    assert users.has_password(user, PASSWORD)
    assert files_that_hold(PASSWORD, tmp_path) == []


def test_a_user_is_created_with_a_password_that_is_typed_twice(run: Run, organization: str, database: str) -> None:
    made = run("users", "create", "ada@example.com", input=f"{PASSWORD}\n{PASSWORD}\n")
    (user,) = open_store(database).users(organization)
    assert made.stdout == f"{user.id}\n"
    assert PASSWORD not in made.output
    assert users.has_password(user, PASSWORD)


def test_a_user_is_created_with_a_role(run: Run, organization: str, database: str) -> None:
    assert ROLE_NAMES == ROLES
    for role in ROLES:
        assert (
            run("users", "create", f"{role}@example.com", "--role", role, "--password-stdin", input=PASSWORD).exit_code
            == 0
        )
    assert [member.role for member in open_store(database).members(organization)] == list(ROLES)
    assert [user["role"] for user in json.loads(run("users", "list", "--json").stdout)] == list(ROLES)


def test_a_lost_second_step_is_reset(run: Run, organization: str, database: str) -> None:
    run("users", "create", "ada@example.com", "--password-stdin", input=PASSWORD)
    store = open_store(database)
    (user,) = store.users(organization)
    store.save_user(user.model_copy(update={"totp_secret": "JBSWY3DPEHPK3PXP", "recovery_hashes": ("a",)}))
    assert run("users", "reset-two-factor", "ada@example.com").exit_code == 0
    assert open_store(database).users(organization) == [user]


def test_users_are_listed_changed_and_deleted(run: Run, organization: str, database: str) -> None:
    id = run("users", "create", "ada@example.com", "--password-stdin", input=PASSWORD).stdout.strip()
    assert run("users", "list").stdout == f"{id}  ada@example.com  owner\n"
    assert run("users", "password", "ada@example.com", "--password-stdin", input="ten bees on sage").exit_code == 0
    (user,) = open_store(database).users(organization)
    assert users.has_password(user, "ten bees on sage")
    assert run("users", "delete", "ADA@example.com").exit_code == 0
    assert run("users", "list").stdout == ""
    for command in ("password", "delete"):
        options = ["--password-stdin"] if command == "password" else []
        assert "no user" in line_of(run("users", command, "ada@example.com", *options, input=PASSWORD))


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ada", PASSWORD, "email"),
        ("ada@example.com", "short", "12"),
        ("ada@example.com", "", "12"),
        ("bob@example.com", PASSWORD, "already"),
    ],
)
def test_a_user_with_a_bad_email_or_password_is_refused(
    run: Run, organization: str, email: str, password: str, says: str
) -> None:
    run("users", "create", "bob@example.com", "--password-stdin", input=PASSWORD)
    assert says in line_of(run("users", "create", email, "--password-stdin", input=password))


def test_the_only_organization_need_not_be_named(run: Run, organization: str) -> None:
    assert run("keys", "create").stdout.startswith("bc_")
    assert organization


def test_several_organizations_are_named_when_none_was_chosen(run: Run) -> None:
    ids = [run("organizations", "create", name).stdout.strip() for name in ("One", "Two")]
    said = line_of(run("keys", "create"))
    assert "--organization" in said
    assert all(id in said for id in ids)


def test_an_address_that_logs_in_once_is_printed_alone(run: Run, organization: str, database: str) -> None:
    run("users", "create", "ada@example.com", "--password-stdin", input=PASSWORD)
    printed = run("users", "login", "Ada@example.com").stdout
    address, _, token = printed.strip().rpartition("/")
    assert address == "http://127.0.0.1:8000/console/login"
    assert logins.log_in_once(open_store(database), token, clock())
    unknown = run("users", "login", "eve@example.com")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
