"""Creating and updating, on an open connection: one interaction or a whole Bundle, all or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.records import reading, resource_rows
from assistant.records.errors import FhirError, Issue, refuse
from assistant.records.indexing import values_at
from assistant.records.operations import Operation, check_type, parse_parameters
from assistant.records.references import Target, base_and_relative, local_target, references, rewrite
from assistant.records.resource_rows import Stored


@dataclass(frozen=True)
class Written:
    """What a create or update led to.

    `status` 201: a new resource; 200: a new version, or nothing new: the conditional create found
    `stored` already there, or the update said what it says already (`changed` False).
    """

    status: int
    stored: Stored
    changed: bool


@dataclass(frozen=True)
class Writer:
    """Writes for one organisation on one connection."""

    connection: AsyncConnection
    organization_id: str
    now: datetime
    new_id: Callable[[], str]

    async def write(self, operations: Sequence[Operation]) -> list[Written]:
        """Carry out creates and updates, creates first, and answer in the order given.

        The resources must be valid. FhirError, and the caller rolls back, where one cannot be done.
        """
        await resource_rows.lock(self.connection, self.organization_id, _identities(operations))
        plans = [await self._plan(operation) for operation in operations]
        _refuse_overlap(plans)
        plans = await self._linked(plans)
        await self._check_references(plans)
        done: dict[int, Written] = {}
        for position in sorted(range(len(plans)), key=lambda position: plans[position].operation.method):
            done[position] = await self._carry_out(plans[position])
        return [done[position] for position in range(len(plans))]

    async def _plan(self, operation: Operation) -> "_Plan":
        """Which resource the operation is about, and what of it exists."""
        try:
            if operation.method == "POST":
                return await self._plan_create(operation)
            return await self._plan_update(operation)
        except FhirError as error:
            raise _of_request(operation, error) from error

    async def _plan_create(self, operation: Operation) -> "_Plan":
        if operation.if_none_exist:
            found = await self._matching(operation.type, operation.if_none_exist)
            if found is not None:
                return _Plan(operation, found.target, found, keep=True)
        return _Plan(operation, Target(operation.type, self.new_id()))

    async def _plan_update(self, operation: Operation) -> "_Plan":
        if operation.target is None:
            return await self._plan_conditional_update(operation)
        _same_id(operation, operation.target)
        stored = await self._current(operation.target)
        _check_preconditions(operation, stored)
        return _Plan(operation, operation.target, stored)

    async def _plan_conditional_update(self, operation: Operation) -> "_Plan":
        """One match is updated; without a match the resource is new, under its own id where it has one."""
        assert operation.resource is not None
        found = await self._matching(operation.type, operation.parameters)
        own_id = operation.resource.get("id")
        if found is None:
            target = Target(operation.type, own_id or self.new_id())
            if await self._current(target) is not None:
                raise refuse(409, "duplicate", f"{target} exists, but does not match the condition")
        else:
            target = found.target
            if own_id is not None:
                _same_id(operation, target)
        _check_preconditions(operation, found)
        return _Plan(operation, target, found)

    async def _current(self, target: Target) -> Stored | None:
        return (await resource_rows.current(self.connection, self.organization_id, [target])).get(target)

    async def _matching(self, resource_type: str, parameters: tuple[tuple[str, str], ...]) -> Stored | None:
        found = await reading.matching(self.connection, self.organization_id, resource_type, parameters)
        if len(found) > 1:
            raise refuse(412, "multiple-matches", f"more than one {resource_type} matches the condition")
        return found[0] if found else None

    async def _linked(self, plans: list["_Plan"]) -> list["_Plan"]:
        """The plans with their temporary and conditional references resolved."""
        targets = _targets(plans)
        linked = []
        for plan in plans:
            if plan.keep:
                linked.append(plan)
                continue
            resource = rewrite(plan.operation.resource, targets | _relatives(plan, plans))
            conditional = await self._conditional_references(plan, resource)
            linked.append(replace(plan, resource=rewrite(resource, conditional)))
        return linked

    async def _conditional_references(self, plan: "_Plan", resource: Any) -> dict[str, str]:
        """`Patient?identifier=…` stands for the one resource that matches."""
        resolved: dict[str, str] = {}
        for path, reference in references(resource, plan.operation.type):
            if "?" not in reference or ":" in reference.partition("?")[0]:
                continue
            resource_type, _, query = reference.partition("?")
            try:
                check_type(resource_type)
                found = await self._matching(resource_type, parse_parameters(query))
            except FhirError as error:
                raise plan.operation.located(refuse(412, "not-found", str(error), path)) from error
            if found is None:
                missing = refuse(412, "not-found", f"no {resource_type} matches the condition", path)
                raise plan.operation.located(missing)
            resolved[reference] = str(found.target)
        return resolved

    async def _check_references(self, plans: list["_Plan"]) -> None:
        """A chart entry must not hang in the air: whatever it refers to here must exist, or come with it."""
        written = {plan.target for plan in plans}
        pointing: list[tuple[_Plan, str, Target]] = []
        issues: list[Issue] = []
        for plan in plans:
            if plan.keep:
                continue
            for path, reference in references(plan.resource, plan.operation.type):
                target = local_target(reference)
                if target is not None and target not in written:
                    pointing.append((plan, path, target))
                elif target is None and (problem := _dangling(reference)):
                    issues.extend(plan.operation.located(refuse(422, "not-found", problem, path)).issues)
        there = await resource_rows.existing(
            self.connection, self.organization_id, (target for _, _, target in pointing)
        )
        for plan, path, target in pointing:
            if target not in there:
                error = refuse(422, "not-found", f"there is no {target}", path)
                issues.extend(plan.operation.located(error).issues)
        if issues:
            raise FhirError(422, *issues)

    async def _carry_out(self, plan: "_Plan") -> Written:
        if plan.stored is not None and plan.keep:
            return Written(200, plan.stored, changed=False)
        assert plan.resource is not None
        if plan.stored is not None and resource_rows.same_content(plan.stored.content, plan.resource):
            return Written(200, plan.stored, changed=False)
        stored = await resource_rows.write(
            self.connection, self.organization_id, plan.target, plan.resource, self.now, plan.operation.method
        )
        return Written(201 if stored.version == 1 else 200, stored, changed=True)


@dataclass(frozen=True)
class _Plan:
    """An operation, the resource it is about, and its current version. `keep`: it stays as it is."""

    operation: Operation
    target: Target
    stored: Stored | None = None
    keep: bool = False
    resource: dict[str, Any] | None = None


def _identities(operations: Sequence[Operation]) -> set[str]:
    """Everything that no other transaction may create or change meanwhile."""
    found: set[str] = set()
    for operation in operations:
        if operation.id is not None:
            found.add(f"{operation.type}/{operation.id}")
        for name, value in operation.if_none_exist or operation.parameters:
            found.add(f"{operation.type}?{name}={value}")
        for identifier in values_at(operation.resource, "identifier"):
            if isinstance(identifier, dict):
                system, value = identifier.get("system", ""), identifier.get("value", "")
                found.add(f"{operation.type}?identifier={system}|{value}")
    return found


def _refuse_overlap(plans: list[_Plan]) -> None:
    """Two entries about one resource would depend on their order, which a transaction does not have."""
    seen: set[Any] = set()
    for plan in plans:
        identities: list[Any] = [] if plan.keep else [plan.target]
        if plan.operation.if_none_exist and not plan.keep:
            identities.append((plan.operation.type, plan.operation.if_none_exist))
        for identity in identities:
            if identity in seen:
                text = "another entry of this Bundle is about the same resource"
                raise refuse(400, "duplicate", text, f"{plan.operation.path}.request")
            seen.add(identity)


def _targets(plans: list[_Plan]) -> dict[str, str]:
    """What each fullUrl stands for once the entries are stored."""
    targets: dict[str, str] = {}
    for plan in plans:
        full_url = plan.operation.full_url
        if full_url is None:
            continue
        if full_url in targets:
            text = "another entry of this Bundle has the same fullUrl"
            raise refuse(400, "duplicate", text, f"{plan.operation.path}.fullUrl")
        targets[full_url] = str(plan.target)
    return targets


def _relatives(plan: _Plan, plans: list[_Plan]) -> dict[str, str]:
    """Relative references inside an entry with a RESTful fullUrl mean entries with the same base."""
    own = base_and_relative(plan.operation.full_url or "")
    if own is None:
        return {}
    found = ((base_and_relative(other.operation.full_url or ""), other) for other in plans)
    return {name[1]: str(other.target) for name, other in found if name is not None and name[0] == own[0]}


def _same_id(operation: Operation, target: Target) -> None:
    assert operation.resource is not None
    if operation.resource.get("id") != target.id:
        text = f"the id of the resource must be that of {target}"
        raise refuse(400, "value", text, f"{operation.type}.id")


def _check_preconditions(operation: Operation, stored: Stored | None) -> None:
    """If-Match and If-None-Match; versions are compared, weak or strong alike."""
    if operation.if_match is not None and operation.if_match != "*":
        version = operation.if_match.strip().removeprefix("W/").strip('"')
        if stored is None or version != str(stored.version):
            text = "the resource has changed since it was read: read it again, then decide"
            raise refuse(412, "conflict", text)
    if operation.if_match == "*" and stored is None:
        raise refuse(412, "conflict", "If-Match: * needs the resource to exist")
    if operation.if_none_match == "*" and stored is not None:
        raise refuse(412, "conflict", "If-None-Match: * needs the resource not to exist")


def _dangling(reference: str) -> str | None:
    """Why a reference to no resource of this service is refused; None where it is fine."""
    if reference.startswith("#"):
        return None
    if reference.startswith(("urn:uuid:", "urn:oid:")):
        return f"nothing in the Bundle has the fullUrl {reference}"
    if "://" in reference:
        return None
    return "the reference is neither Type/id of a type stored here, nor a URL"


def _of_request(operation: Operation, error: FhirError) -> FhirError:
    """Where the problem is in the Bundle: in the resource where the error says so, else in the request."""
    if not operation.path:
        return error
    return FhirError(
        error.status,
        *(
            issue.inside(f"{operation.path}.resource")
            if issue.expression and issue.expression.startswith(f"{operation.type}.")
            else Issue(issue.code, issue.diagnostics, f"{operation.path}.request")
            for issue in error.issues
        ),
    )
