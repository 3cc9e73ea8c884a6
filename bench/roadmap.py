"""
Measure the roadmap engine on PSPLIB, beside plain CP-SAT and PyJobShop, and its Monte-Carlo pass; print one table.

    python bench/roadmap.py [--quick]           some files of two sets with all three solvers, and the simulation
    python bench/roadmap.py --simulation        the simulation alone
    python bench/roadmap.py --set j120 --from 0 --to 20 --only punte --log runs.csv
    python bench/roadmap.py --report runs.csv   the table of what such slices wrote

Even-numbered parameter sets of j120 were used to choose and size the search; the odd ones are the report.
"""

import argparse
import csv
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ortools.sat.python import cp_model

from punte.engines.roadmap.check import find_violations
from punte.engines.roadmap.instance import Activity, Length, Link, Plan
from punte.engines.roadmap.result import Schedule
from punte.engines.roadmap.simulate import rerun, simulate
from punte.engines.roadmap.solve import schedule_plan
from punte.formats.roadmap_psplib import parse_psplib
from punte.kernel.anytime import Deadline

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "psplib"
Answer = tuple[str, int | None, int | None]
COLUMNS = [
    "solver",
    "file",
    "status",
    "makespan",
    "bound",
    "known_low",
    "known_best",
    "seconds",
    "cpu_s",
]


