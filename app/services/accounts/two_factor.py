"""The second step of a log-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for users without the app.

Each code works once. The recovery codes follow from the secret, so that they can be shown before anything is stored; the store has
only their hashes.
"""

import hashlib
import hmac
import unicodedata
from typing import Final

import pyotp

from app.errors import AccessError, InvalidRequest
from app.objects.change import Actor
from app.objects.user import User
from app.services.accounts import changes, devices, logins, users
from app.services.accounts.logins import LoginNetwork
from app.store.protocol import Store

STEP_SECONDS: Final = 30
DRIFT: Final = 1
"""How many steps the clock of a phone may differ."""

RECOVERY_CODES: Final = 10
TRIES: Final = 5
"""How many wrong codes end a log-in. Then the password is asked for again."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_CODE_MAXIMUM: Final = 40


def new_secret() -> str:
    """Return a random secret in base 32, which has 160 bits."""
    return pyotp.random_base32()


def provisioning_url(secret: str, user: User, issuer: str) -> str:
    """Return the address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


def recovery_codes(secret: str) -> tuple[str, ...]:
    """Return the recovery codes of a secret, written like `7QK2-M9XD`."""
    codes = []
    for number in range(RECOVERY_CODES):
        digest = hmac.new(secret.encode(), f"recovery {number}".encode(), hashlib.sha256).digest()
        letters = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:8])
        codes.append(f"{letters[:4]}-{letters[4:]}")
    return tuple(codes)


def switch_on(store: Store, user: User, secret: str, code: str, now: int) -> None:
    """Switch on the second step for a user whose app has the secret. Raises `InvalidRequest` (`code`) for a wrong code."""
    counter = _matching_counter(secret, code, now)
    if counter is None:
        raise InvalidRequest("This code is wrong.", param="code")
    hashes = tuple(_recovery_hash(user, _plain(code)) for code in recovery_codes(secret))

    def work() -> None:
        kept = store.lock_user(user.id)
        if kept is None or kept.totp_secret is not None:
            raise InvalidRequest("The second step is on already.", param="code")
        wanted = {"totp_secret": secret, "totp_counter": counter, "recovery_hashes": hashes}
        store.save_user(kept.model_copy(update=wanted))
        devices.forget_devices(store, user.id)
        _record(store, user, "user.two_factor_on", now, users.actor_of(user))

    store.run(work)


def switch_off(store: Store, user: User, password: str, now: int, *, network: LoginNetwork | None = None) -> None:
    """Switch off the second step. Raises `AccessError` for a wrong password."""
    if network is not None:
        network.count(user.email)
    if not users.has_password(user, password):
        raise AccessError
    reset(store, user, now, actor=users.actor_of(user))


def reset(store: Store, user: User, now: int, *, actor: Actor) -> None:
    """Remove the second step of a user who has lost the app and the recovery codes."""

    def work() -> None:
        kept = store.lock_user(user.id)
        if kept is not None and kept.totp_secret is not None:
            store.save_user(kept.model_copy(update={"totp_secret": None, "totp_counter": 0, "recovery_hashes": ()}))
            devices.forget_devices(store, user.id)
            _record(store, user, "user.two_factor_off", now, actor)

    store.run(work)


def confirm_login(store: Store, token: str, code: str, now: int, *, network: LoginNetwork | None = None) -> str:
    """Complete a log-in that waits for its code. Return the token of the complete log-in. Raises `AccessError` for a wrong code.

    The try is counted by account. A code of the app is refused when it, or a later one, was used before.
    """
    waiting = logins.waiting_user(store, token, now)
    if waiting is not None and network is not None:
        network.count(waiting.email)

    def work() -> str | None:
        login = logins.waiting_login(store, token, now)
        user = store.lock_user(login.user) if login is not None else None
        if login is None or user is None:
            return None
        used = _with_code_used(user, code, now)
        if used is None:
            if login.tries + 1 >= TRIES:
                store.delete_login(login.hash)
            else:
                store.save_login(login.model_copy(update={"tries": login.tries + 1}))
            return None
        store.save_user(used)
        store.delete_login(login.hash)
        return logins.create_login(store, used, now, network=network, confirmed=True)

    confirmed = store.run(work)
    if confirmed is None:
        raise AccessError
    return confirmed


def _with_code_used(user: User, code: str, now: int) -> User | None:
    """Return the user with this code used up, or None for a code that is wrong or was used."""
    plain = _plain(code)
    if user.totp_secret is not None and plain.isascii() and plain.isdigit() and len(plain) == 6:
        counter = _matching_counter(user.totp_secret, plain, now)
        fresh = counter is not None and counter > user.totp_counter
        return user.model_copy(update={"totp_counter": counter}) if fresh else None
    hash = _recovery_hash(user, plain)
    if hash not in user.recovery_hashes:
        return None
    left = tuple(kept for kept in user.recovery_hashes if kept != hash)
    return user.model_copy(update={"recovery_hashes": left})


def _matching_counter(secret: str, code: str, now: int) -> int | None:
    """Return the counter whose code this is, near this time, or None."""
    totp, plain = pyotp.TOTP(secret, interval=STEP_SECONDS), _plain(code)
    step = now // STEP_SECONDS
    near = range(max(0, step - DRIFT), step + DRIFT + 1)
    found = [counter for counter in near if hmac.compare_digest(totp.generate_otp(counter).encode(), plain.encode())]
    return found[-1] if found else None


def _plain(code: str) -> str:
    """Return a code without spaces and dashes, in capitals, with digits for letters that look like them."""
    return unicodedata.normalize("NFKC", code[:_CODE_MAXIMUM]).strip().upper().translate(_LOOKALIKES)


def _recovery_hash(user: User, plain: str) -> str:
    return hashlib.sha256(f"recovery {user.id} {plain}".encode("utf-8", "surrogatepass")).hexdigest()


def _record(store: Store, user: User, what: str, now: int, actor: Actor) -> None:
    for _member, organization in store.memberships(user.id):
        changes.record(store, actor, what, user.id, now, organization=organization.id, name=user.email)
