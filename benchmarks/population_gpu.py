"""Populations on a GPU: agent-updates per second, beside the CPU and the compiled reference.

    midcourse bench --gpu
    PYTHONPATH=typings python benchmarks/population_gpu.py  # where only torch and triton are there

A kernel is timed only after it has given the reference's bits on this device. Each row goes to
kernels/bench/population.csv. `--dry` runs everything at tiny sizes on the CPU, in Triton's
interpreter (set TRITON_INTERPRET=1): its times mean nothing.
"""

from typing import NamedTuple

import torch
from gpu_runs import ROOT, WrongError, command_line, copy_rate, seconds, stamp, tabulate

from midcourse.kernels.population import Graph, Params, first_state, reference, step_population
from midcourse.kernels.population import triton as ours
from midcourse.kernels.population.state import UNIT, copied, empty_series, prepare

RESULTS = ROOT / "kernels/bench/population.csv"
DELAY = 8
KINDS = {"reactive": 1, "learning": 2}
SHAPES = ((1, 1), (1, 2), (1, 4), (1, 8), (2, 4), (2, 8), (4, 8))
# What an agent-update must move: three action values in, one out, and the action. In sectors of 32
# bytes, of which a row of 12 touches 1.25 on average, 40 in and 32 out.
LEAST_BYTES = {"reactive": 1, "learning": 17}
SECTOR_BYTES = {"reactive": 1, "learning": 73}


class Size(NamedTuple):
    """How much is measured."""

    worlds: tuple[int, ...]
    communities: int
    steps: int
    cpu_worlds: int
    cpu_steps: int
    copied: int  # bytes
    shapes: tuple[tuple[int, int], ...]  # worlds of a program, its warps
    least: float  # seconds of one measurement; 0 for one call


FULL = Size((1024, 8192, 65536), 6, 200, 128, 10, 1 << 31, SHAPES, 0.5)
DRY = Size((3,), 1, 2, 2, 1, 1 << 20, ((4, 8),), 0.0)