def load_known() -> dict[str, tuple[int, int]]:
    with (DATA / "best_known.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {r["instance"]: (int(r["lower_bound"]), int(r["upper_bound"])) for r in rows}


def parameter_set(name: str) -> int:
    """Return the number of the parameter set: 46 of ``j12046_1``."""
    found = re.fullmatch(r"j(?:30|60|120)(\d+)_\d+", name)
    assert found is not None
    return int(found[1])


def run_punte(plan: Plan, limit_s: float, seed: int) -> Answer:
    found = schedule_plan(plan, deadline=Deadline(limit_s=limit_s), seed=seed, workers=2)
    broken = find_violations(plan, found)
    assert not broken, broken
    return found.status, found.makespan, found.bound


def _checked(plan: Plan, starts: dict[str, int], makespan: int, bound: int, status: str) -> Answer:
    answer = Schedule(
        instance_sha256="",
        status="optimal" if makespan == bound else "feasible",
        seed=0,
        runtime_s=0.0,
        engine="",
        makespan=makespan,
        bound=bound,
        starts=starts,
    )
    broken = find_violations(plan, answer)
    assert not broken, broken
    return status, makespan, bound


def run_plain(plan: Plan, limit_s: float, seed: int) -> Answer:
    """Solve the textbook cumulative model, as a user would write it."""
    model = cp_model.CpModel()
    length = {a.id: a.duration.planned for a in plan.activities}
    horizon = sum(length.values())
    start = {name: model.new_int_var(0, horizon, "") for name in length}
    for link in plan.links:
        model.add(start[link.second] >= start[link.first] + length[link.first])
    for resource in plan.resources:
        users = [(a.id, dict(a.demands).get(resource.id, 0)) for a in plan.activities]
        users = [(name, amount) for name, amount in users if amount]
        intervals = [
            model.new_fixed_size_interval_var(start[name], length[name], "") for name, _ in users
        ]
        model.add_cumulative(intervals, [amount for _, amount in users], resource.capacity)
    makespan = model.new_int_var(0, horizon, "")
    model.add_max_equality(makespan, [start[name] + length[name] for name in length])
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = seed
    status = solver.status_name(solver.solve(model)).lower()
    if status not in ("optimal", "feasible"):
        return status, None, None
    starts = {name: solver.value(variable) for name, variable in start.items()}
    bound = round(solver.best_objective_bound)
    return _checked(plan, starts, round(solver.objective_value), bound, status)


def run_pyjobshop(plan: Plan, limit_s: float, seed: int) -> Answer:
    """Solve with PyJobShop's own model, CP-SAT behind it."""
    import pyjobshop

    model = pyjobshop.Model()
    resources = {r.id: model.add_renewable(capacity=r.capacity) for r in plan.resources}
    tasks = {a.id: model.add_task() for a in plan.activities}
    for activity in plan.activities:
        demands = dict(activity.demands)
        model.add_mode(
            tasks[activity.id],
            [resources[name] for name in demands],
            duration=activity.duration.planned,
            demands=list(demands.values()),
        )
    for link in plan.links:
        model.add_end_before_start(tasks[link.first], tasks[link.second])
    found = model.solve(
        solver="ortools", time_limit=limit_s, num_workers=2, display=False, random_seed=seed
    )
    status = found.status.name.lower()
    if found.best is None or not found.best.tasks:
        return status, None, None
    starts = {a.id: task.start for a, task in zip(plan.activities, found.best.tasks, strict=True)}
    return _checked(plan, starts, round(found.objective), round(found.lower_bound), status)


SOLVERS: dict[str, Callable[[Plan, float, int], Answer]] = {
    "punte": run_punte,
    "plain CP-SAT": run_plain,
    "PyJobShop": run_pyjobshop,
}


def measure(names: list[str], solvers: list[str], limit_s: float, seed: int) -> list[list[str]]:
    known, rows = load_known(), []
    for name in names:
        path = DATA / name.split("_")[0][: 4 if name.startswith("j120") else 3] / f"{name}.sm"
        plan = parse_psplib(path.read_bytes(), source=str(path))
        for solver in solvers:
            started, cpu = time.perf_counter(), time.process_time()
            status, makespan, bound = SOLVERS[solver](plan, limit_s, seed)
            seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu
            low, best = known[name]
            assert makespan is None or makespan >= low, f"{name}: {makespan} is below {low}"
            row = [solver, name, status, makespan, bound, low, best]
            row += [f"{seconds:.2f}", f"{cpu_s:.2f}"]
            rows.append(["" if value is None else str(value) for value in row])
            print("  ".join(rows[-1]), flush=True)
    return rows


def print_table(rows: list[list[str]]) -> None:
    groups: dict[tuple[str, str], list[list[str]]] = {}
    for row in rows:
        family = row[1][: 4 if row[1].startswith("j120") else 3]
        groups.setdefault((family, row[0]), []).append(row)
        if family == "j120":
            half = "odd sets" if parameter_set(row[1]) % 2 else "even sets"
            groups.setdefault((f"j120 {half}", row[0]), []).append(row)
    head = f"{'set':16}{'solver':14}{'files':>6}{'proved':>8}{'mean %':>8}{'worst %':>9}{'none':>6}"
    print(f"\n{head}{'median s':>10}{'max s':>8}{'max CPU s':>11}")
    for (family, solver), found in sorted(groups.items()):
        above = [100 * (int(r[3]) / int(r[6]) - 1) for r in found if r[3]]
        seconds = [float(r[7]) for r in found]
        # On a busy machine the wall says little: two workers at rest would have twice the limit.
        cpu = max((float(r[8]) for r in found if len(r) > 8), default=float("nan"))
        proved = sum(r[2] == "optimal" for r in found)
        mean = statistics.mean(above) if above else float("nan")
        print(
            f"{family:16}{solver:14}{len(found):6}{proved:8}{mean:8.2f}{max(above, default=0):9.2f}"
            f"{len(found) - len(above):6}{statistics.median(seconds):10.2f}{max(seconds):8.2f}{cpu:11.2f}"
        )
    print(
        f"above best known, 2 workers each; load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores"
    )


def make_network(activities: int = 300, links: int = 577) -> Plan:
    """Return an invented network with triangular lengths, the size of the target."""
    chance = random.Random(1)
    lengths = []
    for _ in range(activities):
        low = chance.uniform(5, 20)
        likely = low * chance.uniform(1, 1.5)
        lengths.append(Length(low=low, likely=likely, high=likely * chance.uniform(1.1, 2)))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < links:
        first = chance.randrange(activities - 1)
        pairs.add((first, min(activities - 1, first + 1 + chance.randrange(30))))
    return Plan(
        activities=tuple(Activity(id=f"A{n}", duration=length) for n, length in enumerate(lengths)),
        links=tuple(Link(first=f"A{i}", second=f"A{j}") for i, j in sorted(pairs)),
    )


def measure_simulation(draws: int = 10_000) -> None:
    plan = make_network()
    started = time.perf_counter()
    outcome = simulate(plan, draws=draws)
    cold = time.perf_counter() - started
    changed = replace(
        plan,
        activities=(replace(plan.activities[0], duration=Length(likely=30)), *plan.activities[1:]),
    )
    rows = []
    for seed in range(9):
        wall, cpu = time.perf_counter(), time.process_time()
        simulate(plan, draws=draws, seed=seed)
        middle, middle_cpu = time.perf_counter(), time.process_time()
        rerun(outcome, changed)
        end, end_cpu = time.perf_counter(), time.process_time()
        rows.append((middle - wall, middle_cpu - cpu, end - middle, end_cpu - middle_cpu))
    best, median = (
        [min(column) for column in zip(*rows, strict=True)],
        [statistics.median(column) for column in zip(*rows, strict=True)],
    )
    print(
        f"\n{len(plan.activities)} activities, {len(plan.links)} links, {draws:,} draws, criticality; milliseconds"
    )
    print(f"{'':22}{'wall median':>12}{'wall best':>11}{'CPU median':>12}")
    for name, at in (("simulation, warm", 0), ("what-if, same draws", 2)):
        print(
            f"{name:22}{1e3 * median[at]:12.1f}{1e3 * best[at]:11.1f}{1e3 * median[at + 1]:12.1f}"
        )
    print(f"{'first call of process':22}{1e3 * cold:12.1f}")
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=["j30", "j60", "j120"])
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=1000)
    parser.add_argument("--limit", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=list(SOLVERS))
    parser.add_argument("--log", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--simulation", action="store_true")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if asked.report:
        with asked.report.open(encoding="utf-8") as file:
            print_table(list(csv.reader(file)))
        return
    if asked.simulation:
        measure_simulation()
        return
    if not DATA.exists():
        sys.exit(f"{DATA} is missing: this measurement needs the PSPLIB files beside the project.")
    if asked.set:
        names = sorted((p.stem for p in (DATA / asked.set).glob("*.sm")), key=parameter_set)
        names = names[asked.first : asked.last]
    else:
        names = ["j301_1", "j3013_1", "j3029_1", "j1201_1", "j12017_1", "j12031_1", "j12051_1"]
        names = names[1:5:2] if asked.quick else names
    measure(["j301_1"], ["punte"], 2.0, 0)  # compiles; not counted
    rows = measure(names, asked.only or list(SOLVERS), asked.limit, asked.seed)
    if asked.log:
        with asked.log.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    print_table(rows)
    if not asked.set:
        measure_simulation()


if __name__ == "__main__":
    main()
