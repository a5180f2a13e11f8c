"""``python -m core.serving.building EMB_MODEL FOLDER [FILE SHA256]``: build the fast encoder, in a process of its own;
or the tuned layers in FILE, which must hash to SHA256.

It takes 10 s or more and needs torch; a server that answers must not have to wait for either.
"""

import csv
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core import labeling
from core.serving.processes import start_detached

if TYPE_CHECKING:
    from core.reward.encoding.openvino_build import BuildCheck

log = logging.getLogger(__name__)

SAMPLE_TEXTS = 60
_EDGES = (
    "",
    "No",
    "ok",
    "Yes.",
    "How?",
    "I don't know.",
    "12.5 mg",
    "- - - -",
    "\n\t",
    "x" * 200,
    "https://example.org/a?b=c",
    "<b>bold</b> & more",
    "def f(x): return x + 1",
    "Größe und Gewicht",
    "Привет, как дела?",
    "日本語の文章です。",
    "🙂🙂",
)


def start(emb_model: str, folder: Path, *tuned: str) -> int:
    """Start the build and return the number of its process at once.

    A second one at the same time, from whatever process, ends by itself.

    ``tuned``: file and sha256 of tuned layers that are to be built, and not the encoder.

    Raises:
        OSError: the process cannot be started, or its log cannot be written.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder.parent / "build.log").open("ab") as output:
        # a command that only ranked once may end before: the next one finds it ready; one core is left for who serves
        return start_detached(__name__, emb_model, str(folder), *tuned, output=output, OMP_NUM_THREADS="1")


def probes() -> list[str]:
    """Texts on which the build has to agree: questions and answers of the sample, every length, and odd ones."""
    with (Path(labeling.__file__).parent / "sample.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = list(dict.fromkeys(text for row in rows for text in (row["user_prompt"], row["ai_response"])))
    words = " ".join(texts[-20:]).split()
    lengths = [" ".join(words[:count]) for count in (*range(1, 64, 3), *range(64, 300, 24))]
    return list(dict.fromkeys([*texts[:: max(1, len(texts) // SAMPLE_TEXTS)], *lengths, *_EDGES]))


def main(emb_model: str, folder: Path, *tuned: str) -> None:
    """Build unless another process does or did; tuned layers wait until what is being built is done."""
    import fcntl  # not on Windows, where this process fails and sentence-transformers keeps serving

    from core.reward.encoding import openvino_build

    with (folder.parent / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if tuned else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # the lock is let go of when its process ends, however it ends
            return
        if openvino_build.read(folder) is None:
            os.nice(10)
            check = _built(emb_model, folder, *tuned)
            log.info("built in %.0f s: %s", check.seconds, check.reason)


def _built(emb_model: str, folder: Path, file: str = "", sha256: str = "") -> "BuildCheck":
    if not file:
        from core.reward.encoding.openvino_convert import build

        return build(emb_model, folder, probes())
    from core.reward.transformer.fast_build import build_tuned
    from core.reward.transformer.served import DeepPart

    return build_tuned(DeepPart(Path(file).read_bytes, sha256), emb_model, folder, probes())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
