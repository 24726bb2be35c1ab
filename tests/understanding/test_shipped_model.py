"""The trained model that is shipped: sound, the same on both runtimes, and as good as its card says."""

import pytest

from assistant.dialogue.meaning import Act
from assistant.understanding import Context, understand
from assistant.understanding.evaluation.frozen import read_frozen
from assistant.understanding.evaluation.measures import judge, measure
from assistant.understanding.model.card import read_card
from assistant.understanding.serving.agreement import Tolerances, compare
from assistant.understanding.weighing import weigh
from tests.understanding.conftest import CONTENT, TODAY, context_of, shipped_lexicon, table
from tests.understanding.shipped import shipped_folder, shipped_runtime

HOME = CONTENT.parent
FROZEN = read_frozen(HOME)
ACTS = table("acts")


def test_it_knows_every_trained_intent_of_the_domain() -> None:
    card = read_card(shipped_folder())
    decided_by_rule = {"ask_question", "death_unclear"}
    assert set(card.labels.intents) == set(shipped_lexicon().acts) - decided_by_rule
    assert card.rebuild


def test_on_the_frozen_sentences_it_is_as_good_as_we_say() -> None:
    card = read_card(shipped_folder())
    figures = measure(
        judge(FROZEN, shipped_runtime().predict([e.text for e in FROZEN]), card.acts_of_intents)
    )
    assert figures.intent_macro_f1 >= 0.92
    assert (figures.act_macro_f1 or 0) >= 0.92
    assert (figures.out_of_scope or 0) >= 0.85


@pytest.mark.slow
def test_the_graphics_card_s_runtime_says_the_same() -> None:
    torch_runtime = pytest.importorskip(
        "assistant.understanding.serving.torch_runtime", reason="needs the `train` extra"
    )
    other = torch_runtime.TorchRuntime.load(shipped_folder(), read_card(shipped_folder()))
    found = compare(shipped_runtime(), other, [example.text for example in FROZEN[::3]])
    assert found.problems(Tolerances()) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["say"]) for case in ACTS["cases"]])
def test_beside_the_grammar_it_keeps_the_acts_of_the_table(case: dict[str, object]) -> None:
    context, lexicon = context_of(case, ACTS), shipped_lexicon()
    text = str(case["say"])
    meaning = weigh(
        understand(text, context, lexicon), shipped_runtime().predict([text])[0], context, lexicon
    )
    assert meaning.act == case["act"]


def test_an_emergency_outranks_whatever_the_model_says() -> None:
    text = "血压一百八 胸口疼得厉害 喘不上气"
    context, lexicon = Context(today=TODAY), shipped_lexicon()
    meaning = weigh(
        understand(text, context, lexicon), shipped_runtime().predict([text])[0], context, lexicon
    )
    assert meaning.act is Act.EMERGENCY


IN_THE_CALL = [
    pytest.param(group, text, id=text) for group in table("in_the_call")["groups"] for text in group["say"]
]


@pytest.mark.parametrize(("group", "text"), IN_THE_CALL)
def test_an_answer_in_a_call_is_not_taken_for_something_else(group: dict[str, object], text: str) -> None:
    context, lexicon = context_of(group, group), shipped_lexicon()
    meaning = weigh(
        understand(text, context, lexicon), shipped_runtime().predict([text])[0], context, lexicon
    )
    assert not {meaning.intent.name, meaning.act.value} & set(group["never"])
