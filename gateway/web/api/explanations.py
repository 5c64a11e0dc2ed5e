"""How explanations and their proof are said by the API."""

from typing import Any

from gateway.domain.matching.proof import sentence
from gateway.domain.matching.record import from_record
from schemas.payloads.reviews import ExplanationShape, LineShape, ProofShape
from schemas.states import Language

_LINES_MAX = 1_000


def explanation_shape(record: list[Any], language: Language) -> ExplanationShape:
    """Return a stored explanation with its proof as sentences in a language, and the first of very many lines."""
    customer_id, lines, *rest = record
    explanation = from_record([customer_id, lines[:_LINES_MAX], *rest])
    return ExplanationShape(
        customer_id=str(explanation.customer_id) if explanation.customer_id else None,
        lines=[
            LineShape(item_id=str(line.item_id), kind=line.kind.value, amount_minor=line.amount_minor)
            for line in explanation.lines
        ],
        line_count=len(lines),
        on_account_minor=explanation.on_account_minor,
        strength=explanation.strength.value,
        proof=[
            ProofShape(
                code=sign.code, facts=dict(sign.facts), sentence=sentence(sign, language), supports=sign.supports
            )
            for sign in explanation.proof
        ],
    )
