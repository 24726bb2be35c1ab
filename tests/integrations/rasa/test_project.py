import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.understanding.data.examples import Annotation, Example, TrainingData, read_examples
from integrations.rasa.environment import RasaUnavailable, interpreter, process_environment
from integrations.rasa.project import RasaData, write_project

HOME = Path(__file__).parents[3]
EXAMPLES = (
    Example("我有点头晕", "symptom_report", (Annotation("symptom", 3, 5, "头晕"),)),
    Example("脑袋昏昏的", "symptom_report", (Annotation("symptom", 0, 4, "头晕"),)),
    Example("在吃络活喜 [每天]", "medicine_question", (Annotation("medicine", 2, 5, "氨氯地平"),)),
    Example("- 您好", "greeting"),
    Example("[收到](谢谢)", "thanks"),
)
DATA = RasaData(
    EXAMPLES,
    synonyms={"络活喜": "氨氯地平"},
    lookups={"medicine": ("络活喜", "氨氯地平")},
    patterns={"phone": (r"1\d{10}",)},
)


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_the_copy_says_what_the_data_say(tmp_path: Path) -> None:
    write_project(tmp_path, RasaData(EXAMPLES[:2] + EXAMPLES[3:4]))
    copied = read_examples([tmp_path / "data"])
    assert [(one.text, one.intent) for one in copied] == [
        ("我有点头晕", "symptom_report"),
        ("脑袋昏昏的", "symptom_report"),
        ("- 您好", "greeting"),
    ]
    assert [one.annotations for one in copied[:2]] == [one.annotations for one in EXAMPLES[:2]]


def test_brackets_that_would_be_markup_become_full_width(tmp_path: Path) -> None:
    write_project(tmp_path, RasaData(EXAMPLES[4:]))
    (copied,) = read_examples([tmp_path / "data"])
    assert copied.text == "［收到］(谢谢)"


def test_lookups_synonyms_and_patterns_come_along(tmp_path: Path) -> None:
    write_project(tmp_path, DATA)
    items = read(tmp_path / "data" / "nlu.yml")["nlu"]
    said = {(key, item[key]): item["examples"] for item in items for key in item if key != "examples"}
    assert said["synonym", "氨氯地平"] == "- 络活喜\n"
    assert said["lookup", "medicine"] == "- 络活喜\n- 氨氯地平\n"
    assert said["regex", "phone"] == "- 1\\d{10}\n"
    assert (tmp_path / "dictionary" / "words.txt").read_text(encoding="utf-8") == "氨氯地平\n络活喜\n"


def test_the_pipeline_is_fair_to_chinese(tmp_path: Path) -> None:
    write_project(tmp_path, DATA, epochs=7)
    config = read(tmp_path / "config.yml")
    parts = {part["name"]: part for part in config["pipeline"]}
    assert config["assistant_id"] == "health-centre-assistant"
    assert parts["RegexFeaturizer"]["use_word_boundaries"] is False
    assert parts["DIETClassifier"]["epochs"] == 7
    assert Path(parts["JiebaTokenizer"]["dictionary_path"]).is_dir()


def test_the_domain_names_what_occurs(tmp_path: Path) -> None:
    write_project(tmp_path, DATA)
    domain = read(tmp_path / "domain.yml")
    assert domain["intents"] == ["greeting", "medicine_question", "symptom_report", "thanks"]
    assert domain["entities"] == ["medicine", "symptom"]


def test_training_data_carry_over_as_a_whole() -> None:
    data = TrainingData(
        EXAMPLES, {"络活喜": "氨氯地平"}, {"medicine": ("络活喜",)}, {}, {"thanks": "off_topic"}
    )
    assert RasaData.of(data) == RasaData(EXAMPLES, data.synonyms, data.lookups, data.patterns)


READER = """
import json, sys
from rasa.shared.nlu.training_data.loading import load_data
data = load_data(sys.argv[1])
found = [[e.get("text"), e.get("intent"), [[x["entity"], x["start"], x["end"], x["value"]]
         for x in e.get("entities", [])]] for e in data.intent_examples]
print(json.dumps([found, data.entity_synonyms]))
"""


@pytest.mark.slow
def test_rasa_itself_reads_the_copy_as_we_mean_it(tmp_path: Path) -> None:
    try:
        python = interpreter(HOME)
    except RasaUnavailable as problem:
        pytest.skip(str(problem))
    write_project(tmp_path, DATA)
    command = [str(python), "-W", "ignore", "-c", READER, str(tmp_path / "data")]
    done = subprocess.run(command, env=process_environment(1), capture_output=True, check=True, text=True)
    found, synonyms = json.loads(done.stdout.strip().splitlines()[-1])
    assert found == [
        [
            example.text.translate(str.maketrans("[]", "［］")) if "](" in example.text else example.text,
            example.intent,
            [[one.entity, one.start, one.end, one.value] for one in example.annotations],
        ]
        for example in EXAMPLES
    ]
    assert synonyms["络活喜"] == "氨氯地平"
