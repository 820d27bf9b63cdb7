"""``packaging/setup.sh``, run for real in a copy of the project on a machine made of small stand-ins.

The stand-ins (apt-get, apt-cache, ldconfig, id, python3) are shell scripts in the only folder on PATH; what they
are called with is written to a log. Nothing is installed.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "find", "head", "mkdir", "chmod", "touch", "tr", "cp")

PYTHON = """#!/bin/sh
case "$*" in
*version_info\\ \\<*) exit {too_old} ;;
*ensurepip*) [ -e "{bin}/venv-package" ]; exit $? ;;
*%d.%d*) echo 3.12 ;;
*"-m venv"*)
    echo "$@" >>"{log}"
    for last; do :; done
    mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && echo "command = -m venv $last" >"$last/pyvenv.cfg"
    ;;
*"pip install"*)
    echo "$@" >>"{log}"
    [ ! -e "{bin}/no-network" ]
    ;;
esac
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"{log}"
case "$1" in
install)
    for package; do
        case $package in
        python3*-venv) touch "{bin}/venv-package" ;;
        xvfb) touch "{bin}/Xvfb"; chmod +x "{bin}/Xvfb" ;;
        esac
    done
    [ -e "{bin}/broken" ] || cat "{bin}/all-libraries" >"{bin}/libraries"
    ;;
esac
"""


def wanted_libraries() -> list[str]:
    """The sonames in the script's own two tables."""
    lines = (ROOT / "packaging" / "setup.sh").read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line.startswith("lib") and ".so." in line]