def population(kind, worlds, communities, device, seed=0):
    """Communities of 40, linked as in the model's source; citizens of one kind or mixed."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(low, high, *shape):
        return ((torch.rand(shape, generator=generator) * (high - low) + low) * UNIT).int()

    n = 40 * communities
    community = torch.arange(n) // 40
    inside = community[:, None] == community
    linked = torch.rand((n, n), generator=generator) < torch.where(inside, 0.08, 0.004)
    linked = linked.triu(1)
    linked = (linked | linked.T) & (torch.rand((n, n), generator=generator) < 0.75)
    source = linked.nonzero()[:, 1]
    start = torch.nn.functional.pad(linked.sum(1).cumsum(0), (1, 0))
    graph = Graph(start.int(), source.int(), uniform(0.5, 1.6, len(source)))
    kinds = torch.randint(0, 3, (n,), generator=generator)
    kinds = kinds if kind == "mixed" else torch.full((n,), KINDS[kind])
    bridge = torch.rand(n, generator=generator) < 0.12
    params = Params(
        charisma=uniform(0.85, 1.25, n) + (0.2 * UNIT * bridge).int(),
        cost=uniform(0.9, 1.5, n),
        detectability=(uniform(0.45, 1.0, n) + (0.15 * UNIT * bridge).int()).clamp(max=UNIT),
        kind=kinds.to(torch.int8),
        bridge=bridge.to(torch.int8),
    )
    draws = torch.rand((worlds, n), generator=generator)
    actions = ((draws > 0.80).to(torch.int8) + (draws > 0.97)).to(torch.int8)
    keys = torch.randint(0, 2**32, (worlds, 2), generator=generator)
    values = None if kind == "reactive" else torch.float32
    graph, params = moved(graph, device), moved(params, device)
    return first_state(actions.to(device), params, keys.to(device), DELAY, values), graph, params


def moved(part, device):
    """The same named tuple with its tensors on the device."""
    return type(part)(*(v.to(device) if isinstance(v, torch.Tensor) else v for v in part))


def named(state, series):
    """All tensors of a result that are there, by name."""
    both = {**state._asdict(), **{f"series.{k}": v for k, v in series._asdict().items()}}
    return {name: tensor for name, tensor in both.items() if tensor is not None}


def check(device, size, advance=ours.advance):
    """Compare with the reference on the CPU, bit by bit, also across launch shapes.

    Raises:
        WrongError: a tensor differs.
    """
    for kind in ("mixed", *KINDS):
        world = population(kind, size.worlds[0] // 2 + 1, size.communities, "cpu", seed=1)
        plain = step_population(*world, 3, force=1.3, rewards=True)
        state, graph, params = (moved(part, device) for part in world)
        problem = prepare(state, graph, params, 3, 1.3)
        for worlds, warps in size.shapes:
            after, series = copied(state), empty_series(problem, 3, rewards=True)
            for room in (series.radicals, series.alarms):
                room.fill_(-77)
            advance(problem, after, 3, series, block_worlds=worlds, num_warps=warps)
            given = named(after, series)
            for name, wanted in named(*plain).items():
                if not torch.equal(wanted, given[name].cpu()):
                    raise WrongError(
                        f"{kind} citizens, {worlds} worlds a program, {warps} warps: {name} "
                        "differs from the reference's, so nothing is timed"
                    )


def kernel_rates(kind, worlds, device, size):
    """Agent-updates per second by launch shape; (None, None) is the public function."""
    state, graph, params = population(kind, worlds, size.communities, device)
    updates = state.actions.numel() * size.steps
    problem = prepare(state, graph, params, size.steps, 1.0)
    series = empty_series(problem, size.steps, rewards=False)
    rates = {}
    for block_worlds, warps in size.shapes:

        def run(shape=(block_worlds, warps)):
            ours.advance(problem, state, size.steps, series, *shape)

        rates[block_worlds, warps] = updates / seconds(run, device, size.least)

    def public():
        step_population(
            state, graph, params, size.steps, in_place=True, check=False, backend="triton"
        )

    return {(None, None): updates / seconds(public, device, size.least), **rates}


def cpu_rate(kind, size):
    """Agent-updates per second of the reference on the CPU, in one thread."""
    torch.set_num_threads(1)
    state, graph, params = population(kind, size.cpu_worlds, size.communities, "cpu")

    def run():
        step_population(state, graph, params, size.cpu_steps, in_place=True, check=False)

    return state.actions.numel() * size.cpu_steps / seconds(run, "cpu", size.least)


def compiled_rate(kind, device, size):
    """Agent-updates per second of the reference under torch.compile on the device."""
    state, graph, params = population(kind, size.worlds[0], size.communities, device)
    problem = prepare(state, graph, params, 1, 1.0)
    step = torch.compile(reference.step)

    def run():
        now = state
        for _ in range(10):
            now, _ = step(problem, now, problem.force[:, 0])

    return state.actions.numel() * 10 / seconds(run, device, size.least)


def measure(device, size, report=print):
    """The rows of all kinds and sizes; the kernel has been checked."""
    cuda = torch.device(device).type == "cuda"
    begun = stamp(device) | {"kernel": "population"}
    copy = copy_rate(device, size.copied, size.least)
    report(f"{begun['device']}: a copy moves {copy / 1e12:.3g} TB/s")
    for kind in KINDS:
        cpu = cpu_rate(kind, size)
        compiled = None
        try:
            compiled = compiled_rate(kind, device, size) if cuda else None
        except Exception as error:  # whatever the compiler raises, the kernel can be measured
            sentence = (str(error).splitlines() or [""])[0]
            report(f"torch.compile of the reference: {type(error).__name__}: {sentence}")
        for worlds in size.worlds:
            for (block_worlds, warps), rate in kernel_rates(kind, worlds, device, size).items():
                yield begun | {
                    "kind": kind,
                    "worlds": worlds,
                    "citizens": 40 * size.communities,
                    "steps": size.steps,
                    "block_worlds": block_worlds or "default",
                    "num_warps": warps or "default",
                    "updates_per_second": f"{rate:.4g}",
                    "copy_bytes_per_second": f"{copy:.4g}",
                    "share_of_copy_least": f"{rate * LEAST_BYTES[kind] / copy:.3g}",
                    "share_of_copy_sectors": f"{rate * SECTOR_BYTES[kind] / copy:.3g}",
                    "times_cpu": f"{rate / cpu:.4g}",
                    "times_compiled": f"{rate / compiled:.4g}" if compiled else "",
                }


def told(row):
    """What to say of a row."""
    shape = f"{row['block_worlds']} worlds, {row['num_warps']} warps a program"
    return (
        f"{row['kind']}, {row['worlds']} worlds, {shape}: {row['updates_per_second']} "
        f"agent-updates/s, {row['times_cpu']} times a CPU core, "
        f"{row['share_of_copy_sectors']} of a copy's bandwidth by sectors"
    )


def main(dry=False, out=RESULTS, report=print):
    """Check, measure, print, append to `out`; 1 if the kernel is wrong."""
    given = ("cpu", DRY) if dry else ("cuda", FULL)
    return tabulate(lambda: check(*given), lambda: measure(*given, report), told, out, report)


if __name__ == "__main__":
    command_line(main, __doc__, RESULTS)
