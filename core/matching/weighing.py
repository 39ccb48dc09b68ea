"""The weights that count now in this municipality, and those of before: national versions with what it made of them."""

from dataclasses import dataclass

from common.vocabulary import AreaKind
from core.matching.models import LocalWeights
from core.matching.weights import Weights, weights_of
from tenants.standards.models import StandardKind
from tenants.standards.selectors import Version, current
from tenants.standards.weighing import Weighing, weighing_of


@dataclass(frozen=True, slots=True)
class InForce:
    """The national weights with what this municipality changed."""

    national: Version
    local: LocalWeights | None

    @property
    def weighing(self) -> Weighing:
        """The points, bounds and distances of the foundation."""
        return weighing_of(self.national.content)

    @property
    def area(self) -> AreaKind:
        """What kind of area this municipality says it is."""
        return AreaKind(self.local.area) if self.local else AreaKind.URBAN

    @property
    def differs(self) -> bool:
        """Whether points of this municipality count: those go with one national version, and end with it."""
        return bool(self.local and self.local.points and self.local.national_version == self.national.version)

    @property
    def lapsed(self) -> bool:
        """Whether this municipality had points of its own until the foundation published a new version."""
        return bool(self.local and self.local.points) and not self.differs

    @property
    def version(self) -> str:
        """The name of this weighing: the national version and, after a point, that of the municipality."""
        return f"{self.national.version}.{self.local.version}" if self.local else str(self.national.version)

    @property
    def weights(self) -> Weights:
        """What the rules reckon with."""
        own = self.local.points if self.local and self.differs else None
        return weights_of(self.weighing, self.area, version=self.version, points=own)


def in_force() -> InForce:
    """Return what counts now."""
    return InForce(
        national=current(StandardKind.WEIGHING.value),
        local=LocalWeights.objects.order_by("-version").first(),
    )


def weights_now() -> Weights:
    """Return the weights that count now."""
    return in_force().weights


def local_versions() -> list[LocalWeights]:
    """Return what this municipality ever set, the latest first."""
    return list(LocalWeights.objects.order_by("-version"))
