"""A policy for observations of labels: tables instead of one-hot vectors.

A one-hot vector followed by a linear layer is a table with one row for each label. Looking the
row up gives the same function and the same gradients without building 319 numbers for each of
ten labels, which took most of the time of a training step.
"""

from typing import Any

import torch
from gymnasium import spaces
from sb3_contrib.common.maskable.distributions import MaskableDistribution
from sb3_contrib.common.maskable.policies import MaskableMultiInputActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn


class LabelFeatures(BaseFeaturesExtractor):
    """Features of a Dict of labels and measures, shape (batch, `width` + matches).

    Discrete and MultiDiscrete keys are looked up in tables, one for each place, and summed, Box
    keys go through a linear layer into the same sum: what a linear layer makes of the one-hot
    vectors laid end to end (ours; SB3's CombinedExtractor gives those vectors). With `matches`,
    the inner products of the one-hot goal with each one-hot icon and with the title are features
    too, so that "this icon is called like the goal" need not be learnt label by label.

    Args:
        observation_space: Dict of Discrete, MultiDiscrete and Box.
        width: of the sum.
        matches: whether to add the comparisons with the goal; needs the keys goal, icons, title.
    """

    def __init__(self, observation_space: spaces.Dict, width: int = 128, matches: bool = True):
        self.matches = matches and {"goal", "icons", "title"} <= set(observation_space.spaces)
        icons = len(observation_space["icons"].sample()) if self.matches else 0
        super().__init__(observation_space, width + icons + int(self.matches))
        sizes: list[int] = []
        self.labels: list[str] = []
        self.measures: list[str] = []
        measured = 0
        for key, space in observation_space.spaces.items():
            if isinstance(space, spaces.Discrete):
                self.labels.append(key)
                sizes.append(int(space.n))
            elif isinstance(space, spaces.MultiDiscrete):
                self.labels.append(key)
                sizes.extend(int(n) for n in space.nvec)
            else:
                self.measures.append(key)
                measured += spaces.flatdim(space)
        starts = torch.tensor([0, *sizes]).cumsum(0)[:-1]
        self.starts: Tensor
        self.register_buffer("starts", starts)
        self.table = nn.EmbeddingBag(sum(sizes), width, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.linear = nn.Linear(measured, width)

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Features of a batch of raw observations, ids in any dtype."""
        batch = len(next(iter(observations.values())))
        ids = [observations[key].reshape(batch, -1).long() for key in self.labels]
        measures = [observations[key].reshape(batch, -1).float() for key in self.measures]
        total = self.table(torch.cat(ids, 1) + self.starts) + self.linear(torch.cat(measures, 1))
        features = [torch.tanh(total)]
        if self.matches:
            goal = observations["goal"].reshape(batch, 1)
            features.append((observations["icons"].reshape(batch, -1) == goal).float())
            features.append((observations["title"].reshape(batch, -1) == goal).float())
        return torch.cat(features, 1)


class LabelPolicy(MaskableMultiInputActorCriticPolicy):
    """MaskablePPO's policy with SB3's one-hot preprocessing left out; see `LabelFeatures`."""

    def __init__(self, *arguments: Any, **options: Any):
        options.setdefault("features_extractor_class", LabelFeatures)
        super().__init__(*arguments, **options)

    def extract_features(self, obs: Any, features_extractor: Any = None) -> Tensor:
        """Features of raw observations; the extractor is shared by policy and value."""
        return self.features_extractor(obs)

    def get_distribution(self, obs: Any, action_masks: Any = None) -> MaskableDistribution:
        """The masked distribution over actions (SB3's goes round `extract_features`)."""
        latent = self.mlp_extractor.forward_actor(self.extract_features(obs))
        distribution = self._get_action_dist_from_latent(latent)
        if action_masks is not None:
            distribution.apply_masking(action_masks)
        return distribution

    def predict_values(self, obs: Any) -> Tensor:
        """The values of raw observations, shape (batch, 1)."""
        return self.value_net(self.mlp_extractor.forward_critic(self.extract_features(obs)))
