"""The README says what is so: every setting with its default, every example that it links."""

from __future__ import annotations

import re
from pathlib import Path

from fleet.settings import rows

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = [
        tuple(part.strip() for part in line.strip("|").split("|"))
        for line in README.splitlines()
        if re.match(r"\| `[A-Z_]+` \|", line)
    ]
    assert table == [(f"`{variable}`", f"`{default}`" if default else "", doc) for variable, default, doc in rows()]


def test_everything_that_it_links_to_in_the_tree_is_there() -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_file_and_command_that_it_names_is_there() -> None:
    named = re.findall(r"(?:python |-k |`)((?:deploy|examples|benchmarks|tests)/[\w./-]+)", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
