"""Front-end libraries on our own origin: /static/vendor/NAME, and nothing that is not listed."""

from flask import Blueprint, Flask, Response, abort, send_file

from maps import vendor

blueprint = Blueprint("assets", __name__)

DAY_SECONDS = 86_400


@blueprint.get("/static/vendor/<path:name>")
def library(name: str) -> Response:
    """One listed file of an installed library; 404 for every other name, whatever stands beside it on disk."""
    try:
        path = vendor.path_of(name)
    except vendor.MissingAsset:
        abort(404)
    if not path.is_file():
        abort(404, f"{name} is not installed: run make setup.")
    return send_file(path, max_age=DAY_SECONDS)


def install(app: Flask) -> None:
    """Give ``app`` the libraries."""
    app.register_blueprint(blueprint)
