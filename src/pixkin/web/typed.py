"""Routes whose functions say by their types what they take and give.

What comes is checked against the types, what goes is made from them, and so is the description of
the API (OpenAPI 3.1), from which the page's own types are made.
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, create_model
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pixkin.records import Json

__all__ = ["Endpoint", "Routes", "described"]

Function = Callable[..., Any]
REFERENCE = "#/components/schemas/{model}"


@dataclass(frozen=True)
class Endpoint:
    """One thing that can be asked.

    Attributes
    ----------
    method, path, tag : str
    function : callable
        A parameter that is a dataclass is the body, as JSON; one that is ``bytes``, the body as it
        is; all others are in the path or the query.
    given : pydantic model
        The parameters of path and query.
    body : TypeAdapter or None
    is_raw : bool
        Whether the body is taken as it is.
    body_name : str
        Of the parameter; empty if there is no body.
    answer : TypeAdapter or None
        None where the function gives a response itself.
    """

    method: str
    path: str
    tag: str
    function: Function
    given: type[BaseModel]
    body: TypeAdapter[Any] | None
    is_raw: bool
    body_name: str
    answer: TypeAdapter[Any] | None

    @classmethod
    def of(cls, method: str, path: str, tag: str, function: Function) -> Endpoint:
        """Read the types of a function."""
        hints = typing.get_type_hints(function, include_extras=True)
        told = hints.pop("return")
        bodies = [name for name, hint in hints.items() if hint is bytes or is_dataclass(hint)]
        body_name = bodies[0] if bodies else ""
        taken = inspect.signature(function).parameters
        usual = {name: one.default for name, one in taken.items() if one.default is not one.empty}
        fields: Json = {
            name: (hint, usual.get(name, ...)) for name, hint in hints.items() if name != body_name
        }
        is_raw = bool(body_name) and hints[body_name] is bytes
        body = TypeAdapter(hints[body_name]) if body_name and not is_raw else None
        is_own = isinstance(told, type) and issubclass(told, Response)
        return cls(
            method,
            path,
            tag,
            function,
            create_model(f"{function.__name__}_given", **fields),
            body,
            is_raw,
            body_name,
            None if is_own else TypeAdapter(told),
        )

    async def __call__(self, request: Request) -> Response:
        """Answer a request; a pydantic ValidationError says what is wrong with it."""
        given = self.given.model_validate({**request.query_params, **request.path_params})
        arguments = {name: getattr(given, name) for name in self.given.model_fields}
        if self.body_name:
            content = await request.body()
            arguments[self.body_name] = self.body.validate_json(content) if self.body else content
        if inspect.iscoroutinefunction(self.function):
            found = await self.function(**arguments)
        else:
            found = await run_in_threadpool(self.function, **arguments)
        if self.answer is None:
            return typing.cast("Response", found)
        text = await run_in_threadpool(self.answer.dump_json, found)
        return Response(text, media_type="application/json", headers={"cache-control": "no-store"})


@dataclass
class Routes:
    """Things that can be asked, of one subject.

    Attributes
    ----------
    tag : str
    prefix : str
        Before every path.
    """

    tag: str
    prefix: str = ""
    endpoints: list[Endpoint] = field(default_factory=list)

    def get(self, path: str) -> Callable[[Function], Function]:
        """Let a function answer what is asked with GET."""
        return self._add("GET", path)

    def post(self, path: str) -> Callable[[Function], Function]:
        """Let a function answer what is sent with POST."""
        return self._add("POST", path)

    def _add(self, method: str, path: str) -> Callable[[Function], Function]:
        def added(function: Function) -> Function:
            self.endpoints.append(Endpoint.of(method, self.prefix + path, self.tag, function))
            return function

        return added

    def routes(self) -> Iterator[Route]:
        """Give them as Starlette takes them."""
        for one in self.endpoints:
            # A class with __call__ would be taken for an ASGI application.
            yield Route(one.path, one.__call__, methods=[one.method])


def described(routes: Iterable[Routes], title: str, version: str) -> Json:
    """Describe what can be asked, as OpenAPI 3.1."""
    endpoints = [one for each in routes for one in each.endpoints]
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = []
    for i, one in enumerate(endpoints):
        adapters.append(((i, "given"), "validation", TypeAdapter(one.given)))
        if one.body is not None:
            adapters.append(((i, "body"), "validation", one.body))
        if one.answer is not None:
            adapters.append(((i, "answer"), "serialization", one.answer))
    schemas, rest = TypeAdapter.json_schemas(adapters, ref_template=REFERENCE)
    named = rest.get("$defs", {})
    paths: Json = {}
    for i, one in enumerate(endpoints):
        known = {what: schema for ((j, what), _), schema in schemas.items() if j == i}
        given = named.pop(known["given"]["$ref"].rpartition("/")[2])
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, known, given)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": named},
    }


def _operation(one: Endpoint, known: Json, given: Json) -> Json:
    told: Json = {
        "operationId": one.function.__name__,
        "tags": [one.tag],
        "parameters": [
            {
                "name": name,
                "in": "path" if f"{{{name}}}" in re.sub(r":\w+}", "}", one.path) else "query",
                "required": name in given.get("required", ()),
                "schema": schema,
            }
            for name, schema in given.get("properties", {}).items()
        ],
        "responses": {"200": {"description": "What was asked for"}},
    }
    if one.answer is not None:
        told["responses"]["200"]["content"] = _content(known["answer"])
    if one.body is not None:
        told["requestBody"] = {"required": True, "content": _content(known["body"])}
    if one.is_raw:
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    return told


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
