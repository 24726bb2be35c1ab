"""The grammar's understanding of one utterance: danger signs first, then values, then what it does."""

from assistant.dialogue.meaning import Entity, Meaning
from assistant.understanding import acts, red_flags
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.readback import reconcile
from assistant.understanding.sentence import Sentence, prepare
from assistant.understanding.values import parse_all


def understand(text: str, context: Context, lexicon: Lexicon) -> Meaning:
    """The meaning of `text` said in `context`. Pure; never raises on any text."""
    sentence = prepare(text, context, lexicon)
    values = reconcile(sentence, context, parse_all(sentence, context))
    flags = red_flags.find(sentence, context, values)
    ranking = acts.intent_of(sentence, context, values, flags)
    return Meaning(
        text=text,
        act=lexicon.act_of(ranking[0].name),
        intent=ranking[0],
        intent_ranking=tuple(ranking),
        values=values,
        entities=tuple(_entities(sentence)),
        red_flags=flags,
    )


def _entities(sentence: Sentence) -> list[Entity]:
    entities = []
    for name, finder in (("symptom", sentence.lexicon.symptoms), ("medicine", sentence.lexicon.medicines)):
        for found in finder.find(sentence.text):
            start, end = sentence.normalised.given_span(found.start, found.end)
            entities.append(Entity(entity=name, value=found.term, start=start, end=end))
    return sorted(entities, key=lambda entity: entity.start)
