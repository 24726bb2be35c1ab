"""`assistant train` and `assistant evaluate`: a tiny model from data to figures, and what goes wrong."""

import json
from pathlib import Path

import pytest

from assistant.commands import model_training
from assistant.commands.evaluate import evaluate
from assistant.commands.terminal import CommandFailed
from assistant.commands.train import train
from assistant.understanding.model.card import read_card
from tests.architecture.source import ROOT

INTENTS = {
    "book": """挂号 约号 预约 排号 登记 挂内科 约门诊 看医生
        挂外科 约大夫 排个队 拿个号 挂专家 约复诊 定时间 要个号""",
    "ask": """降压药 吃几片 饭前吃 饭后吃 漏服了 能停吗 副作用 吃多久
        怎么存 会伤肝 能掰开 睡前吃 空腹吃 药过期 加量吗 换药吗""",
    "out_of_scope": """放歌 打车 买股票 查彩票 讲笑话 翻译 写作业 关灯
        开空调 订机票 看电影 点外卖 下象棋 算命 猜谜语 背首诗""",
}
TINY = """device: cpu
centre: {name: 测试中心, phone: "12345678"}
understanding:
  encoder:
    {embedding: 16, width: 16, layers: 1, heads: 2, towers: 1, pieces: 200, least_documents: 1, batch: 8}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose models are tiny, with a data set beside it."""
    home = tmp_path_factory.mktemp("home")
    (home / "config.yml").write_text(TINY, encoding="utf-8")
    (home / "nlu_data").symlink_to(ROOT / "nlu_data")
    rows = [{"text": text, "intent": intent} for intent, texts in INTENTS.items() for text in texts.split()]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (home / "set.jsonl").write_text(lines, encoding="utf-8")
    return home


@pytest.fixture(autouse=True)
def installation(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    monkeypatch.setenv("ASSISTANT_VAR", str(home / "var"))


@pytest.fixture(scope="module")
def model(home: Path) -> Path:
    """A model of the little set."""
    pytest.importorskip("torch")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASSISTANT_HOME", str(home))
        train([home / "set.jsonl"], home / "tiny", seed=3, epochs=1)
    return home / "tiny"


@pytest.mark.slow
def test_training_leaves_a_model_with_its_recipe(model: Path) -> None:
    card = read_card(model)
    assert card.labels.intents == ["ask", "book", "out_of_scope"]
    assert (card.data.examples, card.seed, card.version) == (48, 3, "tiny")
    assert card.rebuild == f"assistant train {model.parent / 'set.jsonl'} --seed 3 --epochs 1"


@pytest.mark.slow
def test_a_trained_model_is_judged(model: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate([home / "set.jsonl"], model=str(model), as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown["examples"] == 48
    wrong = [row for row in shown["errors"] if row["intent"] != row["predicted"]]
    assert len(wrong) == len(shown["errors"]) == round(48 * (1 - shown["intent_accuracy"]))
    assert shown["act_accuracy"] is None, "a foreign set has no acts"


@pytest.mark.slow
def test_a_model_is_as_good_as_itself(model: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate([home / "set.jsonl"], compare=(str(model), str(model)))
    shown = capsys.readouterr().out
    assert "McNemar p = 1 (may be" in " ".join(shown.split())
    assert "0 won" in shown


@pytest.mark.slow
def test_cross_validation_judges_every_example_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    evaluate([home / "set.jsonl"], folds=2, epochs=1, as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown["examples"] == 48
    assert sum(fold["examples"] for fold in shown["folds"]) == 48
    assert {name: score["support"] for name, score in shown["intents"].items()} == dict.fromkeys(INTENTS, 16)


@pytest.mark.slow
def test_a_model_of_the_same_name_is_never_written_over(model: Path, home: Path) -> None:
    with pytest.raises(CommandFailed, match="exists; name a new folder"):
        train([home / "set.jsonl"], model)


def test_without_torch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(model_training.importlib.util, "find_spec", lambda name: None)
    for command in (train, evaluate):
        with pytest.raises(
            CommandFailed, match=r"training needs torch, .*pip install -e '\.\[train\]'"
        ) as failed:
            command([home / "set.jsonl"])
        assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"model": "a", "compare": ("a", "b")}, "exclude each other"),
        ({"model": "nowhere"}, "no frozen test set in .*; name the data"),
        ({"data": ["set.jsonl"], "model": "nowhere"}, "no version 'nowhere' of the model"),
        ({"data": ["gone.jsonl"]}, "gone.jsonl:1: cannot be read"),
        ({"data": ["set.jsonl"], "folds": 60}, "48 groups of examples cannot be parted into 60 folds"),
    ],
)
def test_what_cannot_be_evaluated_is_told(home: Path, arguments: dict[str, object], told: str) -> None:
    named = [home / str(name) for name in arguments.pop("data", [])]  # type: ignore[attr-defined]
    with pytest.raises(CommandFailed, match=told):
        evaluate(named, **arguments)  # type: ignore[arg-type]


def test_only_a_model_of_our_own_data_can_be_made_active_at_once(home: Path) -> None:
    with pytest.raises(CommandFailed, match="--activate is for a model of nlu_data"):
        train([home / "set.jsonl"], activate=True)


def test_one_intent_is_nothing_to_learn(home: Path) -> None:
    pytest.importorskip("torch")
    (home / "one.jsonl").write_text('{"text": "好", "intent": "yes"}\n', encoding="utf-8")
    with pytest.raises(CommandFailed, match=r"one\.jsonl: training needs examples of at least two intents"):
        train([home / "one.jsonl"], home / "one")
    assert not (home / "one").exists()
