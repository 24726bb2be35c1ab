"""`python -m integrations.rasa`: trains stock Rasa on a copy of our data and says how to run it.

Needs Rasa's environment, which setup/rasa.sh makes; `make rasa` does both.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from assistant.understanding.data.examples import DataError, read_training_data
from integrations.rasa.environment import RasaUnavailable, interpreter, process_environment
from integrations.rasa.project import DEFAULT_EPOCHS, RasaData, write_project

HOME = Path(__file__).parents[2]


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.rasa", description=__doc__)
    parser.add_argument("--content", type=Path, default=HOME / "nlu_data", help="our content (nlu_data)")
    parser.add_argument("--out", type=Path, default=HOME / "var" / "rasa", help="where to put it (var/rasa)")
    parser.add_argument(
        "--epochs", type=int, default=DEFAULT_EPOCHS, help=f"DIET's epochs ({DEFAULT_EPOCHS})"
    )
    parser.add_argument("--threads", type=int, default=2, help="threads of the training (2)")
    parser.add_argument("--only-copy", action="store_true", help="write the project and train nothing")
    return parser.parse_args(given)


def main(options: argparse.Namespace) -> int:
    project = options.out / "project"
    try:
        data = read_training_data(options.content)
        write_project(project, RasaData.of(data), epochs=options.epochs)
        print(f"wrote {len(data.examples)} examples in Rasa's form to {project}")
        if not options.only_copy:
            model = train(options.out, options.threads)
            print(f"trained {model}\n\n{how_to_run(model)}")
    except (DataError, RasaUnavailable) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def train(folder: Path, threads: int) -> Path:
    """Trains the project in `folder`; gives the model's archive. Raises RasaUnavailable."""
    rasa = interpreter(HOME).with_name("rasa")
    models = (folder / "models").resolve()
    command = [str(rasa), "train", "nlu", "--nlu", "data", "--domain", "domain.yml", "--config", "config.yml"]
    command += ["--out", str(models), "--fixed-model-name", "nlu"]
    done = subprocess.run(command, cwd=folder / "project", env=process_environment(threads), check=False)
    if done.returncode:
        raise RasaUnavailable(f"rasa train ended with {done.returncode}; what it said is above")
    return models / "nlu.tar.gz"


def how_to_run(model: Path) -> str:
    """The command that serves the model and the lines of config.yml that use it."""
    rasa = interpreter(HOME).with_name("rasa")
    return (
        "Serve it with\n"
        f"  RASA_TELEMETRY_ENABLED=false {rasa} run --enable-api -i 127.0.0.1 -p 5005 -m {model}\n"
        "and let the assistant ask it, in config.yml:\n"
        "  understanding:\n    engine: rasa\n    rasa: {url: 'http://127.0.0.1:5005'}"
    )


if __name__ == "__main__":
    raise SystemExit(main(arguments()))
