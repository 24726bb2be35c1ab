"""The contracts between the layers, kept in pyproject.toml, hold."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, python_files


def test_the_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_folder_with_modules_is_a_package_so_that_the_contracts_see_it() -> None:
    folders = {path.parent for path in python_files(*PACKAGES) if path.parent.name != "versions"}  # Alembic's
    hidden = [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()]
    assert not hidden
