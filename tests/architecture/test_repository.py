"""What lies in the repository: pinned dependencies, and nothing that is true on one machine only."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")

# Put together here, so that this file doesn't hold what it looks for.
DOWNLOAD_HOSTS = [
    "py" + "pi.", "python" + "hosted", "npm" + "js.", "un" + "pkg.", "js" + "delivr", "crates" + ".io", "ghcr" + ".io",
    "docker" + ".io", "docker" + ".com", "deb.deb" + "ian", "pi" + "wheels", "hugging" + "face", "--index" + "-url",
    "--extra" + "-index", "--find" + "-links", "cdn" + "js", "fonts.goo" + "gle",
]  # fmt: skip
MACHINE_PATHS = re.compile("(?<![\\w.:/])/" + "(wo" + "rk|ro" + "ot|home/[a-z]+|Users/[A-Za-z]+)" + "/")
TEXT = {"", ".md", ".py", ".toml", ".txt", ".html", ".css", ".js", ".sql", ".json", ".svg", ".service", ".yml", ".yaml"}


def texts(repository: list[Path]) -> dict[Path, str]:
    """Each text file and what it says."""
    return {path: path.read_text(encoding="utf-8") for path in repository if path.suffix in TEXT}


def requirements(name: str) -> dict[str, list[str]]:
    """Each pinned package of a file, and the lines that belong to it."""
    found: dict[str, list[str]] = {}
    package = ""
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("#") or not line.strip():
            continue
        if start := NAME.match(line):
            package = f"{start[1]}=={start[2]}"
            found[package] = []
        assert package, f"{name}: what is this? {line}"
        found[package].append(line)
    return found


def test_what_is_installed_is_pinned_with_hashes() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        packages = requirements(file.name)
        assert len(packages) > 10, file
        for package, lines in packages.items():
            assert any(map(HASH.search, lines)), f"{file.name}: {package} has no hash"
            for line in lines[1:]:
                assert HASH.sub("", line).strip(" \\") == "", f"{file.name}: {line}"


def test_the_demo_runs_what_the_tests_have_tested() -> None:
    missing = requirements("demo.txt").keys() - requirements("test.txt").keys()
    assert not missing


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    pinned = {package.partition("==")[0].replace("_", "-") for package in requirements("test.txt")}
    for wish in [*project["dependencies"], *(one for extra in extras.values() for one in extra)]:
        name = re.split(r"[<>=;\[ ]", wish)[0].lower().replace("_", "-")
        assert name in pinned, wish


def test_no_file_names_a_download_host(repository: list[Path]) -> None:
    for path, text in texts(repository).items():
        found = [host for host in DOWNLOAD_HOSTS if host in text.lower()]
        assert found == [], path


def test_no_file_names_a_path_of_one_machine(repository: list[Path]) -> None:
    for path, text in texts(repository).items():
        found = MACHINE_PATHS.search(text)
        assert found is None, f"{path}: {found and found[0]}"


def test_pages_fetch_nothing_from_elsewhere(repository: list[Path]) -> None:
    """A kiosk has no internet, and a recipient's page tells nobody that it was opened."""
    fetching = re.compile(r"""(?:src|href|url|import|fetch)\s*(?:=|\()\s*["']?(?:https?:)?//""")
    for path, text in texts(repository).items():
        if path.suffix in (".html", ".css", ".js", ".svg"):
            assert fetching.search(text) is None, path
