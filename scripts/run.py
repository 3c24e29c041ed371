"""What `./run` does: prepares an environment of the project's own, then starts what was asked for.

Runs on any Python 3, so that an old one gets a sentence, not a syntax error. Everything that it makes lies in
`.tools`, `.venv` and `build`; nothing is changed outside but for `./run test` as root (or with --install), which
installs the browser and the broker that tests need.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from ctypes.util import find_library

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.join(ROOT, ".tools")
UV = os.path.join(TOOLS, "bin", "uv")
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
SERVERS = ("chromium", "curl", "mosquitto", "nats-server", "nginx", "prometheus")
POSTGRESQL = "/usr/lib/postgresql/*/bin/initdb"
# What is run on a server as well; the second half with --postgresql only.
ON_A_SERVER = ("tests/hub", "tests/notices", "tests/pair", "tests/web")
ON_A_SERVER_ALWAYS = (
    *("tests/hub/test_%s.py" % name for name in ("store", "truth", "reports")),
    *("tests/pair/test_%s.py" % name for name in ("the_way_of_a_parcel", "failed_deliveries", "restores")),
)
"""What the short form plays on both databases: statements, rules, reports, and some whole stories."""

ALL_CORES = ("-n", str(max(2, os.cpu_count() or 2)), "--dist", "loadfile", "--no-loadscope-reorder")
BROWSER_DRIVER_NEEDS = ("atomic", "libatomic1")
SERVER_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

USAGE = """usage: ./run VERB [ARGUMENT ...]

  demo        broker, hub and three lockers on this machine, with something in them to try
                --story   plays a deposit, a collection without network and a failed home delivery, and checks itself
                --json    one line of JSON when ready
  test        all tests; as root or with --install also fetches the browser and the broker that some of them need
                --postgresql   only the hub's tests, all of them, with its store on a PostgreSQL server
  check       formatting, lint, types, architecture
  bench       measures speed, writes build/bench.json
  fleet       as many lockers as you like, to size a machine: --lockers N, --rate R, --minutes M, --json FILE
  simulate    lockers, hub and people under faults in virtual time: --seeds N, --seed S, --bite, --json
  siege       the same stories through a real broker and real processes while they are killed: --minutes N, --json
  workers     the stories on PostgreSQL, Mosquitto and three hubs, one of them killed all the time: --workers N
  failover    database, broker or a node of a cluster is taken away under load: postgres | broker | nats, --seconds N
  attack      what must never open a door or crash a program: bytes | http, --cases N, --seed S
  locker ...  the locker's own command
  hub ...     the hub's own command
"""


def main(argv):
    verb, rest = (argv[0], argv[1:]) if argv else ("help", [])
    if sys.version_info < OLDEST:
        stop("Python %d.%d or newer is needed; this is %d.%d" % (OLDEST + sys.version_info[:2]))
    if verb in ("help", "-h", "--help"):
        print(USAGE, end="")
        return 0
    if verb not in VERBS:
        stop("there is no '%s'; ./run lists what there is" % verb)
    return VERBS[verb](rest)


def demo(rest):
    prepare("demo")
    return become("-m", "locker.twin.demo", *rest)


def test(rest):
    install, on_server = "--install" in rest, "--postgresql" in rest
    rest = [word for word in rest if word not in ("--install", "--postgresql")]
    prepare("test")
    environment = dict(os.environ)
    if install or os.geteuid() == 0:
        install_servers()
        environment["NOTHING_SKIPPED"] = "1"
    if on_server:
        environment["HUB_DATABASE"] = "postgresql"
        return become("-m", "pytest", "-rs", *(rest or ON_A_SERVER), environment=environment)
    if rest:
        return become("-m", "pytest", "-rs", *rest, environment=environment)
    if not has_postgresql():
        return become("-m", "pytest", "-rs", *ALL_CORES, environment=environment)
    return test_on_both(environment)


def test_on_both(environment):
    """All tests, and beside them some of the hub's once more with its store on a server."""
    words = [PYTHON, "-m", "pytest", "-rs"]
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(
            [*words, "-p", "no:cacheprovider", "-m", "not postgresql", *ON_A_SERVER_ALWAYS],
            cwd=ROOT,
            env=dict(environment, HUB_DATABASE="postgresql"),
            stdout=said,
            stderr=said,
        )
        try:
            failed = subprocess.call([*words, *ALL_CORES], cwd=ROOT, env=environment)
            server.wait()
        finally:
            server.terminate()
            server.wait()
        said.seek(0)
        say("the hub's tests with PostgreSQL:")
        print(said.read(), flush=True)
    return failed or server.returncode


def check(_rest):
    prepare("test")
    steps = {
        "formatting": lambda: succeeds("-m", "ruff", "format", "--check", "."),
        "lint": lambda: succeeds("-m", "ruff", "check", "."),
        "types": lambda: succeeds("-m", "mypy"),
        "architecture": lambda: succeeds("-m", "pytest", "tests/architecture"),
        "wheels": wheels_exist,
    }
    failed = []
    for name, holds in steps.items():
        say(name)
        if not holds():
            failed.append(name)
    if failed:
        stop("not in order: %s" % ", ".join(failed), code=1)
    return 0


