"""Features of the regulator's desk: alarms as the citizens read them."""

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor

LOUDEST = 2.5  # alarm that is observed as 1
EDGES = (0.35, 0.75)  # alarms at which citizens' buckets change
STEEPNESS = 8.0


class DeskFeatures(BaseFeaturesExtractor):
    """A Dict observation of DelayedRepression-v0 as numbers of size 1 (ours).

    The 16 alarms of the history and the published one, each as it is and against both edges of
    the citizens' buckets, tanh(8 (A - edge)), which a network of two layers learns slowly from
    numbers between .05 and .3; the radical share, coarse and fine; the levers, one-hot, as
    SB3 prepares them; the steps left.
    """

    def __init__(self, observation_space: spaces.Dict):
        alarms = spaces.flatdim(observation_space["history"]) + 1
        levers = spaces.flatdim(observation_space["levers"])
        super().__init__(observation_space, 3 * alarms + 3 + levers)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Features of a batch, float32 (batch, features_dim)."""
        share, left = observations["radical_share"], observations["steps_left"]
        alarms = torch.cat([observations["history"], observations["published_alarm"]], 1) * LOUDEST
        parts = [torch.tanh(STEEPNESS * (alarms - edge)) for edge in EDGES]
        parts += [2.0 * alarms - 1.0, 2.0 * share - 0.5, torch.tanh(30.0 * share) - 0.5]
        return torch.cat([*parts, 2.0 * left - 1.0, observations["levers"]], 1)
