"""Builds camt files for tests: small pieces of XML that differ from a plain one in what a test is about."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from parsers import camt
from schemas.errors import FileRefused
from schemas.statement import BankEntry, BankTransaction, StatementEnd, StatementStart, StatementStream

OWN_IBAN = "DE89370400440532013000"
PAYER_IBAN = "FR1420041010050500013M02606"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(
    *,
    amount: str = '<Amt Ccy="EUR">100.00</Amt>',
    sign: str = "<CdtDbtInd>CRDT</CdtDbtInd>",
    reversal: str = "",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    booking: str = "<BookgDt><Dt>2026-03-02</Dt></BookgDt>",
    value: str = "<ValDt><Dt>2026-03-02</Dt></ValDt>",
    reference: str = "",
    code: str = "",
    more: str = "",
    details: str = "",
    text: str = "",
) -> str:
    """Return one ``Ntry``."""
    return (
        f"<Ntry>{amount}{sign}{reversal}{status}{booking}{value}{reference}"
        f"<BkTxCd>{code}</BkTxCd>{more}{details}{text}</Ntry>"
    )


def details(*contents: str, batch: str = "") -> str:
    """Return ``NtryDtls`` with one ``TxDtls`` for each content."""
    inside = "".join(f"<TxDtls>{content}</TxDtls>" for content in contents)
    return f"<NtryDtls>{batch}{inside}</NtryDtls>"


def balance(kind: str, amount: str, *, sign: str = "CRDT", currency: str = "EUR", day: str = "2026-03-02") -> str:
    """Return one ``Bal``."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>'
    )


def statement(
    *entries: str,
    tag: str = "Stmt",
    head: str = "<Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb>",
    account: str = f"<Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>",
    balances: str | None = None,
    tail: str = "",
) -> str:
    """Return one statement; its balances are those of entries of 100.00 each unless they are given."""
    if balances is None:
        balances = balance("OPBD", "0.00") + balance("CLBD", f"{100 * len(entries)}.00")
    return f"<{tag}>{head}{account}{balances}{''.join(entries)}{tail}</{tag}>"


def document(
    *statements: str,
    namespace: str | None = NAMESPACE,
    message: str = "BkToCstmrStmt",
    header: str = "<GrpHdr><MsgId>M-1</MsgId></GrpHdr>",
) -> str:
    """Return a whole document without its XML declaration."""
    declared = f' xmlns="{namespace}"' if namespace else ""
    return f"<Document{declared}><{message}>{header}{''.join(statements)}</{message}></Document>"


def encoded(text: str, encoding: str = "UTF-8") -> bytes:
    """Return a document with its XML declaration as bytes."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)


def camt053(entries: Iterable[str]) -> bytes:
    """Return a camt.053 of one statement."""
    return encoded(document(statement(*entries)))


class Reading(NamedTuple):
    """Everything that a reader yielded."""

    format: str
    starts: list[StatementStart]
    entries: list[BankEntry]
    ends: list[StatementEnd]
    file_warnings: list[str]

    @property
    def entry(self) -> BankEntry:
        """The only entry."""
        (entry,) = self.entries
        return entry

    @property
    def transaction(self) -> BankTransaction:
        """The only transaction of the only entry."""
        (transaction,) = self.entry.transactions
        return transaction

    @property
    def warnings(self) -> list[str]:
        """All warnings: of the file, then of its statements."""
        return [*self.file_warnings, *(warning for end in self.ends for warning in end.warnings)]


def read_all(stream: StatementStream) -> Reading:
    """Read a stream to its end."""
    starts: list[StatementStart] = []
    entries: list[BankEntry] = []
    ends: list[StatementEnd] = []
    for part in stream.parts:
        if isinstance(part, StatementStart):
            starts.append(part)
        elif isinstance(part, StatementEnd):
            ends.append(part)
        else:
            entries += part
    return Reading(stream.format, starts, entries, ends, stream.warnings)


def account_head() -> str:
    """Return the beginning of a camt.053, up to where balances and entries stand."""
    return document(statement(balances="")).partition("</Stmt>")[0]


def read(data: bytes) -> Reading:
    """Read the bytes of a camt file to their end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xml"
        path.write_bytes(data)
        return read_all(camt.read(path))


def refuse(data: bytes) -> FileRefused:
    """Return why the bytes of a camt file are refused."""
    with pytest.raises(FileRefused) as refused:
        read(data)
    return refused.value


def amount(text: str, currency: str = "EUR") -> str:
    """Return one ``Amt``."""
    return f'<Amt Ccy="{currency}">{text}</Amt>'
