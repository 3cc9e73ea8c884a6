"""
Timetables side by side: Punte, first-come-first-served, plain CP-SAT and clingo on the Girona archive, in one run.

Run: python bench/timetable.py --family originals [--methods punte,first-come,cp-sat,clingo] [--time-limit 60] [--workers 2] [--seeds 0]
Families: originals (20 files, d = 2), all (135 files with d = 2, originals also with d = 0, 1, 3), development (tic and forumt files,
on which encodings and limits were chosen), reporting (the others), large (hands over to bench/timetable_large.py). Each row is a process
of its own; CPU and peak memory [MiB] are the operating system's, of that process and those it started. What is not proved is named.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from punte.engines.timetable.check import check, check_meetings, objective_values
from punte.engines.timetable.found import Found
from punte.engines.timetable.greedy import hold_greedily
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.solve import solve
from punte.formats.girona import read_girona
from punte.kernel.anytime import Deadline, ignore_progress

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "b2b"
METHODS = ("punte", "first-come", "cp-sat", "clingo")
ASP = """
1 { at(M,S) : may(M,S) } 1 :- meeting(M).
busy(P,S) :- at(M,S), of(M,P).
:- of(M,P), of(N,P), M < N, at(M,S), at(N,S).
:- slot(S), tables + 1 { at(M,S) }.
:- person(P), n(P,N), not N { busy(P,S) : slot(S) } N.
:- slot(S), 2 * tables + 1 { busy(P,S) }.
:- before(M,N), at(M,S), at(N,T), T <= S.
begun(P,S) :- busy(P,S).
begun(P,S+1) :- begun(P,S), slot(S+1).
break(P,S) :- busy(P,S), not busy(P,S-1), begun(P,S-2), slot(S-1).
:- person(P), spread(D), D + 1 { break(P,S) }.
:~ break(P,S). [1,P,S]
"""
"""Our own encoding; everyone's fewest breaks are taken as 0, true wherever somebody has one meeting or none."""