@dataclass
class Machine:
    """A copy of the project's setup, and the programs that it can see."""

    project: Path
    bin: Path
    log: Path

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def lacks(self, *libraries: str) -> None:
        """Takes libraries out of the loader's list."""
        kept = [name for name in wanted_libraries() if name not in libraries]
        (self.bin / "libraries").write_text("".join(f"\t{name} (libc6) => /{name}\n" for name in kept))

    def user(self, number: int) -> None:
        self.program("id", f"#!/bin/sh\necho {number}\n")

    def setup(self, mode: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.bin / "sh", self.project / "packaging" / "setup.sh", mode],
            env={"PATH": str(self.bin), "HOME": str(self.project), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """What was called since the last time this was asked."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Python and every library, seen by an ordinary user."""
    project, folder, log = tmp_path / "a project", tmp_path / "bin", tmp_path / "log"
    (project / "packaging").mkdir(parents=True)
    folder.mkdir()
    for name in ("setup.sh", "constraints.txt"):
        shutil.copy(ROOT / "packaging" / name, project / "packaging")
    shutil.copy(ROOT / "pyproject.toml", project)
    fonts = project / ".fonts"
    fonts.mkdir()
    (fonts / "some.ttf").touch()
    for tool in TOOLS:
        real = shutil.which(tool)
        assert real is not None
        (folder / tool).symlink_to(real)
    made = Machine(project, folder, log)
    made.lacks()
    shutil.copy(folder / "libraries", folder / "all-libraries")
    (folder / "venv-package").touch()
    made.program("ldconfig", f'#!/bin/sh\ncat "{folder}/libraries"\n')
    made.program("apt-get", APT_GET.format(log=log, bin=folder))
    made.program("apt-cache", '#!/bin/sh\ncase "$2" in *t64) exit 100 ;; esac\n')
    made.program("python3", PYTHON.format(log=log, bin=folder, too_old=0))
    made.program("Xvfb", "#!/bin/sh\n")
    made.user(1000)
    return made


def test_first_run_installs_and_says_so_in_one_line(machine: Machine) -> None:
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "ONNX Runtime" in done.stdout
    venv, pip = machine.calls()
    assert venv.startswith("-m venv")
    assert pip.endswith(f"--editable {machine.project}")
    assert f"--constraint {machine.project}/packaging/constraints.txt" in pip


def test_second_run_says_and_calls_nothing(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    again = machine.setup()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine.calls() == []


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt", "packaging/setup.sh"])
def test_a_changed_project_is_installed_again(machine: Machine, changed: str) -> None:
    machine.setup()
    machine.calls()
    with (machine.project / changed).open("a", encoding="utf-8") as stream:
        stream.write("# changed\n")
    assert machine.setup().returncode == 0
    assert any("pip install" in call for call in machine.calls())


def test_a_moved_project_is_installed_again(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    machine.project = machine.project.rename(machine.project.with_name("moved"))
    machine.setup()
    assert any(call.startswith("-m venv") for call in machine.calls())


def test_an_environment_that_failed_to_install_is_not_taken_for_ready(machine: Machine) -> None:
    (machine.bin / "no-network").touch()
    assert machine.setup().returncode != 0
    (machine.bin / "no-network").unlink()
    machine.calls()
    assert machine.setup().returncode == 0
    assert any("pip install" in call for call in machine.calls())


def test_tests_need_more_than_running_and_include_it(machine: Machine) -> None:
    machine.setup("run")
    machine.calls()
    machine.setup("test")
    assert any(call.endswith("[train,cluster,video,dev]") for call in machine.calls())
    machine.setup("run")
    assert machine.calls() == []


def test_a_user_is_told_one_line_and_nothing_is_made(machine: Machine) -> None:
    machine.lacks("libEGL.so.1", "libglib-2.0.so.0")
    done = machine.setup(DISPLAY=":0")
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if "apt-get" in line]
    assert line.split(" -y ")[1].split() == ["libglib2.0-0", "libegl1"]
    assert line.strip().startswith("sudo apt-get update && sudo apt-get install")
    assert machine.calls() == []
    assert not (machine.project / ".venv").exists()


def test_without_a_display_a_user_may_go_on(machine: Machine) -> None:
    machine.lacks("libEGL.so.1")
    done = machine.setup()
    assert done.returncode == 0
    assert "libegl1" in done.stdout
    assert any("pip install" in call for call in machine.calls())
    assert machine.setup("test").returncode == 1  # tests open windows, on screens of their own


def test_names_of_newer_releases_are_taken_where_apt_knows_them(machine: Machine) -> None:
    machine.program("apt-cache", "#!/bin/sh\n")
    machine.lacks("libglib-2.0.so.0")
    assert "-y libglib2.0-0t64\n" in machine.setup(DISPLAY=":0").stdout


def test_root_installs_what_is_missing_once(machine: Machine) -> None:
    machine.user(0)
    machine.lacks("libEGL.so.1", "libxcb-cursor.so.0")
    assert machine.setup().returncode == 0
    update, install, *_ = machine.calls()
    assert update.startswith("apt-get update")
    assert install.startswith("apt-get install")
    assert install.endswith("libegl1 libxcb-cursor0")
    machine.setup()
    assert machine.calls() == []


def test_a_library_that_stays_missing_is_named(machine: Machine) -> None:
    machine.user(0)
    (machine.bin / "broken").touch()
    machine.lacks("libEGL.so.1")
    done = machine.setup()
    assert done.returncode == 1
    assert "libEGL.so.1" in done.stderr


def test_tests_need_a_virtual_screen(machine: Machine) -> None:
    (machine.bin / "Xvfb").unlink()
    machine.lacks("libEGL_mesa.so.0")
    assert machine.setup("run").returncode == 0
    done = machine.setup("test")
    assert done.returncode == 1
    assert "libegl-mesa0" in done.stdout
    assert "xvfb" in done.stdout


def test_a_python_without_venv_gets_its_own_package(machine: Machine) -> None:
    (machine.bin / "venv-package").unlink()
    done = machine.setup()
    assert done.returncode == 1
    assert "-y python3.12-venv\n" in done.stdout
    machine.user(0)
    assert machine.setup().returncode == 0
    assert any("install" in call and "python3.12-venv" in call for call in machine.calls())


def test_a_newer_python_behind_an_old_one_is_found(machine: Machine, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "python3").write_text(PYTHON.format(log=machine.log, bin=machine.bin, too_old=1))
    (old / "python3").chmod(0o755)
    assert machine.setup(PATH=f"{old}:{machine.bin}").returncode == 0
    assert any(call.startswith("-m venv") for call in machine.calls())


def test_no_python_at_all(machine: Machine) -> None:
    (machine.bin / "python3").unlink()
    done = machine.setup()
    assert done.returncode == 1
    assert "-y python3 python3-venv\n" in done.stdout


def test_a_broken_environment_is_made_anew(machine: Machine) -> None:
    machine.setup()
    machine.calls()
    (machine.project / ".venv" / "bin" / "python").unlink()
    assert machine.setup().returncode == 0
    assert any(call.startswith("-m venv") for call in machine.calls())


def test_without_apt_it_names_the_libraries_and_goes_on(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    machine.lacks("libEGL.so.1")
    done = machine.setup(DISPLAY=":0")
    assert done.returncode == 0
    assert "libEGL.so.1" in done.stdout


def test_an_unknown_mode_is_refused(machine: Machine) -> None:
    done = machine.setup("walk")
    assert done.returncode == 1
    assert "walk" in done.stderr
