"""Orders to banks: check pain.008 and pain.001 files, ours or another's, without any database."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from gateway.commands.shared import DONE, REFUSED, AsJson
from gateway.domain.scheme_rules import Finding, Severity, check_order
from gateway.domain.scheme_rules.rule import error
from parsers.orders import has_schema, read_order, schema_faults
from schemas.errors import FileRefused
from schemas.order_facts import OrderFacts

SHOWN_MAX = 1_000  # Findings of one file; all of them are counted.
READABLE = error("readable", "a pain.008 or pain.001 that can be read without risk", "ISO 20022")
SCHEMA = error("schema", "what the ISO 20022 schema of its version has", "ISO 20022 schema")

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)]
AsOf = Annotated[str, typer.Option("--date", help="The day as of which dates are judged, such as 2026-12-01; today.")]


class _Verdict(NamedTuple):
    """What came of one file. ``is_schema_checked`` is False where no schema of its version is at hand."""

    path: Path
    format: str
    counts: Counter[str]
    findings: list[Finding]
    is_schema_checked: bool

    @property
    def is_valid(self) -> bool:
        return not self.counts[Severity.ERROR]


def validate(files: Files, date: AsOf = "", as_json: AsJson = False) -> None:
    """Check payment orders (pain.008, pain.001) against their schema and the rules of the SEPA schemes."""
    today = _day(date)
    tell = _print_facts if as_json else _print_sentences
    good = True
    for path in files:
        verdict = _judge(path, today)
        tell(verdict)
        good = good and verdict.is_valid
    raise typer.Exit(DONE if good else REFUSED)


def _day(text: str) -> dt.date:
    if not text:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date such as 2026-12-01", param_hint="--date") from None


def _judge(path: Path, today: dt.date) -> _Verdict:
    format_name, is_checked = "", False
    counts: Counter[str] = Counter()
    kept: list[Finding] = []
    try:
        parts = read_order(path)
        header = next(parts)
        format_name = header.format if isinstance(header, OrderFacts) else ""
        _keep(check_order(chain((header,), parts), today=today), kept, counts)
        is_checked = has_schema(format_name)
        faults = schema_faults(path, format_name) if is_checked else []
        _keep((Finding(SCHEMA, fault.message, fault.line) for fault in faults), kept, counts)
    except FileRefused as refused:
        _keep((Finding(READABLE, str(refused), refused.line),), kept, counts)
    kept.sort(key=lambda finding: finding.line or 0)
    return _Verdict(path, format_name, counts, kept, is_checked)


def _keep(findings: Iterable[Finding], kept: list[Finding], counts: Counter[str]) -> None:
    for finding in findings:
        counts[finding.rule.severity] += 1
        if len(kept) < SHOWN_MAX:
            kept.append(finding)


def _print_facts(verdict: _Verdict) -> None:
    facts = {
        "file": str(verdict.path),
        "format": verdict.format,
        "valid": verdict.is_valid,
        "schema_checked": verdict.is_schema_checked,
        "errors": verdict.counts[Severity.ERROR],
        "warnings": verdict.counts[Severity.WARNING],
        "findings": [_facts(finding) for finding in verdict.findings],
    }
    typer.echo(json.dumps(facts))


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.name,
        "severity": finding.rule.severity,
        "line": finding.line,
        "end_to_end_id": finding.end_to_end_id,
        "found": finding.found,
        "expected": finding.rule.demand,
        "source": finding.rule.source,
    }


def _print_sentences(verdict: _Verdict) -> None:
    errors, warnings = verdict.counts[Severity.ERROR], verdict.counts[Severity.WARNING]
    schema = "" if verdict.is_schema_checked or not verdict.format else "; no schema of this version is at hand"
    word = "valid" if verdict.is_valid else "refused"
    name = f"{verdict.format}, " if verdict.format else ""
    typer.echo(f"{verdict.path}: {word}: {name}{errors} errors, {warnings} warnings{schema}")
    for finding in verdict.findings:
        typer.echo(f"{verdict.path}: {_sentence(finding)}")
    hidden = errors + warnings - len(verdict.findings)
    if hidden:
        typer.echo(f"{verdict.path}: {hidden} more")


def _sentence(finding: Finding) -> str:
    rule = finding.rule
    line = f"line {finding.line}: " if finding.line else ""
    of = f"{finding.end_to_end_id}: " if finding.end_to_end_id else ""
    return f"{line}{of}{rule.severity}: {rule.name}: found {finding.found}; expected {rule.demand} ({rule.source})"
