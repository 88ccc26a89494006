"""What a newcomer sees: the two views of a narrow page, and what can be uploaded."""

from __future__ import annotations

import pytest

from core.languages import complete
from core.settings import ROOT, Settings
from tests.markup_reader import read
from ui.panels import FILES, upload_info
from ui.welcome import views


def test_the_open_view_is_said_and_not_only_coloured() -> None:
    made = views("en")
    assert made.count('aria-pressed="true"') == 1
    assert 'data-view="chat" aria-pressed="true"' in made and 'data-view="panel" aria-pressed="false"' in made
    assert (
        "aria-pressed"
        in (ROOT / "ui" / "page.js").read_text("utf-8").partition("function views()")[2].partition("}")[0]
    )


@pytest.mark.parametrize("language", complete())
def test_formats_and_limit_are_said_before_anybody_uploads(language: str) -> None:
    said = read(upload_info(Settings(max_upload_mb=7), language)).text
    assert "7" in said and len(FILES) == 4 and all(name in said for name in ("CSV", "TSV", "JSON Lines", "Parquet"))
