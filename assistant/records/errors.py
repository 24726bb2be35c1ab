"""What the record service says when it cannot do what was asked: OperationOutcome and HTTP status."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong.

    `code` is from the FHIR value set issue-type, `diagnostics` says what and what to do about it (it never
    holds personal data), `expression` is the FHIRPath of the element: `Observation.component[0].code`.
    """

    code: str
    diagnostics: str
    expression: str | None = None
    severity: str = "error"

    def inside(self, path: str) -> "Issue":
        """The same issue, found in a resource that is itself inside `path` (`Bundle.entry[2].resource`)."""
        if self.expression is None:
            return replace(self, expression=path)
        _, _, rest = self.expression.partition(".")
        return replace(self, expression=f"{path}.{rest}" if rest else path)

    def as_fhir(self) -> dict[str, Any]:
        issue: dict[str, Any] = {
            "severity": self.severity,
            "code": self.code,
            "diagnostics": self.diagnostics,
        }
        if self.expression:
            issue["expression"] = [self.expression]
        return issue


class FhirError(Exception):
    """A request that is refused, with its HTTP status. Nothing was stored."""

    def __init__(self, status: int, *issues: Issue) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.status = status
        self.issues = issues

    def inside(self, path: str) -> "FhirError":
        """The same refusal of one entry, said of the whole Bundle."""
        return FhirError(self.status, *(issue.inside(path) for issue in self.issues))


def refuse(status: int, code: str, diagnostics: str, expression: str | None = None) -> FhirError:
    """A refusal for one reason."""
    return FhirError(status, Issue(code, diagnostics, expression))


def operation_outcome(*issues: Issue) -> dict[str, Any]:
    """The FHIR resource that carries the issues."""
    return {"resourceType": "OperationOutcome", "issue": [issue.as_fhir() for issue in issues]}
