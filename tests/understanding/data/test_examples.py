"""Reading training data: Rasa YAML, JSON lines, folders; every defect with its file and line."""

from pathlib import Path

import pytest

from assistant.understanding.data.examples import (
    Annotation,
    DataError,
    Example,
    load_training_data,
    read_examples,
    read_training_data,
)

YAML = """version: "3.1"
nlu:
  # how residents ask for a date
  - intent: book_appointment
    examples: |
      - 我想约[明天下午](time)

      - 给[我妈](relation)挂个[内科](department)
  - intent: faq/hours
    examples:
      - text: |
          几点开门
        metadata: {asked: often}
  - synonym: 头痛
    examples: |
      - 脑壳疼
  - lookup: department
    examples: |
      - 内科
      - 口腔科
  - regex: phone
    examples: |
      - \\d{11}
"""

DOMAIN = """intents:
  - book_appointment: {act: off_topic}
  - faq: {act: question_back}
  - ask_question: {act: question_back, examples: false}
entities: [time, relation, department]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small content folder."""
    content = tmp_path / "nlu_data"
    (content / "nlu" / "intents").mkdir(parents=True)
    (content / "domain").mkdir()
    (content / "nlu" / "intents" / "booking.yml").write_text(YAML, encoding="utf-8")
    (content / "nlu" / "medicines.yml").write_text("medicines: []\n", encoding="utf-8")
    (content / "domain" / "intents.yml").write_text(DOMAIN, encoding="utf-8")
    return content


def test_examples_carry_their_line(home: Path) -> None:
    assert list(read_training_data(home).examples) == [
        Example(
            "我想约明天下午",
            "book_appointment",
            (Annotation("time", 3, 7, "明天下午"),),
            source="nlu_data/nlu/intents/booking.yml:6",
        ),
        Example(
            "给我妈挂个内科",
            "book_appointment",
            (Annotation("relation", 1, 3, "我妈"), Annotation("department", 5, 7, "内科")),
            source="nlu_data/nlu/intents/booking.yml:8",
        ),
        Example("几点开门", "faq", source="nlu_data/nlu/intents/booking.yml:11"),
    ]


def test_the_rest_of_the_training_data(home: Path) -> None:
    data = read_training_data(home)
    assert data.synonyms == {"脑壳疼": "头痛"}
    assert data.lookups == {"department": ("内科", "口腔科")}
    assert data.patterns == {"phone": (r"\d{11}",)}
    assert data.acts == {
        "book_appointment": "off_topic",
        "faq": "question_back",
        "ask_question": "question_back",
    }
    assert data.untrained == {"ask_question"}
    assert data.entities == {"time", "relation", "department"}


def test_an_annotated_value_is_a_synonym(home: Path) -> None:
    (home / "nlu" / "more.yml").write_text(
        "nlu:\n- intent: faq\n  examples: |\n    - [脑壳疼](symptom:头痛)咋办\n    - [Alcohol](food:酒)\n",
        encoding="utf-8",
    )
    assert read_training_data(home).synonyms == {"脑壳疼": "头痛", "alcohol": "酒"}


def test_of_two_standard_terms_the_declared_one_counts_and_the_other_is_told(home: Path) -> None:
    (home / "nlu" / "more.yml").write_text(
        "nlu:\n- intent: faq\n  examples: |\n    - [脑壳疼](symptom:头晕)咋办\n", encoding="utf-8"
    )
    data = read_training_data(home)
    assert data.synonyms == {"脑壳疼": "头痛"}
    (conflict,) = data.conflicts
    assert str(conflict).startswith(
        "nlu_data/nlu/more.yml:4: '脑壳疼' stands for '头晕' here and for '头痛' in"
    )


