from collections import Counter

import pytest

from assistant.understanding.data.example import Example
from assistant.understanding.data.folds import groups
from assistant.understanding.training.holding_out import held_out_parts


def test_parts_are_disjoint_and_of_the_wanted_size(examples):
    parts = held_out_parts(examples, 0.1, 2, seed=1)
    (first_in, first_out), (_, second_out) = parts
    assert not set(first_out) & set(second_out)
    assert sorted(first_in + first_out) == list(range(len(examples)))
    assert len(first_out) == pytest.approx(0.1 * len(examples), abs=3)


def test_small_families_stay_together(examples):
    family = groups(examples)
    sizes = Counter(family)
    ((inside, outside),) = held_out_parts(examples, 0.3, 1, seed=2)
    small = {number for number, size in sizes.items() if size <= 0.2 * 0.3 * len(examples)}
    assert small & {family[index] for index in outside}
    assert not small & {family[index] for index in inside} & {family[index] for index in outside}


def test_one_family_that_is_most_of_the_data_does_not_empty_the_training_set():
    same = [Example(text=f"播放第{number}首", intent="play") for number in range(90)]
    other = [
        Example(text=text, intent="stop") for text in ("停", "别放了", "关掉", "不听了", "安静", "停止播放")
    ]
    ((inside, outside),) = held_out_parts([*same, *other], 0.1, 1, seed=3)
    assert len(outside) <= 12
    assert len(inside) >= 84


def test_a_thin_intent_keeps_half_of_its_examples():
    examples = [Example(text=text, intent="stop") for text in ("停下来", "别放了")]
    examples += [
        Example(text=f"今天{word}怎么样", intent="ask") for word in "天地玄黄宇宙洪荒日月盈昃辰宿列张"
    ]
    for inside, _ in held_out_parts(examples, 0.4, 2, seed=4):
        assert any(examples[index].intent == "stop" for index in inside)


def test_too_few_examples_are_refused():
    with pytest.raises(ValueError, match="too few"):
        held_out_parts([Example(text="停", intent="stop"), Example(text="走", intent="go")], 0.1, 2, seed=1)
