"""Delayed repression: one paper's experiments, run again by one command.

I. Itkin, "Delayed Repression and Emergent Instability" (arXiv 2605.30392): the delayed equation and
its discrete map (experiments 1 and 2), populations on a network under a late institution (3 to 6),
and the robustness checks. Published numbers stand beside ours. Results:
`results/delayed_repression.md`.

    python -m midcourse.baselines.delayed_repression

A killed run that is started again with the same arguments goes on with the cells that are missing.
"""