def _published() -> dict[tuple[str, str], str]:
    """Return the optimum, ``infeasible`` or ``?`` of each (instance, variant)."""
    found: dict[tuple[str, str], str] = {}
    with (DATA / "published_jair2022.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["solver"] in ("maxsat", "maxsat_imp12"):
                value = row["breaks(-=proved_infeasible)"]
                found[row["instance"], row["variant"]] = {"-": "infeasible", "": "?"}.get(
                    value, value
                )
    return found


def _problems(family: str) -> Iterator[tuple[str, int]]:
    for path in sorted((DATA / "udg").glob("*.dzn")):
        is_original = path.stem.endswith(".original")
        if family == "development" and not path.stem.startswith(("tic-", "forumt-")):
            continue
        if family == "reporting" and path.stem.startswith(("tic-", "forumt-")):
            continue
        if family == "originals" and not is_original:
            continue
        yield path.stem, 2
        if family in ("all", "development", "reporting") and is_original:
            yield from ((path.stem, spread) for spread in (0, 1, 3))


def _run_clingo(instance: Instance, limit_s: float, workers: int) -> dict[str, Any]:
    import clingo

    control = clingo.Control([f"-t{workers}", "--opt-strategy=usc,oll"])
    control.add("base", [], ASP + "\n".join(_facts(instance)))
    control.ground([("base", [])])
    best: list[int] = []
    with control.solve(
        async_=True, on_model=lambda m: best.append(m.cost[0] if m.cost else 0)
    ) as handle:
        if not handle.wait(limit_s):
            handle.cancel()
        found = handle.get()
    is_over = bool(found.exhausted)
    if found.unsatisfiable and is_over:
        return {"value": None, "bound": None, "status": "infeasible"}
    value = best[-1] if best else None
    status = "optimal" if is_over else "feasible" if best else "unknown"
    return {"value": value, "bound": value if is_over else None, "status": status}


def _facts(instance: Instance) -> Iterator[str]:
    slots = {slot.id: idx for idx, slot in enumerate(instance.slots)}
    people = {person.id: idx for idx, person in enumerate(instance.participants)}
    requests = {request.id: idx for idx, request in enumerate(instance.requests)}
    away = {person.id: set(person.unavailable) for person in instance.participants}
    yield f"#const tables = {len(instance.places)}. slot(0..{len(slots) - 1})."
    yield f"person(0..{len(people) - 1}). spread({instance.rules.max_break_spread})."
    counts = dict.fromkeys(people, 0)
    for request in instance.requests:
        number = requests[request.id]
        yield f"meeting({number})."
        allowed = slots if request.slots is None else request.slots
        for slot in [request.locked.slot] if request.locked else allowed:
            if not any(slot in away[person] for person in request.between):
                yield f"may({number},{slots[slot]})."
        for person in request.between:
            counts[person] += 1
            yield f"of({number},{people[person]})."
    yield from (f"n({people[person]},{count})." for person, count in counts.items())
    yield from (f"before({requests[a]},{requests[b]})." for a, b in instance.precedences)


def _run_cp_sat(instance: Instance, limit_s: float, workers: int, seed: int) -> Found:
    from punte.engines.timetable.lexicographic import solve_goals
    from punte.engines.timetable.options import list_options

    return solve_goals(
        list_options(instance),
        seed=seed,
        workers=workers,
        deadline=Deadline(limit_s=limit_s),
        report=ignore_progress,
    )


def _run_one(method: str, name: str, spread: int, arguments: argparse.Namespace) -> dict[str, Any]:
    instance = read_girona(DATA / "udg" / f"{name}.dzn", max_break_spread=spread)
    if method == "punte":
        result = solve(
            instance,
            instance_sha256="0" * 64,
            seed=arguments.seed,
            workers=arguments.workers,
            deadline=Deadline(limit_s=arguments.time_limit),
        )
        assert check(instance, result).is_right
        (line,) = result.objective
        return {"value": line.value, "bound": line.bound, "status": result.status}
    if method == "clingo":
        return _run_clingo(instance, arguments.time_limit, arguments.workers)
    if method == "first-come":
        wishes = replace(
            instance, requests=tuple(replace(request, must=False) for request in instance.requests)
        )
        meetings = hold_greedily(wishes) or ()
        held = f"{len(meetings)} of {len(instance.requests)}"
        value = objective_values(instance, meetings)["breaks"]
        return {"value": value, "bound": None, "status": f"holds {held}"}
    found = _run_cp_sat(instance, arguments.time_limit, arguments.workers, arguments.seed)
    assert found.status not in ("optimal", "feasible") or not check_meetings(
        instance, found.meetings
    )
    has_value = found.status in ("optimal", "feasible")
    return {
        "value": objective_values(instance, found.meetings)["breaks"] if has_value else None,
        "bound": found.bounds.get("breaks"),
        "status": found.status,
    }


def _measure(
    method: str, name: str, spread: int, arguments: argparse.Namespace, seed: int
) -> dict[str, Any]:
    words = [sys.executable, __file__, "--one", f"{method},{name},{spread}", "--seed", str(seed)]
    words += ["--time-limit", str(arguments.time_limit), "--workers", str(arguments.workers)]
    began = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, code, usage = os.wait4(process.pid, 0)
    row = json.loads(said) if code == 0 else {"value": None, "bound": None, "status": "failed"}
    row |= {
        "wall": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss // 1024,
    }
    return row


def _verdict(row: dict[str, Any], published: str) -> str:
    if row["status"] not in ("optimal", "infeasible"):
        return ""
    own = "infeasible" if row["status"] == "infeasible" else f"{row['value']:g}"
    return "" if published in ("?", own) else "DIFFERS FROM THE PUBLISHED VALUE"


def _print_table(arguments: argparse.Namespace) -> int:
    published = _published()
    open_problems: list[str] = []
    differing = 0
    totals = dict.fromkeys(arguments.methods, (0.0, 0.0, 0))
    print(
        f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, limit {arguments.time_limit:g} s, "
        f"{arguments.workers} workers"
    )
    print(
        f"{'instance':28} d method     seed {'value':>6} {'bound':>6} {'published':>10} "
        f"{'wall s':>7} {'CPU s':>7} {'MiB':>5}  status"
    )
    for name, spread in _problems(arguments.family):
        base, variant = name.split(".")
        key = (base, variant.removesuffix("-Forb") if spread == 2 else f"d{spread}")
        for method in arguments.methods:
            for seed in arguments.seeds:
                row = _measure(method, name, spread, arguments, seed)
                wall, cpu, count = totals[method]
                is_proved = row["status"] in ("optimal", "infeasible")
                totals[method] = (wall + row["wall"], cpu + row["cpu"], count + is_proved)
                if method == "punte" and not is_proved:
                    open_problems.append(f"{name} d={spread} seed={seed}")
                verdict = _verdict(row, published.get(key, "?"))
                differing += bool(verdict)
                shown = ["-" if row[k] is None else f"{row[k]:g}" for k in ("value", "bound")]
                print(
                    f"{name:28} {spread} {method:10} {seed:4} {shown[0]:>6} {shown[1]:>6} "
                    f"{published.get(key, '?'):>10} {row['wall']:7.1f} {row['cpu']:7.1f} "
                    f"{row['peak']:5}  {row['status']} {verdict}",
                    flush=True,
                )
    for method, (wall, cpu, count) in totals.items():
        print(f"{method}: {count} proved, wall {wall:.1f} s, CPU {cpu:.1f} s in all")
    print(
        f"load {os.getloadavg()[0]:.1f}; not proved by punte: {', '.join(open_problems) or 'none'}"
    )
    return 1 if differing else 0


def main() -> int:
    """Print one table; 1 if a proved value differs from the published one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--family",
        default="originals",
        choices=["originals", "all", "development", "reporting", "large"],
    )
    parser.add_argument("--methods", default=METHODS, type=lambda text: text.split(","))
    parser.add_argument("--time-limit", default=60.0, type=float)
    parser.add_argument("--workers", default=2, type=int)
    parser.add_argument(
        "--seeds", default=[0], type=lambda text: [int(word) for word in text.split(",")]
    )
    parser.add_argument("--seed", default=0, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        method, name, spread = arguments.one.split(",")
        print(json.dumps(_run_one(method, name, int(spread), arguments)))
        return 0
    if arguments.family == "large":
        return subprocess.call(
            [sys.executable, str(Path(__file__).with_name("timetable_large.py"))]
        )
    return _print_table(arguments)


if __name__ == "__main__":
    sys.exit(main())
