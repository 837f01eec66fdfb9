"""The hosted checkout's routes."""

from flask import Blueprint


def make_blueprint(engine, *, clock, public_url, redirect_origins, before, after):
    return Blueprint("sandbox", __name__, url_prefix="/sandbox")