def wheels_exist():
    """Whether everything installs without a compiler, on Intel and on Arm, on each Python that we support."""
    installable = True
    for machine in ("x86_64", "aarch64"):
        for version in ("3.11", "3.12", "3.13", "3.14"):
            words = [
                installer(),
                "pip",
                "install",
                "--dry-run",
                "--quiet",
                "--only-binary",
                ":all:",
                "--python-platform",
                machine + "-manylinux_2_34",
                "--python-version",
                version,
                "--target",
                os.path.join(ROOT, "build", "nowhere"),
                "-r",
                requirements("test"),
            ]
            done = subprocess.run(words, capture_output=True, text=True)
            if done.returncode != 0:
                installable = False
                print("%s, Python %s: %s" % (machine, version, done.stderr.strip()))
    return installable


def passed_on(module, needs="demo"):
    def verb(rest):
        prepare(needs)
        return become("-m", module, *rest)

    return verb


VERBS = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": passed_on("bench", needs="test"),
    "fleet": passed_on("locker.twin.fleet"),
    "simulate": passed_on("tests.simulation", needs="test"),
    "siege": passed_on("tests.siege", needs="test"),
    "failover": passed_on("tests.failover", needs="test"),
    "attack": passed_on("tests.attack", needs="test"),
    "workers": passed_on("tests.workers", needs="test"),
    "locker": passed_on("locker"),
    "hub": passed_on("hub_service"),
}


def prepare(kind):
    """Brings the environment to what requirements/KIND.txt and pyproject.toml say; costs nothing when it is there."""
    # What tests need holds all that the demo needs, so a demo never takes anything away again.
    if is_prepared(kind) or is_prepared("test"):
        return
    uv = installer()
    if not os.path.exists(PYTHON):
        run([uv, "venv", "--quiet", "--python", sys.executable, VENV], "making an environment in .venv")
    run(
        [uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", requirements(kind)],
        "installing what the %s needs" % ("tests" if kind == "test" else "demo"),
    )
    run(
        [uv, "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "--editable", ROOT], "installing the project"
    )
    with open(stamp(kind), "w") as file:
        file.write(fingerprint(kind))


def is_prepared(kind):
    if not os.path.exists(stamp(kind)):
        return False
    with open(stamp(kind)) as file:
        return file.read() == fingerprint(kind)


def stamp(kind):
    return os.path.join(VENV, "prepared-" + kind)


def requirements(kind):
    return os.path.join(ROOT, "requirements", kind + ".txt")


def installer():
    if os.path.exists(UV):
        return UV
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        stop("pip is missing: apt install python3-pip")
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-warn-conflicts",
            "--root-user-action",
            "ignore",
            "--target",
            TOOLS,
            "uv",
        ],
        "fetching the installer into .tools",
    )
    return UV


def install_servers():
    missing = [name for name in SERVERS if shutil.which(name, path=SERVER_PATH) is None]
    if not has_postgresql():
        missing.append("postgresql")
    library, package = BROWSER_DRIVER_NEEDS
    if find_library(library) is None:
        missing.append(package)
    if not missing:
        return
    if shutil.which("apt-get") is None:
        stop("install by hand, there is no apt-get here: %s" % ", ".join(missing))
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    run([*apt, "update"], "reading the list of packages")
    # A policy that answers 101 keeps a freshly installed server from being started as a system service.
    policy = "/usr/sbin/policy-rc.d"
    had_policy = os.path.exists(policy)
    if not had_policy:
        run([*sudo, "sh", "-c", "printf '#!/bin/sh\\nexit 101\\n' > %s && chmod +x %s" % (policy, policy)], None)
    try:
        run([*apt, "install", "--yes", "--no-install-recommends", *missing], "installing %s" % " and ".join(missing))
    finally:
        if not had_policy:
            run([*sudo, "rm", "-f", policy], None)


def has_postgresql():
    # Debian keeps its programs off the path, a folder a version.
    return bool(glob.glob(POSTGRESQL)) or shutil.which("initdb") is not None


def fingerprint(kind):
    total = hashlib.sha256(ROOT.encode())
    for path in (requirements(kind), os.path.join(ROOT, "pyproject.toml")):
        with open(path, "rb") as file:
            total.update(file.read())
    return total.hexdigest()


def become(*words, environment=None):
    """Turns this process into a Python of the project, so that Ctrl-C and signals reach it and nobody else."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(PYTHON, [PYTHON, *words], environment or dict(os.environ))


def succeeds(*words):
    return subprocess.run([PYTHON, *words], cwd=ROOT).returncode == 0


def run(words, what):
    started = time.monotonic()
    if what:
        say(what + " ...")
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        tail = "\n".join(done.stderr.strip().splitlines()[-8:])
        stop("%s didn't work:\n%s" % (what or words[0], tail))
    if what:
        say("%s: %.1f s" % (what, time.monotonic() - started))


def say(text):
    print("run: " + text, file=sys.stderr, flush=True)


def stop(text, code=2):
    say(text)
    sys.exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
