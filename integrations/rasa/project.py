"""A Rasa 3.6 project made from our training data: a copy, for `rasa train` rewrites the files it reads.

The pipeline is what an experienced author would choose for Chinese: jieba's words with our lookup words
added to its dictionary, lookups that match inside a sentence (Rasa's default asks for word boundaries, which
Chinese does not have), word and character n-grams, DIET, synonyms, and a fallback.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from assistant.understanding.data.annotations import AnnotationError, write_markup
from assistant.understanding.data.examples import Example, TrainingData

VERSION = "3.1"
ASSISTANT_ID = "health-centre-assistant"
DEFAULT_EPOCHS = 100
# Rasa's markup has no escape for these; the full-width forms look alike and keep every offset.
_UNMARKED = str.maketrans("[]", "［］")


@dataclass(frozen=True)
class RasaData:
    """What goes into Rasa's `data/nlu.yml`.

    `synonyms` maps words to the standard term; `lookups` and `patterns` (regular expressions) are by name.
    """

    examples: Sequence[Example]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: TrainingData) -> "RasaData":
        return cls(data.examples, data.synonyms, data.lookups, data.patterns)


def write_project(folder: Path, data: RasaData, *, epochs: int = DEFAULT_EPOCHS, seed: int = 0) -> None:
    """Writes `config.yml`, `domain.yml`, `data/nlu.yml` and, where there are lookups, jieba's dictionary.

    The folder is created; files of these names in it are replaced. `epochs` and `seed` are DIET's.
    """
    words = sorted({word for words in data.lookups.values() for word in words if not _has_space(word)})
    dictionary = folder.resolve() / "dictionary" if words else None
    (folder / "data").mkdir(parents=True, exist_ok=True)
    if dictionary:
        dictionary.mkdir(exist_ok=True)
        (dictionary / "words.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    _write(folder / "config.yml", config(epochs, seed, dictionary))
    _write(folder / "domain.yml", domain(data.examples))
    _write(folder / "data" / "nlu.yml", {"version": VERSION, "nlu": nlu(data)})


def config(epochs: int, seed: int, dictionary: Path | None = None) -> dict[str, Any]:
    """Rasa's `config.yml`; `dictionary` is a folder of word lists for jieba."""
    tokenizer: dict[str, Any] = {"name": "JiebaTokenizer"}
    if dictionary:
        tokenizer["dictionary_path"] = str(dictionary)
    return {
        "recipe": "default.v1",
        "assistant_id": ASSISTANT_ID,
        "language": "zh",
        "pipeline": [
            tokenizer,
            {"name": "RegexFeaturizer", "use_word_boundaries": False},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True, "random_seed": seed},
            {"name": "EntitySynonymMapper"},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [{"name": "RulePolicy"}],
    }


def domain(examples: Sequence[Example]) -> dict[str, Any]:
    """Rasa's `domain.yml`: the intents and entities that occur."""
    return {
        "version": VERSION,
        "intents": sorted({example.intent for example in examples}),
        "entities": sorted({one.entity for example in examples for one in example.annotations}),
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def nlu(data: RasaData) -> list[dict[str, Any]]:
    """The list under `nlu:`, intents in order of appearance."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for example in data.examples:
        by_intent[example.intent].append(marked(example))
    by_term: dict[str, list[str]] = defaultdict(list)
    for words, term in data.synonyms.items():
        by_term[term].append(words)
    return [
        *({"intent": name, "examples": _lines(lines)} for name, lines in by_intent.items()),
        *({"synonym": term, "examples": _lines(words)} for term, words in by_term.items()),
        *({"lookup": name, "examples": _lines(words)} for name, words in data.lookups.items()),
        *({"regex": name, "examples": _lines(words)} for name, words in data.patterns.items()),
    ]


def marked(example: Example) -> str:
    """The text with Rasa's markup; brackets that would be read as markup become full-width ones."""
    try:
        return write_markup(example.text, example.annotations)
    except AnnotationError:
        return write_markup(example.text.translate(_UNMARKED), example.annotations)


def _lines(examples: Sequence[str]) -> LiteralScalarString:
    return LiteralScalarString("".join(f"- {' '.join(example.split())}\n" for example in examples))


def _has_space(word: str) -> bool:
    return any(character.isspace() for character in word)


def _write(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.width = 1 << 16
    out = StringIO()
    yaml.dump(content, out)
    path.write_text(out.getvalue(), encoding="utf-8")
