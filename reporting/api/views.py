"""The endpoints: read only, JSON only, one municipality per token."""

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reporting.api import selectors
from reporting.api.authentication import Caller, HasToken, TokenAuthentication
from reporting.api.conventions import RATE_LIMIT
from reporting.api.schema import schema_text
from reporting.api.serializers import (
    DefinitionListSerializer,
    FigureListSerializer,
    FigureQuestion,
    HealthSerializer,
    MunicipalityListSerializer,
    NoQuestion,
    Question,
    ReportListSerializer,
    ReportQuestion,
    ReportSerializer,
)
from reporting.api.throttling import REMAINING, RESET, TokenThrottle
from reporting.disclosure.selectors import latest_release


class ApiView(APIView):
    """What all endpoints share: the questions they take, and the headers of the limit."""

    authentication_classes: ClassVar[list[Any]] = [TokenAuthentication]  # type: ignore[misc]
    permission_classes: ClassVar[list[Any]] = [HasToken]  # type: ignore[misc]
    throttle_classes: ClassVar[list[Any]] = [TokenThrottle]  # type: ignore[misc]
    http_method_names: ClassVar[list[str]] = ["get", "head"]  # type: ignore[misc]
    question: ClassVar[type[Question]] = NoQuestion

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a method that does not exist before asking who calls."""
        if request.method is None or request.method.lower() not in self.http_method_names:
            raise MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)
        asked = self.question(data=request.query_params)
        asked.is_valid(raise_exception=True)
        self.asked: dict[str, Any] = asked.validated_data

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell how much of the limit is left."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if hasattr(self, REMAINING):
            response.headers["RateLimit-Limit"] = str(RATE_LIMIT)
            response.headers["RateLimit-Remaining"] = str(getattr(self, REMAINING))
            response.headers["RateLimit-Reset"] = str(getattr(self, RESET))
        return response

    def own(self, request: Request) -> selectors.OwnView:
        """Return what the caller may see."""
        caller: Caller = request.user  # type: ignore[assignment]  # HasToken lets only callers in
        return selectors.own_view(caller.municipality)

    def page_of(self, rows: list[Any]) -> list[Any]:
        """Return the asked part of a list."""
        page, size = self.asked["page"], self.asked["pageSize"]
        return rows[(page - 1) * size : page * size]

    def links(self, request: Request, total: int) -> dict[str, str]:
        """Return the `Link` header to the other parts of a list."""
        page, size = self.asked["page"], self.asked["pageSize"]
        last = max(1, -(-total // size))
        targets = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
        query = request.query_params.dict()
        links = [
            f'<{request.path}?{urlencode({**query, "page": target})}>; rel="{name}"'
            for name, target in targets.items()
            if 1 <= target <= last
        ]
        return {"Link": ", ".join(links)}


class ReportListView(ApiView):
    """The list of reports."""

    question = ReportQuestion

    @extend_schema(
        operation_id="lijstRapporten",
        summary="Rapporten van uw gemeente",
        description="Alle jaar- en kwartaalrapporten van uw gemeente, nieuwste eerst.",
        tags=["rapporten"],
        parameters=[ReportQuestion],
        responses=ReportListSerializer,
    )
    def get(self, request: Request) -> Response:
        """List the caller's reports."""
        kind = selectors.KINDS_BY_NAME.get(self.asked.get("soort", ""))
        rows = selectors.reports(self.own(request), year=self.asked.get("jaar"), kind=kind)
        body = {"aantal": len(rows), "rapporten": self.page_of(rows)}
        return Response(ReportListSerializer(body).data, headers=self.links(request, len(rows)))


class ReportView(ApiView):
    """One report."""

    @extend_schema(
        operation_id="leesRapport",
        summary="Eén rapport",
        description="De cijfers van uw gemeente over een jaar of kwartaal, met Nederland ernaast.",
        tags=["rapporten"],
        responses=ReportSerializer,
    )
    def get(self, request: Request, rapport: UUID) -> Response:
        """Show one report of the caller."""
        return Response(ReportSerializer(selectors.report(self.own(request), rapport)).data)


class FigureListView(ApiView):
    """Loose figures."""

    question = FigureQuestion

    @extend_schema(
        operation_id="lijstKerncijfers",
        summary="Losse cijfers",
        description="Vrijgegeven cijfers van uw gemeente en van Nederland. Filters kiezen uit vaste tabellen.",
        tags=["kerncijfers"],
        parameters=[FigureQuestion],
        responses=FigureListSerializer,
    )
    def get(self, request: Request) -> Response:
        """List released figures."""
        view = self.own(request)
        rows = selectors.figures(
            view,
            year=self.asked.get("jaar"),
            kind=selectors.KINDS_BY_NAME.get(self.asked.get("soort", "")),
            measure=self.asked.get("maat"),
            area=self.asked.get("gebied"),
        )
        body = {
            "aantal": len(rows),
            "vrijgave": selectors.release_reference(view.release) if view.release else None,
            "kerncijfers": self.page_of(rows),
        }
        return Response(FigureListSerializer(body).data, headers=self.links(request, len(rows)))


class MunicipalityListView(ApiView):
    """The caller's municipality."""

    @extend_schema(
        operation_id="lijstGemeenten",
        summary="Uw gemeente",
        description="De gemeente waarvoor dit token geldt, met haar gemeentecodes.",
        tags=["gemeenten"],
        responses=MunicipalityListSerializer,
    )
    def get(self, request: Request) -> Response:
        """Show the caller's own municipality."""
        body = {"gemeenten": [selectors.municipality_details(self.own(request))]}
        return Response(MunicipalityListSerializer(body).data)


class OpenView(ApiView):
    """An endpoint that needs no token: it holds no figures."""

    authentication_classes: ClassVar[list[Any]] = []  # type: ignore[misc]
    permission_classes: ClassVar[list[Any]] = [AllowAny]  # type: ignore[misc]
    throttle_classes: ClassVar[list[Any]] = []  # type: ignore[misc]


class DefinitionListView(OpenView):
    """The KPI dictionary."""

    @extend_schema(
        operation_id="lijstDefinities",
        summary="Wat elke maat betekent",
        description="De definities die ook in de rapporten en op de schermen staan.",
        tags=["definities"],
        responses=DefinitionListSerializer,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002  (the framework's signature)
        """List the definitions."""
        return Response(DefinitionListSerializer({"definities": selectors.definitions()}).data)


class HealthView(OpenView):
    """Whether the API answers and reaches its figures."""

    @extend_schema(
        operation_id="leesGezondheid",
        summary="Werkt de API?",
        description="Antwoordt als de API werkt, met het nummer van de laatste vrijgave.",
        tags=["gezondheid"],
        responses=HealthSerializer,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002  (the framework's signature)
        """Say that all is well."""
        release = latest_release()
        return Response(HealthSerializer({"status": "goed", "vrijgave": release and release.number}).data)


class SchemaView(OpenView):
    """The description of the API itself, readable from any site."""

    @extend_schema(
        operation_id="leesOpenapi",
        summary="Deze beschrijving",
        description="De beschrijving van deze API volgens OpenAPI 3.0.",
        tags=["openapi"],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002  (the framework's signature)
        """Serve the description."""
        return HttpResponse(
            schema_text(),
            content_type="application/json",
            headers={"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"},
        )
