"""The tutor as an operator runs it: verbs of the command line, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]


class Tutor:
    """Runs verbs on one data folder, each in its own process.

    Beside a small model MiniLM searches: each process loads its models anew. The standard one has the default embedder.
    """

    def __init__(self, data_dir: Path, model: str) -> None:
        self.data_dir, self.model = data_dir, model
        self.embedder = "auto" if model == "auto" else "minilm"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tutor", *arguments, "--data-dir", str(self.data_dir)],
            cwd=REPO,
            capture_output=True,
            text=True,
            timeout=600,
            env={**os.environ, "TUTOR_MODEL": self.model, "TUTOR_EMBEDDER": self.embedder},
        )

    def json(self, *arguments: str) -> Any:
        finished = self.run(*arguments, "--json")
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    def ask(self, learner: str, question: str) -> dict[str, Any]:
        return self.json("ask", "--course", "sample", "--learner", learner, question)
