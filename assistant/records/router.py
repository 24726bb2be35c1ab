"""The HTTP face of the record service: `/fhir`, FHIR R4 JSON."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from assistant.records import bundles, documents, operations
from assistant.records.capability import capability_statement
from assistant.records.errors import FhirError, Issue, operation_outcome, refuse
from assistant.records.resource_rows import Stored
from assistant.records.store import FhirStore
from assistant.records.writing import Written

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request body: a Bundle with the transcript of the longest call is far below."""

_FORMATS = frozenset({"json", "application/json", "application/fhir+json", "text/json"})
_LOGIN_CODES = {401: "login", 403: "forbidden", 404: "not-found", 429: "throttled"}


class Access(Protocol):
    """Who asks: whatever the access dependency returns."""

    @property
    def organization_id(self) -> str:
        """Whose records they may see."""


class FhirJson(JSONResponse):
    media_type = "application/fhir+json"


class FhirRoute(APIRoute):
    """A route whose refusals are OperationOutcomes, those of the access dependency included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except FhirError as error:
                return FhirJson(operation_outcome(*error.issues), error.status)
            except HTTPException as error:
                issue = Issue(_LOGIN_CODES.get(error.status_code, "processing"), str(error.detail))
                return FhirJson(operation_outcome(issue), error.status_code, error.headers)

        return handle


def router(store: FhirStore, access: Callable[..., Any], prefix: str = "/fhir") -> APIRouter:
    """The routes of the service. `access` is a FastAPI dependency that lets the caller in (or raises
    HTTPException) and returns an `Access`."""
    routes = APIRouter(
        prefix=prefix, tags=["fhir"], route_class=FhirRoute, dependencies=[Depends(_json_asked)]
    )
    _add_system(routes, store, access, prefix)
    _add_reading(routes, store, access, prefix)
    _add_writing(routes, store, access, prefix)
    _add_refusals(routes, access)
    return routes


def _add_system(routes: APIRouter, store: FhirStore, access: Callable[..., Any], prefix: str) -> None:
    started = datetime.now(UTC)

    @routes.get("/metadata", summary="What the service can do", dependencies=[Depends(access)])
    async def metadata(request: Request) -> Response:
        return FhirJson(capability_statement(_base_url(request, prefix), started))

    @routes.post("", summary="Carry out a transaction or batch Bundle")
    @routes.post("/", include_in_schema=False)
    async def process(request: Request, caller: Annotated[Access, Depends(access)]) -> Response:
        answer = await store.process(
            await _body(request),
            representation=_preferred(request, "return") == "representation",
            base_url=_base_url(request, prefix),
            organization_id=caller.organization_id,
        )
        return FhirJson(answer)


def _add_reading(routes: APIRouter, store: FhirStore, access: Callable[..., Any], prefix: str) -> None:
    @routes.get("/{resource_type}", summary="Search")
    async def search(
        resource_type: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        parameters = operations.parse_parameters(request.url.query)
        return await _search(resource_type, parameters, request, caller)

    @routes.post("/{resource_type}/_search", summary="Search, the parameters in the body")
    async def search_by_form(
        resource_type: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        form = (await _raw_body(request)).decode("utf-8", errors="replace")
        parameters = operations.parse_parameters(request.url.query) + operations.parse_parameters(form)
        return await _search(resource_type, parameters, request, caller)

    async def _search(
        resource_type: str, parameters: operations.Parameters, request: Request, caller: Access
    ) -> Response:
        page = await store.search(
            resource_type,
            parameters,
            strict=_preferred(request, "handling") == "strict",
            organization_id=caller.organization_id,
        )
        return FhirJson(bundles.searchset(page, _base_url(request, prefix)))

    @routes.get("/{resource_type}/{resource_id}", summary="Read")
    async def read(
        resource_type: str, resource_id: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        stored = await store.read(resource_type, resource_id, caller.organization_id)
        if request.headers.get("if-none-match") in (stored.etag, f'"{stored.version}"'):
            return Response(status_code=304, headers=_version_headers(stored))
        return FhirJson(stored.content, headers=_version_headers(stored))

    @routes.get("/{resource_type}/{resource_id}/_history", summary="Every version")
    async def history(
        resource_type: str, resource_id: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        versions = await store.history(resource_type, resource_id, caller.organization_id)
        return FhirJson(bundles.history(versions, _base_url(request, prefix)))

    @routes.get("/{resource_type}/{resource_id}/_history/{version}", summary="Read one version")
    async def read_version(
        resource_type: str, resource_id: str, version: str, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        number = operations.version_number(version)
        stored = await store.read_version(resource_type, resource_id, number, caller.organization_id)
        return FhirJson(stored.content, headers=_version_headers(stored))


def _add_writing(routes: APIRouter, store: FhirStore, access: Callable[..., Any], prefix: str) -> None:
    @routes.post("/{resource_type}", summary="Create")
    async def create(
        resource_type: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        condition = operations.parse_parameters(request.headers.get("if-none-exist", ""))
        written = await store.create(
            await _resource(request, resource_type),
            if_none_exist=condition,
            organization_id=caller.organization_id,
        )
        return _written(written, request, prefix)

    @routes.put("/{resource_type}/{resource_id}", summary="Update, or create under this id")
    async def update(
        resource_type: str, resource_id: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        return await _update(resource_type, resource_id, (), request, caller)

    @routes.put("/{resource_type}", summary="Update the resource that matches the query")
    async def conditional_update(
        resource_type: str, request: Request, caller: Annotated[Access, Depends(access)]
    ) -> Response:
        condition = operations.parse_parameters(request.url.query)
        return await _update(resource_type, None, condition, request, caller)

    async def _update(
        resource_type: str,
        resource_id: str | None,
        condition: operations.Parameters,
        request: Request,
        caller: Access,
    ) -> Response:
        written = await store.update(
            await _resource(request, resource_type),
            resource_id,
            condition=condition,
            if_match=request.headers.get("if-match"),
            if_none_match=request.headers.get("if-none-match"),
            organization_id=caller.organization_id,
        )
        return _written(written, request, prefix)


def _add_refusals(routes: APIRouter, access: Callable[..., Any]) -> None:
    @routes.api_route(
        "/{path:path}",
        methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        include_in_schema=False,
        dependencies=[Depends(access)],
    )
    async def not_offered(path: str, request: Request) -> Response:
        if request.method in ("DELETE", "PATCH"):
            issue = Issue(
                "not-supported", f"{request.method} is not offered: the chart keeps what was written"
            )
            return FhirJson(operation_outcome(issue), 405, {"Allow": "GET, POST, PUT"})
        raise refuse(404, "not-found", f"there is nothing to {request.method} at this URL")


async def _json_asked(request: Request) -> None:
    """JSON is all there is; an Accept header is not held against the caller, an explicit _format is."""
    asked = request.query_params.get("_format")
    if asked is not None and asked.partition(";")[0].strip().replace(" ", "+") not in _FORMATS:
        raise refuse(406, "not-supported", "only JSON is given: _format=json")


async def _resource(request: Request, resource_type: str) -> dict[str, Any]:
    operations.check_type(resource_type)
    resource = await _body(request)
    if resource.get("resourceType") != resource_type:
        text = f"a {resource_type} is expected at this URL"
        raise refuse(400, "invalid", text, f"{resource_type}.resourceType")
    return resource


async def _body(request: Request) -> dict[str, Any]:
    if "xml" in request.headers.get("content-type", ""):
        raise refuse(415, "not-supported", "only JSON is taken: Content-Type application/fhir+json")
    return documents.parse(await _raw_body(request))


async def _raw_body(request: Request) -> bytes:
    """Read no more than is allowed, whatever the Content-Length says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise refuse(413, "too-long", f"the body is longer than {MAX_BODY} bytes")
    return bytes(body)


def _preferred(request: Request, name: str) -> str | None:
    """A preference of the Prefer header: `return=minimal; handling=strict`."""
    for preference in request.headers.get("prefer", "").replace(";", ",").split(","):
        key, _, value = preference.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip('"')
    return None


def _written(written: Written, request: Request, prefix: str) -> Response:
    stored = written.stored
    headers = {**_version_headers(stored), "Location": f"{_base_url(request, prefix)}/{stored.location}"}
    preferred = _preferred(request, "return")
    if preferred == "minimal":
        return Response(status_code=written.status, headers=headers)
    if preferred == "OperationOutcome":
        done = Issue("informational", f"stored as version {stored.version}", severity="information")
        return FhirJson(operation_outcome(done), written.status, headers)
    return FhirJson(stored.content, written.status, headers)


def _version_headers(stored: Stored) -> dict[str, str]:
    return {"ETag": stored.etag, "Last-Modified": format_datetime(stored.last_updated, usegmt=True)}


def _base_url(request: Request, prefix: str) -> str:
    return str(request.base_url).rstrip("/") + prefix
