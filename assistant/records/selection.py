"""A query as SQL over the stored resources and their index."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from assistant.records.dates import Comparison, Interval
from assistant.records.queries import (
    Alternative,
    Condition,
    Dated,
    Include,
    Missing,
    Order,
    Query,
    Text,
    Token,
)
from assistant.records.search_parameters import Kind, parameters_of
from assistant.storage import fhir_index, fhir_resources, fhir_versions
from assistant.storage.columns import JsonObject

CurrentVersions = Select[str, str, int, datetime, JsonObject]
"""Type, id, version, last_updated and content."""

Instant = ColumnElement[datetime] | ColumnElement[datetime | None]

_resource = fhir_resources.c
_index = fhir_index.c


def matches(query: Query, organization_id: str) -> ColumnElement[bool]:
    """The condition on `fhir_resources` that the query makes."""
    return and_(
        _resource.organization_id == organization_id,
        _resource.type == query.type,
        *(_holds(condition, query.type, organization_id) for condition in query.conditions),
    )


def page(query: Query, organization_id: str) -> CurrentVersions:
    """One page of the current versions that match, in order."""
    order = [_sorted_by(key, query.type, organization_id) for key in query.order]
    if not query.order:
        order = [_resource.last_updated.desc()]
    return (
        with_content()
        .where(matches(query, organization_id))
        .order_by(*order, _resource.id)
        .limit(query.count)
        .offset(query.offset)
    )


def total(query: Query, organization_id: str) -> Select[int]:
    """How many resources match."""
    return select(func.count()).select_from(fhir_resources).where(matches(query, organization_id))


def with_content() -> CurrentVersions:
    """The current version of resources, with its content."""
    version = fhir_versions.c
    return select(
        _resource.type, _resource.id, _resource.version, _resource.last_updated, version.content
    ).join_from(
        fhir_resources,
        fhir_versions,
        and_(
            version.organization_id == _resource.organization_id,
            version.type == _resource.type,
            version.id == _resource.id,
            version.version == _resource.version,
        ),
    )


def referred(include: Include, found: list[str], organization_id: str) -> Select[str | None]:
    """`Type/id` of the resources that those with the ids `found` refer to."""
    targets = select(_index.value).where(
        _index.organization_id == organization_id,
        _index.type == include.source,
        _index.parameter == include.parameter,
        _index.id.in_(found),
    )
    return targets.where(_index.value.startswith(f"{include.target}/")) if include.target else targets


def referring(include: Include, found: list[str], organization_id: str) -> Select[str]:
    """Ids of the resources of type `include.source` that refer to one of `found` (`Type/id`)."""
    return select(_index.id).where(
        _index.organization_id == organization_id,
        _index.type == include.source,
        _index.parameter == include.parameter,
        _index.value.in_(found),
    )


def _holds(condition: Condition, resource_type: str, organization_id: str) -> ColumnElement[bool]:
    if condition.parameter == "_id":
        return or_(
            *(_resource.id.in_(item.values) for item in condition.alternatives if isinstance(item, Text))
        )
    if condition.parameter == "_lastUpdated":
        return or_(*(_updated(item) for item in condition.alternatives if isinstance(item, Dated)))
    indexed = select(_index.id).where(
        _index.organization_id == organization_id,
        _index.type == resource_type,
        _index.parameter == condition.parameter,
    )
    first = condition.alternatives[0]
    if isinstance(first, Missing):
        return _resource.id.not_in(indexed) if first.missing else _resource.id.in_(indexed)
    found = _resource.id.in_(indexed.where(or_(*(_matches(item) for item in condition.alternatives))))
    return not_(found) if condition.negated else found


def _matches(item: Alternative) -> ColumnElement[bool]:
    match item:
        case Token():
            return _token(item)
        case Text(values, "whole"):
            return _index.value.in_(values)
        case Text(values, "beginning"):
            return or_(*(_index.value.startswith(value, autoescape=True) for value in values))
        case Text(values, _):
            return or_(*(_index.value.contains(value, autoescape=True) for value in values))
        case Dated():
            return _compared(item.comparison, item.interval, _index.starts_at, _index.ends_at)
        case _:
            raise TypeError(f"{item} stands alone")


def _token(item: Token) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if item.code is not None:
        parts.append(_index.value == item.code)
    if item.system is not None:
        parts.append(_index.system == item.system if item.system else _index.system.is_(None))
    return and_(*parts)


def _updated(item: Dated) -> ColumnElement[bool]:
    """A moment is an interval without length: it never reaches beyond its own end."""
    return _compared(
        item.comparison, item.interval, _resource.last_updated, _resource.last_updated, moment=True
    )


def _compared(
    comparison: Comparison, searched: Interval, start: Instant, end: Instant, moment: bool = False
) -> ColumnElement[bool]:
    """`Interval.holds` in SQL. The end of a moment belongs to it, that of an interval does not."""
    before_end = end < searched.end if moment else end <= searched.end
    after_end = end >= searched.end if moment else end > searched.end
    inside = and_(start >= searched.start, before_end)
    match comparison:
        case Comparison.EQUAL:
            return inside
        case Comparison.NOT_EQUAL:
            return not_(inside)
        case Comparison.GREATER:
            return after_end
        case Comparison.LESS:
            return start < searched.start
        case Comparison.GREATER_OR_EQUAL:
            return or_(inside, after_end)
        case Comparison.LESS_OR_EQUAL:
            return or_(inside, start < searched.start)
        case Comparison.STARTS_AFTER:
            return start >= searched.end
        case Comparison.ENDS_BEFORE:
            return end < searched.start if moment else end <= searched.start


def _sorted_by(key: Order, resource_type: str, organization_id: str) -> ColumnElement[Any]:
    """Resources without a value come last, whatever the direction."""
    column: ColumnElement[Any]
    if key.parameter == "_lastUpdated":
        column = _resource.last_updated
    elif key.parameter == "_id":
        column = _resource.id
    else:
        is_date = parameters_of(resource_type)[key.parameter].kind is Kind.DATE
        value: ColumnElement[Any] = _index.starts_at if is_date else _index.value
        column = (
            select(func.max(value) if key.descending else func.min(value))
            .where(
                _index.organization_id == organization_id,
                _index.type == resource_type,
                _index.id == _resource.id,
                _index.parameter == key.parameter,
            )
            .correlate(fhir_resources)
            .scalar_subquery()
        )
    return column.desc().nulls_last() if key.descending else column.asc().nulls_last()
