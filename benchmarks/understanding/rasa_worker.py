"""Runs inside Rasa's own environment (Python 3.10): trains a project, or loads a model, and parses texts.

Usage: python rasa_worker.py JOB.json, which names `folder` (the project), `model` (the archive to write or
read), `training` (where what training took is kept: a model without it is trained anew), `texts` (a JSON
list) and `result` (the file to write). Knows nothing of this project, for it cannot import it.
"""

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main(job: dict[str, Any]) -> None:
    folder, model, training = Path(job["folder"]), Path(job["model"]), Path(job["training"])
    os.chdir(folder)
    if not (model.exists() and training.exists()):
        training.write_text(json.dumps(train(folder, model)), encoding="utf-8")
    result: dict[str, Any] = {"training": json.loads(training.read_text(encoding="utf-8"))}
    import rasa
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    texts = json.loads(Path(job["texts"]).read_text(encoding="utf-8"))
    asyncio.run(agent.parse_message(texts[0]))
    result["first_answer_at"] = time.time()
    result["rasa"] = rasa.__version__
    result["model_bytes"] = model.stat().st_size
    result["parses"], result["seconds"] = asyncio.run(parse(agent, texts))
    result["memory"] = memory()
    Path(job["result"]).write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def train(folder: Path, model: Path) -> dict[str, float]:
    """Trains on the project; gives wall and CPU seconds and the peak of the resident memory in bytes."""
    began, cpu = time.perf_counter(), time.process_time()
    from rasa.model_training import train_nlu

    made = train_nlu(
        config=str(folder / "config.yml"),
        nlu_data=str(folder / "data"),
        output=str(model.parent),
        fixed_model_name=model.name[: -len(".tar.gz")],
        domain=str(folder / "domain.yml"),
    )
    if made is None:
        raise SystemExit("rasa train_nlu made no model")
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


async def parse(agent: Any, texts: list[str]) -> Any:
    """What Rasa says of each text (the fallback is left out: its first real intent counts), and how long."""
    parses, seconds = [], []
    for text in texts:
        began = time.perf_counter()
        data = await agent.parse_message(text)
        seconds.append(time.perf_counter() - began)
        ranking = [one for one in data.get("intent_ranking", []) if one["name"] != "nlu_fallback"]
        first = ranking[0] if ranking else {"name": None, "confidence": 0.0}
        entities = [[one["entity"], one["start"], one["end"]] for one in data["entities"]]
        parses.append({"intent": first["name"], "confidence": first["confidence"], "entities": entities})
    return parses, seconds


def memory() -> dict[str, int]:
    """The proportional and the resident memory of this process in bytes."""
    found = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Pss", "Rss"):
            found[name.lower()] = int(rest.split()[0]) * 1024
    return found


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
