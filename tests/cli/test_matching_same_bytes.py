"""Two runs, one or two threads, files in another order: the same bytes."""

import json
import os
import subprocess
import sys
from pathlib import Path

TEXTS = [
    ("ro", "Radar de supraveghere aeriană cu rază medie de acțiune"),
    ("fr", "Hôpital de campagne modulaire avec bloc opératoire"),
    ("uk", "Безпілотний літальний апарат для розвідки"),
    ("en", "Counter-drone jammer for convoys, 20-6000 MHz"),
    ("en", "Armoured ambulance with ballistic protection"),
    ("ro", "Muniție de artilerie calibrul 155 mm"),
    ("bg", "Мост за колесни машини"),
    ("fr", "Formation de cyberdéfense pour administrations"),
]


def test_threads_runs_and_file_order_change_no_byte(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"I{i}", "lang": g, "text": t}) for i, (g, t) in enumerate(TEXTS)]
    answers = []
    for run, threads in enumerate(["1", "2", "2"]):
        folder = tmp_path / str(run)
        folder.mkdir()
        items, output = folder / "items.jsonl", folder / "M.jsonl"
        ordered = lines if run < 2 else lines[::-1]
        items.write_text("".join(f"{line}\n" for line in ordered), "utf-8")
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads), "PUNTE_DATA": str(folder)}
        program = "from punte.cli.main import main; main()"
        words = ["matching", "rank", str(items), str(items), "-o", str(output)]
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answers.append(output.read_bytes())
    assert answers[0].count(b"\n") == len(TEXTS) ** 2
    assert answers[0] == answers[1] == answers[2]
