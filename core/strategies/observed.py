"""Strategies that draw from the latent vectors themselves: whole ones, their components, points between and around."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.statistics import Description, RadiusLaw, observed_radius
from core.strategies.base import Knows, Strategy
from core.strategies.observations import some_values, some_vectors
from core.strategies.parameters import Number

__all__ = ["Aggregate", "Data", "LocalNormal", "Marginal", "Neighbours"]

Floats = npt.NDArray[np.float64]


class Marginal(Strategy):
    r"""Each component drawn from its own observed values, independent of the others.

    .. math:: x_j = z_{i_j, j}, \qquad i_1, \dots, i_N \text{ independent and at random}

    Every component has exactly its distribution; all that is lost is how components depend on each other. Where more
    vectors are summarised than can be held, 65,536 quantiles of each component stand for its values.
    """

    key, title, post = "marginal", "Marginal", "beyond the series"
    knows = Knows.EACH
    salt = 0x527003F3
    does = "draws each number as often as the data have it, each by itself"
    assumes = "the observed distribution of each component, independent components"
    no_law = "Few components with few values make up the radius: its law is not computed."
    no_density = "Its components are observed values, each of which is drawn again and again: it has no density."
    formula = r"x_j = z_{i_j,\,j}, \quad i_1, \dots, i_N \text{ independent}"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = some_values(latents, description)

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        rows = rng.integers(len(self.latents_), size=(count, self.dimension_))
        return np.asarray(self.latents_[rows, np.arange(self.dimension_)])

    def _radius_law(self) -> RadiusLaw | None:
        return observed_radius(self.latents_)


class Neighbours(Strategy):
    r"""A random point between a latent vector and one of its k nearest.

    .. math:: x = z_i + t\,(z_j - z_i), \qquad t \sim \mathcal{U}(0, 1),\ z_j \in \mathrm{nearest}_k(z_i)

    Knows nothing of the bulk as a whole, and stays close to the images that the study was made of: its faces are near
    copies. Source: SMOTE (Chawla et al. 2002).

    Parameters
    ----------
    k : int
        Number of nearest vectors, by Euclidean distance. More than the study has means all others. Of more than
        250,000 vectors as many are met, evenly spaced.
    """

    key, title, post = "neighbours", "Neighbours", "Chawla et al. 2002"
    knows = Knows.DATA
    salt = 0x59CA8EA3
    scored = ({"k": 5}, {"k": 50})
    does = "draws between a member of the data and one of those nearest to it"
    assumes = "that between near vectors there are faces, too"
    no_law = "Its radii follow from the observed vectors and their neighbours, not from a law."
    no_density = "What it draws lies on lines between observed vectors: its density is not computed."
    formula = r"x = z_i + t\,(z_j - z_i), \quad t \sim \mathcal{U}(0, 1),\ z_j \in \mathrm{nearest}_k(z_i)"
    parameters = (
        Number(
            "k",
            "Neighbours k",
            1,
            50,
            1,
            "How many of the nearest vectors, by Euclidean distance, can be met.",
            True,
            "vectors",
        ),
    )

    def __init__(self, k: int = 5) -> None:
        self.k = k

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = some_vectors(latents)

    def partners(self, count: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the rows of z_i and z_j that :meth:`sample` draws with the same generator state, shapes (count,)."""
        from sklearn.neighbors import NearestNeighbors

        total = len(self.latents_)
        first = rng.choice(total, count, replace=count > total)
        k = min(self.k, total - 1)
        if k == 0:
            return first, first
        search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(self.latents_.astype(np.float32))
        nearest = search.kneighbors(self.latents_[first].astype(np.float32), return_distance=False)
        own = nearest == first[:, None]
        own[:, -1] |= ~own.any(axis=1)  # a vector among many equal ones may not be among its own nearest
        others = nearest[~own].reshape(count, k)
        return first, others[np.arange(count), rng.integers(k, size=count)]

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        first, second = self.partners(count, rng)
        start, end = (self.latents_[rows].astype(np.float64) for rows in (first, second))
        return start + rng.random((count, 1)) * (end - start)

    def label(self) -> str:
        return f"Neighbours, k = {self.k}"


