"""Measure how many slots and how many prompts at once serve a class that asks in the same second, each with an adapter.

    python -m bench.serving_shape --model bundled --data-dir var --out bench/results/serving_shape.json

For each number of slots and of prompts read together: CPU seconds of this process, on one thread, until the whole
class is answered, and until half and all of the learners have their first token. The last line is one JSON object.
Some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.serving import prompt
from bench.serving_models import Bench, commit, hardware, model_files, write_adapters
from tutor.domain import Token
from tutor.engine.base import AdapterRef, GenerationRequest
from tutor.engine.local import LocalEngine

SHAPES = [(slots, 2) for slots in (4, 8, 16, 32)] + [(16, rows) for rows in (1, 4, 8)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="bundled", help="bundled, standard, random100m, tiny, or a folder")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--learners", type=int, default=32)
    parser.add_argument("--prompt", type=int, default=200, metavar="WORDS")
    parser.add_argument("--answer", type=int, default=32, metavar="TOKENS")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files, precision = model_files(options.model, options.data_dir, Path(folder))
        bench = Bench(files, precision, write_adapters(files, Path(folder)), 1, quick=False)
        requests = [_request(bench.adapter, i, options) for i in range(options.learners)]
        result: dict[str, Any] = {"hardware": hardware(), "model": files.name, "precision": precision}
        result |= {"commit": commit(), "load": list(os.getloadavg()), "learners": options.learners}
        result |= {"prompt_words": options.prompt, "answer_tokens": options.answer}
        for slots, rows in SHAPES:
            engine = bench.engine(slots=slots, prefill_rows=rows)
            found = {"slots": slots, "prefill_rows": rows} | class_asks(engine, requests)
            engine.close()
            result.setdefault("shapes", []).append(found)
            print(json.dumps(found), flush=True)
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def _request(adapter: AdapterRef, learner: int, options: argparse.Namespace) -> GenerationRequest:
    own = AdapterRef(f"a{learner}", adapter.directory, adapter.sha256, adapter.base_sha256)
    asked = prompt(learner, options.prompt, options.answer)
    return GenerationRequest(asked.messages, str(learner), adapter=own, max_tokens=options.answer, time_limit_s=3600)


def class_asks(engine: LocalEngine, requests: list[GenerationRequest]) -> dict[str, float]:
    """Return CPU seconds to the end, and to the first tokens of half and of all learners."""
    firsts: list[float] = []
    started = time.process_time()

    def listen(request: GenerationRequest) -> None:
        answered = False
        for piece in engine.stream(request):
            if not answered and isinstance(piece, Token):
                firsts.append(time.process_time() - started)
                answered = True

    threads = [threading.Thread(target=listen, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ended = time.process_time() - started
    half = sorted(firsts)[len(firsts) // 2]
    return {"all_answered_s": round(ended, 1), "half_heard_s": round(half, 1), "all_heard_s": round(max(firsts), 1)}


if __name__ == "__main__":
    main()
