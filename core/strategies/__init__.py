"""The ladder of sampling strategies, from no knowledge of the data to all of it.

Adding a strategy is adding one class and one line of :data:`STRATEGIES`.
"""

from core.strategies.base import Effort, Knows, Labels, Material, Stage, Strategy, stream
from core.strategies.diffusion import Diffusion
from core.strategies.fitted import Copula, Mixture, MultivariateT, Shell
from core.strategies.flow import Flow
from core.strategies.normal import Ellipsoid, Gaussian, MultivariateNormal, StandardNormal
from core.strategies.observed import Aggregate, Data, LocalNormal, Marginal, Neighbours
from core.strategies.parameters import ANYONE, Asked, Choice, Number, Parameter, Value, can_be_asked, wishes_in
from core.strategies.recipe import Recipe
from core.strategies.registry import STRATEGIES, applicable, find_strategy
from core.strategies.uniform import Cube, Interval

__all__ = [
    "ANYONE",
    "STRATEGIES",
    "Aggregate",
    "Asked",
    "Choice",
    "Copula",
    "Cube",
    "Data",
    "Diffusion",
    "Effort",
    "Ellipsoid",
    "Flow",
    "Gaussian",
    "Interval",
    "Knows",
    "Labels",
    "LocalNormal",
    "Marginal",
    "Material",
    "Mixture",
    "MultivariateNormal",
    "MultivariateT",
    "Neighbours",
    "Number",
    "Parameter",
    "Recipe",
    "Shell",
    "Stage",
    "StandardNormal",
    "Strategy",
    "Value",
    "applicable",
    "can_be_asked",
    "find_strategy",
    "make_strategy",
    "stream",
    "wishes_in",
]


def make_strategy(key: str, parameters: dict[str, Value] | None = None) -> Strategy:
    """Return an unfitted strategy by its key, its parameters checked; raise `InputError` for unknown names."""
    return Recipe.of(key, parameters).make()