def test_json_lines_and_yaml_are_read_in_the_order_given(home: Path, tmp_path: Path) -> None:
    lines = tmp_path / "public.jsonl"
    lines.write_text(
        '{"id": 7, "text": "放一首歌", "intent": "music", "act": "off_topic",'
        ' "entities": [{"entity": "kind", "start": 3, "end": 4, "value": "歌曲"}]}\n\n'
        '{"text": "几点了", "intent": "clock"}\n',
        encoding="utf-8",
    )
    read = read_examples([lines, home])
    assert read[:2] == [
        Example("放一首歌", "music", (Annotation("kind", 3, 4, "歌曲"),), "off_topic", f"{lines}:1"),
        Example("几点了", "clock", source=f"{lines}:3"),
    ]
    assert [example.text for example in read[2:]] == ["我想约明天下午", "给我妈挂个内科", "几点开门"]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("nlu:\n- intent: a\n  examples: |\n    - 好\n    不好\n", 5, "every line starts with '- '"),
        ("nlu:\n- intent: a\n  examples: |\n    - [好](x\n", 4, "an annotation that cannot be read"),
        ("nlu:\n- intent: a\n  lookup: b\n  examples: |\n    - 好\n", 2, "exactly one of"),
        ("nlu:\n- intent: a\n  exmaples: |\n    - 好\n", 3, "unknown key 'exmaples'"),
        ("nlu:\n- intent: a\n", 2, "has no examples"),
        ("nlu:\n- intent: a\n  examples: 7\n", 2, "must be a block of lines"),
        ("nlu:\n- intent: a\n  examples:\n  - 好\n", 4, "a mapping with `text:`"),
        ("nlu: 好\n", 1, "must be a list"),
        ("nlu:\n- regex: a\n  examples: |\n    - (\n", 4, "no regular expression"),
        ("nlu:\n- intent: [a\n", 3, "not valid YAML"),
        ("flows: {}\n", 1, "no 'nlu:' section"),
    ],
)
def test_a_defect_in_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    file = tmp_path / "bad.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_examples([file])
    problem = caught.value.problems[0]
    assert problem.source == f"{file}:{line}"
    assert told in problem.message


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("[1]", "not an object"),
        ("{", "not JSON"),
        ('{"text": "好"}', "'intent' is missing"),
        ('{"text": " ", "intent": "a"}', "'text' is missing or empty"),
        (
            '{"text": "好", "intent": "a", "entities": [{"entity": "b", "start": 0, "end": 2}]}',
            "1 code points",
        ),
        ('{"text": "好", "intent": "a", "entities": [{"start": 0, "end": 1}]}', "needs a name"),
        ('{"text": "好", "intent": "a", "entities": {"entity": "b"}}', "must be a list"),
        ('{"text": "好", "intent": "a", "act": "dance"}', "'act' 'dance' must be one of answer"),
    ],
)
def test_a_defect_in_json_lines_is_told_with_its_line(tmp_path: Path, row: str, told: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"text": "好", "intent": "a"}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_examples([file])
    (problem,) = caught.value.problems
    assert problem.source == f"{file}:2"
    assert told in problem.message


def test_every_defect_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "nlu:\n- intent: a\n  examples: |\n    - [x\n    - y]\n", encoding="utf-8"
    )
    (tmp_path / "b.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_examples([tmp_path, tmp_path / "c.yml", tmp_path / "d.csv"])
    told = [problem.source.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]
    assert told == [
        "a.yml:4",
        "a.yml:5",
        "b.jsonl:1",
        "c.yml:1",
        f"{tmp_path}/d.csv:1".removeprefix(f"{tmp_path}/"),
    ]


def test_the_message_tells_the_first_of_very_many_defects(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{\n" * 30, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_examples([tmp_path])
    assert len(caught.value.problems) == 30
    assert str(caught.value).splitlines()[-1] == "and 10 more"


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gbk.jsonl"
    file.write_bytes(b"\n" + "你好".encode("gbk"))
    with pytest.raises(DataError, match=r"gbk.jsonl:2: not UTF-8"):
        read_examples([file])


def test_nothing_found_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no examples found"):
        read_examples([tmp_path])


def test_the_linter_gets_what_could_be_read_and_what_could_not(home: Path) -> None:
    (home / "nlu" / "more.yml").write_text("nlu:\n- intent: faq\n  examples: |\n    - [x\n", encoding="utf-8")
    data, problems = load_training_data(home)
    assert len(data.examples) == 3
    assert [problem.source for problem in problems] == ["nlu_data/nlu/more.yml:4"]


@pytest.mark.parametrize(
    ("domain", "told"),
    [
        ("intents: 3\n", "needs a list `intents:`"),
        ("intents:\n  - a: {act: dance}\n", "intents.yml:2: intent 'a' needs an act"),
        (
            "intents:\n  - a: {act: answer}\n  - a: {act: answer}\n",
            "intents.yml:3: intent 'a' is declared twice",
        ),
    ],
)
def test_a_defect_in_the_domain_is_told(home: Path, domain: str, told: str) -> None:
    (home / "domain" / "intents.yml").write_text(domain, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_training_data(home)
