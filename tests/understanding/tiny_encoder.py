"""A tiny model, trained once for all the tests of the encoder."""

import itertools
from pathlib import Path

import pytest

from assistant.understanding.data.annotations import Annotation
from assistant.understanding.data.example import Example
from assistant.understanding.model.settings import Settings
from assistant.understanding.training.trainer import train

INTENTS = {
    "book_appointment": ("我想挂{}的号", "帮我约一下{}", "能不能预约{}呀", "给我挂个{}吧", "我要看{}"),
    "ask_medicine": ("{}怎么吃", "{}一天吃几片", "{}有没有副作用", "能同时吃{}吗", "{}饭前吃还是饭后吃"),
    "goodbye": ("再见{}", "先这样吧{}", "挂了啊{}", "拜拜{}", "没别的事了{}"),
    "out_of_scope": ("今天{}天气好不好", "放一首歌{}", "{}股票涨了没有", "讲个笑话{}", "{}球赛几点开始"),
}
FILLINGS = {
    "book_appointment": ("内科", "中医科", "眼科", "口腔科", "儿科", "全科"),
    "ask_medicine": ("阿司匹林", "二甲双胍", "氨氯地平", "降压药", "胰岛素", "钙片"),
    "goodbye": ("", "啊", "了", "大夫", "姑娘", "哈"),
    "out_of_scope": ("", "北京", "明天", "那个", "你说", "请问"),
}
ENTITIES = {"book_appointment": "department", "ask_medicine": "medicine"}
ACTS = {
    "book_appointment": "off_topic",
    "ask_medicine": "question_back",
    "goodbye": "off_topic",
    "out_of_scope": "off_topic",
}


def _example(intent: str, pattern: str, filling: str) -> Example:
    text = pattern.format(filling)
    entity = ENTITIES.get(intent)
    if entity is None:
        return Example(text=text, intent=intent)
    start = pattern.index("{}")
    span = Annotation(entity=entity, start=start, end=start + len(filling), value=filling)
    return Example(text=text, intent=intent, annotations=(span,))


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return [
        _example(intent, pattern, filling)
        for intent, patterns in INTENTS.items()
        for pattern, filling in itertools.product(patterns, FILLINGS[intent])
    ]


@pytest.fixture(scope="session")
def trained(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    train(examples, folder, tiny(), seed=3, name="tiny", acts_of_intents=ACTS)
    return folder


def tiny(**changes: object) -> Settings:
    """The smallest settings that still learn the examples above."""
    small = Settings(pieces=200, embedding=16, width=32, layers=1, heads=2, epochs=25, batch=16)
    return small.model_copy(
        update={"averaging": 0.9, "dropout": 0.1, "masking": 0.1, "least_steps": 1, **changes}
    )
