"""
Large timetables: weight against its proven bound, idle slots, time and memory, beside first come, first served; and repair.

    python bench/timetable_large.py [--sizes 1000] [--tables tight loose] [--seeds 1 2 3] [--limit 10] [--repair]

Each row runs in a process of its own, so that CPU and peak memory are its own. Temperatures and moves were developed on seeds
101 to 103; report on others.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from random import Random

from punte.engines.timetable.changes import Changes
from punte.engines.timetable.first_come import serve_first_come
from punte.engines.timetable.generate import ForumShape, generate_forum
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.polish import compile_moves
from punte.engines.timetable.repair import repair
from punte.engines.timetable.result import Result
from punte.engines.timetable.solve import solve
from punte.kernel.anytime import Deadline, Progress


def run_one(
    size: int, tables: str, seed: int, limit_s: float, *, with_repair: bool
) -> dict[str, object]:
    instance = generate_forum(ForumShape(participants=size, tables=tables), seed=seed)  # type: ignore[arg-type]
    began, began_cpu = time.perf_counter(), time.process_time()
    compile_moves()
    load_s = time.perf_counter() - began
    first: list[float] = []

    def report(progress: Progress) -> None:
        if not first:
            first.append(progress.elapsed_s)

    began, began_cpu = time.perf_counter(), time.process_time()
    result = solve(
        instance, instance_sha256="0" * 64, deadline=Deadline(limit_s=limit_s), report=report
    )
    row: dict[str, object] = {
        "status": result.status,
        "load_s": load_s,
        "first_s": first[0] if first else result.runtime_s,
        "wall_s": time.perf_counter() - began,
        "cpu_s": time.process_time() - began_cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    row.update({line.name: line.value for line in result.objective})
    row["bound"] = result.objective[0].bound
    row["proved"] = sum(line.proved for line in result.objective)
    base = objective_values(instance, serve_first_come(instance))
    row.update({f"fcfs_{name}": value for name, value in base.items()})
    if with_repair:
        row.update(repair_one(instance, result, seed))
    return row


def repair_one(instance: Instance, result: Result, seed: int) -> dict[str, object]:
    """Repair after one participant in twenty does not come on the second day."""
    people = [person.id for person in instance.participants]
    away = tuple(Random(seed).sample(people, len(people) // 20))
    began, began_cpu = time.perf_counter(), time.process_time()
    repaired = repair(instance, result.meetings, Changes(now="d2-0900", no_show=away))
    return {
        "repair_ms": 1000 * (time.perf_counter() - began),
        "repair_cpu_ms": 1000 * (time.process_time() - began_cpu),
        "repair": f"lost {len(repaired.lost)} (all for an absence: "
        f"{all('absent' in reason for _, reason in repaired.lost)}), added {len(repaired.added)}, "
        f"moved {len(repaired.moved)}",
    }


def print_row(size: int, tables: str, seed: int, row: dict[str, object]) -> None:
    def number(name: str) -> float:
        return float(str(row[name]))

    bound = number("bound")
    print(
        f"{size:>6} {tables:<5} {seed:>4}  {number('weight'):>8.0f} {bound:>8.0f} "
        f"{100 * number('weight') / bound:>8.3f} {100 * number('fcfs_weight') / bound:>6.1f}  "
        f"{number('breaks'):>5.0f} {number('idle_slots'):>6.0f} {number('fcfs_idle_slots'):>6.0f} "
        f"{number('place_changes'):>7.0f} {number('fcfs_place_changes'):>7.0f}  "
        f"{row['status']!s:<8} {row['proved']!s:>6}  {number('first_s'):>5.2f} {number('wall_s'):>6.1f} "
        f"{number('cpu_s'):>6.1f} {number('peak_mb'):>7.0f} {number('load_s'):>6.1f}",
        flush=True,
    )
    if "repair" in row:
        print(
            f"       repair after 5 % no-shows: {number('repair_ms'):.0f} ms wall, "
            f"{number('repair_cpu_ms'):.0f} ms CPU; {row['repair']}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--tables", nargs="+", default=["tight", "loose"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--limit", type=float, default=10.0)
    parser.add_argument("--repair", action="store_true")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        size, tables, seed = int(given.one[0]), given.one[1], int(given.one[2])
        print(json.dumps(run_one(size, tables, seed, given.limit, with_repair=given.repair)))
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"load averages at the start: {load}; {os.cpu_count()} processors; limit {given.limit:g} s"
    )
    print(
        "  size table seed    weight    bound  % of UB FCFS %  breaks   idle   FCFS changes    FCFS  "
        "status  proved  first   wall    CPU peak MB   load"
    )
    for size in given.sizes:
        for tables in given.tables:
            for seed in given.seeds:
                words = [sys.executable, __file__, "--one", str(size), tables, str(seed)]
                words += ["--limit", str(given.limit), *(["--repair"] if given.repair else [])]
                found = subprocess.run(words, check=True, capture_output=True, text=True)
                print_row(size, tables, seed, json.loads(found.stdout.splitlines()[-1]))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load averages at the end: {load}")


if __name__ == "__main__":
    main()
