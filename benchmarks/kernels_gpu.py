"""Kernels for language models on a GPU: time, memory and operations beside their peers.

    midcourse bench kernels
    PYTHONPATH=typings python benchmarks/kernels_gpu.py  # where only torch and triton are there

A kernel is timed only after its results and gradients were those of the reference in float64, on
this device: at small odd sizes in float32, and in the type and with the tiles that are timed. The
floor of a case is what its operations take at the rate of a large product of matrices, or its bytes
at that of a copy, whichever is longer, both measured in the same run. Each row goes to
kernels/bench/results.csv. `--dry` runs everything at tiny sizes on the CPU, in Triton's interpreter
(set TRITON_INTERPRET=1): its times mean nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from gpu_runs import ROOT, WrongError, command_line, copy_rate, seconds, stamp, tabulate
from kernels_cases import (
    DRY,
    FULL,
    SMALL,
    TIMED,
    Case,
    Sample,
    Size,
    attentions,
    branches,
    normal,
    ops,
    others,
)

RESULTS = ROOT / "kernels/bench/results.csv"
SIDE = 8192  # of the matrices whose product is the measure of operations


def check(device: str, kernels: dict | None = None, sample: Sample = SMALL) -> None:
    """Compare results and gradients with the reference in float64 on the CPU.

    Raises:
        WrongError: one is further off than its type explains.
    """
    for name, (function, shapes) in (kernels or ops(sample)).items():
        g = torch.Generator().manual_seed(len(name))
        drawn = [normal(g, *shape, dtype=sample.dtype) for shape in shapes]
        plain = [x.detach().double().requires_grad_() for x in drawn]
        given = [x.detach().to(device).requires_grad_() for x in drawn]
        results = []
        for parts, backend in ((plain, "reference"), (given, "triton")):
            out = function(*parts, backend)
            slope = torch.linspace(-1, 1, out.numel(), dtype=out.dtype, device=out.device)
            results.append([out, *torch.autograd.grad(out, parts, slope.reshape(out.shape))])
        for i, (wanted, ours) in enumerate(zip(*results, strict=True)):
            wanted, ours = wanted.detach(), ours.detach().cpu().double()
            gap = float((ours - wanted).norm() / wanted.norm().clamp_min(1e-3))
            if not gap < sample.near:
                what = "results" if i == 0 else f"gradient {i}"
                raise WrongError(f"{name}: its {what} differ by {gap:.2g}, so nothing is timed")


def product_rate(device: str, least: float) -> float:
    """Operations a second of a large product of matrices, in bfloat16 on a GPU."""
    side, dtype = (SIDE, torch.bfloat16) if device == "cuda" else (64, torch.float32)
    a = torch.ones((side, side), dtype=dtype, device=device)
    return 2 * side**3 / seconds(lambda: a @ a, device, least)


def taken(run: Callable, device: str, least: float) -> tuple[float, float]:
    """Seconds of a call, and bytes that it takes beyond what was there before."""
    before = torch.cuda.memory_allocated() if device == "cuda" else 0
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    run()
    peak = torch.cuda.max_memory_allocated() if device == "cuda" else 0
    return seconds(run, device, least), peak - before


def captured(run: Callable) -> Callable:
    """The replay of a call on the GPU: what it takes without the host."""
    for _ in range(3):
        run()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay


def timed(case: Case, device: str, least: float, report: Callable) -> Iterator[dict]:
    """Ours and each peer of a case; a peer that cannot run is told and left out."""
    replayed = case.captured and device == "cuda"
    ours, memory = taken(captured(case.ours) if replayed else case.ours, device, least)
    yield {"by": "midcourse", "seconds": f"{ours:.4g}", "memory": int(memory), "times_ours": "1"}
    for name, peer in case.peers.items():
        try:
            theirs, memory = taken(captured(peer) if replayed else peer, device, least)
        except Exception as error:  # out of memory, or whatever a compiler raises
            sentence = (str(error).splitlines() or [""])[0]
            report(f"{case.kernel}, {case.case}: {name}: {type(error).__name__}: {sentence}")
            continue
        ratio = f"{theirs / ours:.3g}"
        yield {"by": name, "seconds": f"{theirs:.4g}", "memory": int(memory), "times_ours": ratio}


def measure(device: str, size: Size, report: Callable = print) -> Iterator[dict]:
    """The rows of all cases; the kernels have been checked."""
    cuda = device == "cuda"
    begun = stamp(device)
    copy = copy_rate(device, 1 << 31 if cuda else 1 << 20, size.least)
    products = product_rate(device, size.least)
    report(
        f"{begun['device']}: a copy moves {copy / 1e12:.3g} TB/s, "
        f"products {products / 1e12:.3g} Tflop/s"
    )
    dtype = torch.bfloat16 if cuda else torch.float32
    for subject in (attentions, branches, others):
        for case in subject(size, device, dtype):
            floor = max(case.operations / products, case.bytes / copy)
            for row in timed(case, device, size.least, report):
                least = floor * (1 if row["by"] == "midcourse" else case.fewer)
                share = f"{least / float(row['seconds']):.3g}"
                yield begun | {"kernel": case.kernel, "case": case.case} | row | {"floor": share}


def told(row: dict) -> str:
    """What to say of a row."""
    return (
        f"{row['kernel']}, {row['case']}, {row['by']}: {row['seconds']} s, "
        f"{row['times_ours']} times ours, {row['floor']} of the floor's speed, "
        f"{row['memory'] / 2**20:.0f} MiB"
    )


def main(dry: bool = False, out: Path = RESULTS, report: Callable = print) -> int:
    """Check, measure, print, append to `out`; 1 if a kernel is wrong."""
    device, size = ("cpu", DRY) if dry else ("cuda", FULL)

    def check_all() -> None:
        check(device)
        if not dry:
            check(device, sample=TIMED)

    return tabulate(check_all, lambda: measure(device, size, report), told, out, report)


if __name__ == "__main__":
    command_line(main, __doc__, RESULTS)
