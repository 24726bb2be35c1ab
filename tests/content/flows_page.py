"""The example content of docs/flows.md."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "flows.md"


def example_files() -> dict[str, str]:
    """The page's YAML blocks by the file name in their first line."""
    blocks = re.findall(r"```yaml\n# (\S+\.yml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(blocks)
