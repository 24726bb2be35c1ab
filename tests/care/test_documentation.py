"""The page of forms is made from the forms."""

from pathlib import Path

from assistant.care.documentation import forms_page
from assistant.care.form import Form
from tests.care.yaml_cases import CONTENT, read_yaml

PAGE = Path(__file__).parents[2] / "docs" / "forms.md"


def test_the_page_says_what_the_forms_say() -> None:
    files = sorted((CONTENT / "forms").glob("*.yml"))
    page = forms_page(Form.parse(read_yaml(file), file.name) for file in files)
    assert PAGE.read_text(encoding="utf-8") == page, "docs/forms.md is out of date: write forms_page() to it"