class LocalNormal(Strategy):
    r"""A normal law around a latent vector, with the mean and the covariance of the vectors near it.

    .. math:: x = m_i + \frac{s}{\sqrt{k - 1}} \sum_{z_j \in \mathrm{nearest}_k(z_i)} \epsilon_j\, (z_j - m_i),
              \qquad \epsilon_j \sim \mathcal{N}(0, 1)

    :math:`m_i` is the mean of :math:`z_i` and its neighbours, k vectors in all, so that the law has their covariance,
    times s². A ball of neighbours is narrower than the bulk is there; a spread above 1 makes up for it, and moves the
    vectors away from those of the study. After the local covariances of Vincent and Bengio 2003 (manifold Parzen
    windows), which stand around :math:`z_i` itself.

    Parameters
    ----------
    k : int
        Vectors that a law is made from, by Euclidean distance. More than the study has means all. Of more than
        250,000 vectors as many are looked at, evenly spaced.
    spread : float
        Factor s of the standard deviations.
    """

    key, title, post = "local", "Local normal", "Vincent and Bengio 2003"
    knows = Knows.DATA
    salt = 0x8BD688E8
    scored = tuple({"k": k, "spread": spread} for k, spread in ((40, 1.4), (20, 1.8), (5, 3.5)))
    does = "draws from a small bell around a member of the data"
    assumes = "that the bulk is normal around each vector, everywhere with another covariance"
    no_law = "It has a normal law of its own around each vector: too many to compute the law of the radius."
    no_density = "It has a normal law of its own around each vector: their sum is not computed."
    formula = (
        r"x = m_i + \frac{s}{\sqrt{k - 1}} \sum_{z_j \in \mathrm{nearest}_k(z_i)} \epsilon_j (z_j - m_i),"
        r"\quad \epsilon_j \sim \mathcal{N}(0, 1)"
    )
    parameters = (
        Number(
            "k",
            "Vectors k",
            2,
            200,
            1,
            "From how many vectors, the nearest ones, each normal law is made.",
            True,
            "vectors",
        ),
        Number("spread", "Spread s", 0.1, 4.0, 0.1, "Factor of the standard deviations of each law."),
    )

    AT_ONCE = 2**24
    """Numbers of neighbours that are held at a time: 128 MiB."""

    CACHED = 2**14
    """Numbers of neighbours that are summed at a time, as caches hold them: 128 KiB."""

    def __init__(self, k: int = 40, spread: float = 1.4) -> None:
        self.k = k
        self.spread = spread

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = some_vectors(latents)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        from sklearn.neighbors import NearestNeighbors

        total = len(self.latents_)
        k = min(self.k, total)
        rows = rng.choice(total, count, replace=count > total)
        search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(self.latents_.astype(np.float32))
        drawn = np.empty((count, self.dimension_))
        step = max(1, self.AT_ONCE // (k * self.dimension_))
        for start in range(0, count, step):
            part = slice(start, start + step)
            nearest = search.kneighbors(self.latents_[rows[part]].astype(np.float32), return_distance=False)
            weights = rng.standard_normal((len(nearest), k)) * self.spread / np.sqrt(max(k - 1, 1))
            few = max(1, self.CACHED // (k * self.dimension_))
            for first in range(0, len(nearest), few):
                these = slice(first, first + few)
                around = self.latents_[nearest[these]].astype(np.float64)
                means = around.mean(axis=1)
                away = np.einsum("nk,nkd->nd", weights[these], around - means[:, np.newaxis])
                drawn[start + first : start + first + len(means)] = means + away
        return drawn

    def label(self) -> str:
        return f"Local normal, k = {self.k}, s = {self.spread:g}"


class Aggregate(Strategy):
    r"""The posterior of an image at random, then a vector from it.

    .. math:: x = \mu_i + \sigma_i \odot \varepsilon, \qquad i \text{ at random},\ \varepsilon \sim \mathcal{N}(0, I)

    This is the law that the decoder of a variational autoencoder was trained on, and that its prior N(0, I) stands for.
    A vector without a posterior is taken for one without noise. Source: Makhzani et al. 2015.
    """

    key, title, post = "aggregate", "Aggregate posterior", "Makhzani et al. 2015"
    knows = Knows.DATA
    does = "takes a picture of the data and draws from what the encoder says of it"
    assumes = "the encoder's normal law of each image"
    no_law = "Its radii follow from the posteriors of all images, not from a law."
    no_density = "It has a normal law of its own for each image: their sum is not computed."
    formula = r"x = \mu_i + \sigma_i \odot \varepsilon, \quad i \text{ at random},\ \varepsilon \sim \mathcal{N}(0, I)"
    needs_posteriors = True

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = latents

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        rows = rng.integers(len(self.latents_), size=count)
        return np.asarray(self.latents_[rows] if self.posteriors_ is None else self.posteriors_.draw(rows, rng))


class Data(Strategy):
    r"""Latent vectors of the study's images, drawn without replacement as long as there are enough.

    .. math:: x = z_i, \qquad i \text{ at random}

    The reference that every other strategy is held against.
    """

    key, title, post = "data", "Data", "reference"
    knows = Knows.DATA
    salt = 0x3CE23DF1
    does = "draws nothing: these are members of the data themselves"
    assumes = "nothing: these are the encoded images themselves"
    no_law = "These are observed vectors, and no law gives their radii."
    no_density = "These are observed vectors, and no law gives their density."
    formula = r"x = z_i, \quad i \text{ at random}"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = latents
        self.title_ = description.title

    def label(self) -> str:
        return f"{self.title_}, other vectors"

    def rows(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Return the rows that :meth:`sample` draws with the same generator state, shape (count,)."""
        total = len(self.latents_)
        return rng.choice(total, count, replace=count > total)

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        return np.asarray(self.latents_[self.rows(count, rng)])
