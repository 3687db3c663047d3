"""k-means, as in the tutorial recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pixkin.number import check_number, choose_number
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["KMeansClusterer"]


class KMeansClusterer:
    """Groups around centres, such that the squared distances to them are small.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        "auto" tries numbers and takes the one of the best silhouette.
    detail : float, default=1
        Multiplies the number found.
    random_state : int, default=0

    References
    ----------
    Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28 (1982); Arthur &
    Vassilvitskii, "k-means++", SODA 2007.
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.n_clusters, self.detail, self.random_state = n_clusters, detail, random_state

    def prepare(self) -> None:
        import sklearn.cluster  # noqa: F401

    def fit_predict(self, X: Vectors, neighbors: Neighbors | None = None) -> Labels:
        check_number(self.n_clusters, len(X))
        with one_thread():
            if self.n_clusters == "auto":
                return choose_number(X, self._cut, self.detail)
            return self._cut(X, self.n_clusters)

    def _cut(self, X: Vectors, n_clusters: int) -> Labels:
        from sklearn.cluster import KMeans

        model = KMeans(n_clusters, n_init=10, random_state=self.random_state)
        return model.fit_predict(X).astype("int64")
