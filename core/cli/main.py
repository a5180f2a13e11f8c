"""The one boundary of the command line: arguments in, an exit code and at most one sentence of error out."""

import argparse
import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from core.cli import finetune
from core.cli.agreement import agreement
from core.cli.backup import backup, restore
from core.cli.doctor import doctor
from core.cli.evaluate import evaluate
from core.cli.export import add_marks, export
from core.cli.forget import compact, forget
from core.cli.import_ import conversations, import_
from core.cli.init import init
from core.cli.keys import keys
from core.cli.lead.comparisons import comparisons
from core.cli.lead.judge import judge
from core.cli.lead.quality import quality
from core.cli.lead.score import embed, score
from core.cli.models import models
from core.cli.record import record
from core.cli.rerank import rerank
from core.cli.running.worker import worker
from core.cli.sample import sample
from core.cli.serve import serve
from core.cli.status import status
from core.cli.train import train
from core.cli.users import users
from core.domain.errors import AssayError, BadInput
from core.domain.roles import Role

FAILED, BAD_INPUT = 1, 2


class _Parser(argparse.ArgumentParser):
    """Usage errors are one sentence too."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message[:1].upper()}{message[1:]}. See: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 2 bad input, 1 failed."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR, format="%(name)s: %(message)s")
    try:
        options = parser().parse_args(given)
        result, code = options.command(options)
        if options.json:
            print(json.dumps(result, ensure_ascii=False, allow_nan=False))
        sys.stdout.flush()
    except AssayError as error:
        return _failed(error.in_full, BAD_INPUT if isinstance(error, BadInput) else FAILED, debug)
    except KeyboardInterrupt:
        return _failed("Stopped. What was finished before is kept.", FAILED, debug)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more to say
        return FAILED
    except Exception as error:  # noqa: BLE001  the boundary: whatever it is, a person gets a sentence
        return _failed(
            f"Something unexpected happened ({type(error).__name__}). Nothing that was finished before is affected; "
            "the same with --debug says more.",
            FAILED,
            debug,
        )
    return int(code)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = _Parser(prog="python -m core", description="Assay on the command line.")
    subs = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, words: str, *, parent: Any = subs) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = parent.add_parser(name, help=words, description=words)
        added.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        added.add_argument("--debug", action="store_true", help="show the trace of an error")
        added.set_defaults(command=run)
        return added

    command("init", init, "create or upgrade the tables")

    sub = command("import", import_, "import answers, ratings and comparisons from a file: csv, Excel, JSON, parquet")
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?")
    what.add_argument("--upload", type=int, help=argparse.SUPPRESS)  # a file that the Data page took in
    sub.add_argument("--rater", default="imported", help="whose ratings these are where a row names nobody")
    sub.add_argument("--context-column", help="the column that separates equal prompts about different things")
    sub.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="which column of the file is what, as in user_prompt=Question or user_prompt=input.messages[-1].content",
    )
    sub.add_argument("--sheet", default="", help="which sheet of an Excel file (default: the first that has rows)")
    sub.add_argument("--shape", default="", metavar="NAME", help="what the file is, where it is not recognised")
    sub.add_argument(
        "--scale", default="", help="what its ratings mean: a range like 0-4 or 1-10, thumbs, or poor=1,good=4"
    )
    sub.add_argument("--check", action="store_true", help="say what would happen, and store nothing")

    sub = command("conversations", conversations, "count prompts that hold a whole conversation as text; convert them")
    sub.add_argument("--yes", action="store_true", help="make the last question the prompt; ratings stay")

    command("status", status, "where we stand")

    sub = command("train", train, "train a reward model on the ratings")
    sub.add_argument(
        "--recipe",
        default="pair",
        choices=("pair", "transformer", "concat"),
        help="transformer: tunes a language model too, slower; concat: the baseline beside it",
    )
    sub.add_argument("--seed", type=int, default=0)
    sub.add_argument("--without-rater", metavar="NAME", help="learn nothing from this person's ratings and orders")
    sub.add_argument("--run", type=int, help=argparse.SUPPRESS)  # a run that the Train page asked for

    sub = command("evaluate", evaluate, "measure a model on a rated file, which is not stored")
    sub.add_argument("file")
    sub.add_argument("--model", default="champion")

    sub = command("rerank", rerank, "order candidate answers to a prompt")
    sub.add_argument("--prompt", required=True)
    sub.add_argument("--candidates", required=True, metavar="FILE", help="jsonl with text, or txt with lines of ---")
    sub.add_argument("--top-k", type=int, help="print only the best K")

    sub = command("score", score, "write a file with a score beside every answer; goes on where it was stopped")
    sub.add_argument("file", help="a table with questions and answers")
    sub.add_argument("--out", required=True, metavar="FILE", help="csv, jsonl or parquet, by its ending")
    sub.add_argument("--model", metavar="VERSION", help="instead of the model in use")
    sub.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="which column is what, as in user_prompt=Question or ai_response=Answer",
    )
    sub.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    sub.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, as in tls://10.0.0.5:8786 (make dask)")

    sub = command("embed", embed, "compute the vectors of rated answers ahead of a training")
    sub.add_argument("--all", action="store_true", help="of all answers, rated or not")
    sub.add_argument("--workers", type=int, help="processes on this machine (default: one a core)")
    sub.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, as in tls://10.0.0.5:8786 (make dask)")
    sub.add_argument("--job", type=int, help=argparse.SUPPRESS)  # what the Train page asked for

    sub = command("export", export, "write ratings, gold, pairs, kto, sft, preferences or feedback to a file")
    sub.add_argument("kind", choices=("ratings", "gold", "pairs", "kto", "sft", "preferences", "feedback"))
    sub.add_argument("--out", required=True, metavar="FILE")
    add_marks(sub)

    sub = command("models", models, "list, promote or roll back model versions; thin: keep only the figures of one")
    sub.add_argument("action", nargs="?", default="list", choices=("list", "promote", "rollback", "thin"))
    sub.add_argument("version", nargs="?")
    sub.add_argument("--reason", help="why, for the audit log (promote)")

    words = "the experts' preferences in a language model: export, run, evaluate"
    finetune.add(command, subs.add_parser("finetune", help=words, description=words))

    command("agreement", agreement, "how far the raters agree: Krippendorff's alpha, kappas, each rater")

    sub = command("comparisons", comparisons, "open pairs of answers as A or B, close them, or say how far they are")
    sub.add_argument("action", nargs="?", default="status", choices=("open", "status", "close"), help="without: status")
    sub.add_argument("--pairs", type=int, metavar="N", help="open: so many, each of another question (default 20)")
    sub.add_argument("--raters", type=int, metavar="N", help="open: so many people compare each (default 2)")
    sub.add_argument("--session", default="", help="open: only answers of this session")

    sub = command("quality", quality, "what all answers are worth, rated or not; a gate for a pipeline")
    sub.add_argument("--generator", metavar="A", help="only the answers of this generator")
    sub.add_argument("--against", metavar="B", help="how much better A is than this one")
    sub.add_argument(
        "--at-least",
        type=float,
        metavar="SHARE",
        help="exit 1 unless the share of good answers (with --against: the difference) is at least that for certain",
    )
    sub.add_argument("--draw", type=int, metavar="N", help="instead: draw about N answers at random, to be rated first")

    sub = command("judge", judge, "whether an LLM judge can be relied on; fails where it is no better than chance")
    sub.add_argument("name", nargs="?", metavar="NAME", help="of the judge; without it, all judges are listed")

    sub = command("sample", sample, "load or remove the sample data, or make a week of feedback on it")
    sub.add_argument("action", choices=("load", "feedback", "remove"))

    sub = command("backup", backup, "save database and models in a new folder, also while they are in use")
    sub.add_argument("--out", required=True, metavar="FOLDER")

    sub = command("restore", restore, "put a backup back where nothing is yet")
    sub.add_argument("folder", help="what `backup --out` made")
    sub.add_argument("--into", required=True, metavar="EMPTY", help="a new folder, or an empty PostgreSQL database")

    sub = command("users", users, "list, add, disable or enable people, or give them a role")
    sub.add_argument("action", nargs="?", default="list", choices=("list", "add", "role", "disable", "enable"))
    sub.add_argument("who", nargs="?", metavar="NAME_OR_EMAIL")
    sub.add_argument("role", nargs="?", choices=tuple(map(str, Role)), help="for `users role`")
    sub.add_argument("--role", dest="role", choices=tuple(map(str, Role)), help="for `users add` (default: sme)")
    sub.add_argument("--name", help="for `users add EMAIL`: how they are called")

    sub = command("record", record, "who did what: the latest acts, or all of them in a file")
    sub.add_argument("--since", metavar="DATE", help="from this day or moment on, as in 2026-11-25 or 2026-11-25T14:00")
    sub.add_argument("--until", metavar="DATE", help="before this day or moment")
    sub.add_argument("--actor", default="", metavar="WHO", help="a name, or as the audit log keeps it: 'person 12'")
    sub.add_argument("--action", default="", help="what was done, as in 'promoted'")
    sub.add_argument("--subject", default="", help="to what, as in 'interaction 12' or a part of it")
    sub.add_argument("--limit", type=int, default=50, help="so many of the latest (default 50)")
    sub.add_argument("--out", metavar="FILE", help="write all of them to a csv, jsonl or parquet file instead")

    sub = command("forget", forget, "take an answer, a rater or what a user said out for good; shows first what goes")
    sub.add_argument("what", nargs="?", choices=("interaction", "rater"))
    sub.add_argument("which", nargs="?", metavar="NUMBER_OR_NAME")
    sub.add_argument("--user", metavar="ID", help="instead: all feedback of this user, by the id the application sends")
    sub.add_argument("--application", default="this machine", metavar="NAME", help="whose user: the name of its key")
    sub.add_argument("--pseudonymise", action="store_true", help="a rater: only the name goes, the ratings stay")
    sub.add_argument("--yes", action="store_true", help="do it; it cannot be undone")

    command("compact", compact, "write the SQLite file anew, without the room that deleted texts left")

    sub = command("keys", keys, "list, create, revoke or (after a restore) confirm keys of the HTTP API")
    sub.add_argument("action", nargs="?", default="list", choices=("list", "create", "revoke", "confirm"))
    sub.add_argument("what", nargs="?", metavar="NAME_OR_ID", help="the program's name to create, the number to revoke")
    sub.add_argument("--scope", metavar="SCOPES", help="what a new key may do: rank (default), send, or rank,send")

    sub = command("serve", serve, "answer the HTTP API alone, without the dashboard")
    sub.add_argument("--host", default="127.0.0.1", help="another address than this machine's needs a key first")
    sub.add_argument("--port", type=int, default=8600)
    sub.add_argument("--workers", type=int, default=1, help="processes, each with the model loaded (about 600 MB)")

    sub = command("worker", worker, "take the long work that pages ask for (docs/workers.md), until stopped")
    kinds = "some of training,import,export,build,fine-tuning; without: all that can be done here"
    sub.add_argument("--only", metavar="KINDS", help=kinds)
    sub.add_argument("--gpu", action="store_true", help="this machine has a GPU: other workers leave trainings to it")

    command("doctor", doctor, "check database, rights, model files, encoder and disk")
    return top


def _failed(sentence: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(" ".join(sentence.split()), file=sys.stderr)
    return code
