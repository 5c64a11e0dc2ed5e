"""What a collection is called in the life of its mandate (sepa-rules 1.7)."""

from gateway.domain.collecting.model import MandateTerms
from schemas.bank_profile import FirstSequence
from schemas.codes.lists import SequenceType
from schemas.tables import MandateType


def sequence_type(mandate: MandateTerms, first_sequence: FirstSequence) -> SequenceType:
    """Return the sequence type of the next collection. FNAL is never sent by itself: nothing could follow it."""
    if mandate.type == MandateType.ONE_OFF:
        return SequenceType.ONE_OFF
    if first_sequence is FirstSequence.RECURRENT:
        return SequenceType.RECURRENT
    starts_anew = mandate.amendment.is_new_account and first_sequence is FirstSequence.FIRST_WITH_NEW_ACCOUNT
    return SequenceType.RECURRENT if mandate.was_used and not starts_anew else SequenceType.FIRST
