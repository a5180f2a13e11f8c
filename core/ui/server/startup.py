"""Checks before the server starts, and the rules it then keeps; a refusal is one sentence."""

import importlib.util
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config
from streamlit.errors import StreamlitSecretNotFoundError

from core.domain.errors import BadSetting
from core.domain.settings import AuthMode, Settings
from core.http.origin import LOCAL_NAMES, host_of, is_loopback, name_of
from core.http.security import Rules, inline_hashes

INDEX = Path(st.__file__).parent / "static" / "index.html"
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SECRET_CHARACTERS = 32
HOW = "docs/sign-in.md says how."


def rules_or_exit() -> Rules:
    """Return the rules for this configuration; where it must not start, the process ends with one sentence."""
    try:
        return rules()
    except BadSetting as error:
        sys.exit(str(error))


def rules() -> Rules:
    """Derive the server's rules from settings and secrets.

    Raises:
        BadSetting: it must not start like this.
    """
    files = [Path(file) for file in config.get_option("secrets.files") if Path(file).is_file()]
    for file in files:
        _must_be_private(file)
    auth = _auth_section()  # also puts what stands at the top of the file into the environment
    try:
        settings = Settings.from_env(os.environ)
    except BadSetting as error:
        if str(error).startswith(("AUTH_MODE", "ASSAY_PASSPHRASE")):
            raise
        return Rules()  # every page says what is wrong; until then the strictest rules hold
    common: dict[str, Any] = {
        "max_upload": config.get_option("server.maxUploadSize") * 1024 * 1024,
        "inline_hashes": inline_hashes(INDEX),
    }
    address = str(config.get_option("server.address") or "")
    hosts = LOCAL_NAMES | settings.hosts | ({address.casefold()} if is_loopback(address) else frozenset())
    if settings.auth_mode is AuthMode.LOCAL:
        if not is_loopback(address):
            raise BadSetting(
                f"AUTH_MODE is local, where nobody signs in, so the dashboard may only listen on this machine; "
                f"server.address is {address or 'not set, which means every address'}. Use 127.0.0.1, or set "
                f"AUTH_MODE=oidc: {HOW}"
            )
        return Rules(hosts=hosts, **common)
    if "*" in os.environ.get("FORWARDED_ALLOW_IPS", ""):
        raise BadSetting(
            "FORWARDED_ALLOW_IPS is *, so everybody could name a network address of their own and pass every limit "
            "that counts by address. Set it to the address of your proxy, or leave it out for one on this machine. "
            f"{HOW}"
        )
    public = _checked(auth)
    host = str(host_of(public))
    return Rules(
        hosts=hosts | {host},
        loopback_only=False,
        behind_tls=public.startswith("https:"),
        home=public.removesuffix("/oauth2callback") if is_loopback(name_of(host)) else "",
        **common,
    )


def _auth_section() -> Mapping[str, Any]:
    try:
        return dict(st.secrets.get("auth") or {})
    except StreamlitSecretNotFoundError:
        return {}


def _checked(auth: Mapping[str, Any]) -> str:
    """Check everything that sign-in needs; returns the address to which the provider sends people back."""
    missing = [name for name in NEEDED if not auth.get(name)]
    if missing:
        raise BadSetting(
            f"AUTH_MODE is oidc, but {missing[0]} is missing in the section [auth] of .streamlit/secrets.toml. {HOW}"
        )
    if importlib.util.find_spec("authlib") is None:
        raise BadSetting("AUTH_MODE is oidc, but Authlib is not installed. Run: pip install -r requirements.txt")
    if len(str(auth["cookie_secret"])) < SECRET_CHARACTERS:
        raise BadSetting(
            f"cookie_secret in .streamlit/secrets.toml must have at least {SECRET_CHARACTERS} random characters, as "
            "from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    for name in ("redirect_uri", "server_metadata_url"):
        host = host_of(str(auth[name]))
        if host is None or not (str(auth[name]).startswith("https:") or is_loopback(name_of(host))):
            raise BadSetting(
                f"{name} in .streamlit/secrets.toml must begin with https:// (or http://localhost for trying things "
                "out): over plain http others on the network could read what signs people in."
            )
    if not str(auth["redirect_uri"]).endswith("/oauth2callback"):
        raise BadSetting("redirect_uri in .streamlit/secrets.toml must end with /oauth2callback.")
    return str(auth["redirect_uri"])


def _must_be_private(file: Path) -> None:
    if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSetting(f"Other users of this machine can read {file}, and it holds secrets. Run: chmod 600 {file}")
