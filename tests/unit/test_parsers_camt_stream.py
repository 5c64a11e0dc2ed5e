"""The two ways through a camt file give the same: what the cut reads, and what it refuses, is what the walk does."""

import io
import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.camt import shapes, stream
from parsers.camt.runs import RunReader
from parsers.camt.stream import CamtStream
from schemas.errors import FileRefused
from schemas.statement import BankEntry, StatementPart
from support.camt_files import (
    NAMESPACE,
    account_head,
    amount,
    balance,
    camt053,
    details,
    document,
    encoded,
    entry,
    statement,
)
from support.figures import count

OPEN_HEAD = account_head().encode()


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes are learned from the first entry on, so that short files use them too."""
    monkeypatch.setattr(shapes, "AFTER_ENTRIES", 0)
    monkeypatch.setattr(shapes, "SEEN_MIN", 1)


def outcome(data: bytes, *, may_cut: bool, chunk: int = 1 << 16) -> list[StatementPart] | str:
    """Return all parts, entries joined, or that the file is refused."""
    old, stream.CHUNK_BYTES = stream.CHUNK_BYTES, chunk
    parts: list[StatementPart] = []
    try:
        for part in CamtStream("BkToCstmrStmt", NAMESPACE, may_cut=may_cut).read(io.BytesIO(data)):
            if isinstance(part, list) and parts and isinstance(parts[-1], list):
                parts[-1] = parts[-1] + part
            else:
                parts.append(part)
    except FileRefused:
        return "refused"
    finally:
        stream.CHUNK_BYTES = old
    return parts


def both(data: bytes, chunk: int = 1 << 16) -> list[StatementPart] | str:
    """Return what both ways give, after comparing them."""
    walked, cut = outcome(data, may_cut=False), outcome(data, may_cut=True, chunk=chunk)
    assert cut == walked
    return cut


def entries_of(parts: list[StatementPart] | str) -> list[BankEntry]:
    assert not isinstance(parts, str)
    return [found for part in parts if isinstance(part, list) for found in part]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("&<> \t'\"é€"), max_size=40
)


@st.composite
def entry_texts(draw: st.DrawFn) -> str:
    """One entry with random texts in random fields."""

    def escaped() -> str:
        return draw(TEXTS).replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")

    content = "".join(
        draw(st.sampled_from(["", f"<Refs><EndToEndId>{escaped()}</EndToEndId></Refs>", "<Refs/>"]))
        + draw(st.sampled_from(["", amount("100.00"), amount("60.00"), amount("40.00", "CHF")]))
        + f"<RltdPties><Dbtr><Pty><Nm>{escaped()}</Nm></Pty></Dbtr></RltdPties>"
        + f"<RmtInf><Ustrd>{escaped()}</Ustrd><Ustrd>{escaped()}</Ustrd></RmtInf>"
        for _ in range(1)
    )
    many = draw(st.sampled_from([(content,), (content, amount("40.00")), ()]))
    return entry(
        reference=f"<AcctSvcrRef>{escaped()}</AcctSvcrRef>",
        details=details(*many) if many else "",
        text=f"<AddtlNtryInf>{escaped()}</AddtlNtryInf>",
    ) + draw(st.sampled_from(["", "\n", " \r\n\t"]))


@settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(entry_texts(), min_size=1, max_size=6), st.sampled_from([30, 300, 1 << 16]))
def test_whatever_stands_in_the_texts_both_ways_read_the_same(entries: list[str], chunk: int) -> None:
    both(encoded(document(statement(*entries * 2))), chunk)


DAMAGE = (
    b"<", b">", b"<!--", b"-->", b"<!-- x -->", b"<![CDATA[", b"]]>", b"<![CDATA[a]]>", b"</Ntry>", b"<Ntry>",
    b"<Ntry/>", b"&", b"&amp;", b"&#48;", b"<?x?>", b"<?x", b"?>", b"\0", b"\xff", b"</Stmt>", b"<Stmt>",
    b' xmlns="x"', b"\n", b"'", b'"', b"<TxDtls/>", b"<Btch/>", b"<Rpt/>", b"<Foo>", b"</Foo>", b"0", b"CRDT",
    b"<p:Foo/>", b"</NtryDtls>",
    b"<NtryDtls>", b'<Amt Ccy="EUR">1</Amt>', b"]]", b"<Ntry >", b"</Ntry >", b"<Ntry a='1'>", b' xmlns:p="q"',
)  # fmt: skip


def damaged(seed: int) -> Iterator[bytes]:
    """Yield files of several kinds with a few random changes."""
    chosen = random.Random(seed)
    kinds = [
        "",
        details(
            "<Refs><EndToEndId>E</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>A &amp; B</Nm></Pty></Dbtr></RltdPties>"
            "<RmtInf><Ustrd>RE 1 ä</Ustrd></RmtInf>"
        ),
        details(amount("60.00"), amount("40.00"), batch="<Btch><NbOfTxs>2</NbOfTxs></Btch>"),
        details("", ""),
    ]
    while True:
        entries = [entry(details=chosen.choice(kinds)) + chosen.choice(("", "\n")) for _ in range(chosen.randint(1, 8))]
        closing = balance("CLBD", f"{100 * len(entries)}.00")
        place = chosen.randint(0, len(entries))
        entries.insert(place, chosen.choice(("", "", closing)))
        data = encoded(
            document(statement(*entries, balances=balance("OPBD", "0.00"), tail=closing), statement(entry()))
        )
        for _ in range(chosen.choice((0, 1, 1, 2))):
            place = chosen.randrange(len(data))
            change = chosen.random()
            if change < 0.7:
                data = data[:place] + chosen.choice(DAMAGE) + data[place:]
            elif change < 0.9:
                data = data[:place] + data[place + chosen.randint(1, 9) :]
            else:
                data = data[: place + 1]
        yield data


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_damaged_both_ways_read_or_refuse_the_same(seed: int) -> None:
    refused = 0
    for number, data in zip(range(150), damaged(seed), strict=False):
        refused += both(data, (17, 333, 1 << 16)[number % 3]) == "refused"

    assert 10 < refused < 150


@pytest.mark.prove
def test_many_damaged_files_are_read_or_refused_the_same_in_both_ways() -> None:
    seed = random.randrange(10**9)
    files = count(full=5_000, small=250)
    print(f"\ndamaged camt files: seed {seed}")

    outcomes = [
        both(data, (17, 333, 1 << 16)[number % 3]) for number, data in zip(range(files), damaged(seed), strict=False)
    ]

    assert outcomes.count("refused") < len(outcomes)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param(lambda xml: xml, 6, id="plain"),
        pytest.param(lambda xml: xml.replace("<Ntry>", "<!-- one --><Ntry>"), 6, id="comments between the entries"),
        pytest.param(lambda xml: xml.replace("<Amt", "<!-- one --><Amt"), 6, id="comments inside the entries"),
        pytest.param(
            lambda xml: xml.replace("<GrpHdr>", "<!-- <Ntry></Ntry> --><GrpHdr>"), 6, id="an entry in a comment"
        ),
        pytest.param(lambda xml: xml.replace("<Bal>", f"<!-- {entry()} --><Bal>", 1), 6, id="a comment in a statement"),
        pytest.param(
            lambda xml: xml.replace("<Bal>", f"<?hide {entry()}?><Bal>", 1), 6, id="an entry in an instruction"
        ),
        pytest.param(
            lambda xml: xml.replace("</Stmt>", f"<AddtlStmtInf><![CDATA[{entry()}]]></AddtlStmtInf></Stmt>"),
            6,
            id="an entry in a text behind",
        ),
        pytest.param(
            lambda xml: xml.replace("<Bal>", f"<Foo><![CDATA[{entry()}]]></Foo><Bal>", 1),
            6,
            id="an entry in a text before",
        ),
        pytest.param(lambda xml: xml.replace("BOOK", "<![CDATA[BOOK]]>"), 6, id="a text in CDATA"),
        pytest.param(
            lambda xml: re.sub(r"<(/?)(?=[A-Z])", r"<\1p:", xml).replace("xmlns=", "xmlns:p="), 6, id="prefix"
        ),
        pytest.param(lambda xml: xml.replace("<Ntry>", '<Ntry id="1">', 3), 6, id="attributes"),
        pytest.param(lambda xml: xml.replace("<Ntry>", f'<Ntry xmlns="{NAMESPACE}">', 1), 6, id="namespace again"),
        pytest.param(
            lambda xml: xml.replace("<Sts>", '<Sts xmlns="urn:other">', 1), 6, id="a part of another namespace"
        ),
        pytest.param(
            lambda xml: (
                xml.replace("<Document ", f'<Document xmlns:d="{NAMESPACE}" ')
                .replace("<Sts>", "<d:Sts>")
                .replace("</Sts>", "</d:Sts>")
            ),
            6,
            id="two prefixes of one namespace",
        ),
        pytest.param(
            lambda xml: xml.replace("<Document ", '<Document xmlns:xsi="urn:x?a=1&amp;b" ').replace(
                "<Sts>", '<Sts xsi:nil="false">'
            ),
            6,
            id="a prefix of the document inside the entries",
        ),
        pytest.param(lambda xml: xml.replace("</Ntry>", "</Ntry >", 2), 6, id="blanks in end tags"),
        pytest.param(lambda xml: xml.replace("</Stmt>", "</Stmt >"), 6, id="blanks in the end of a statement"),
        pytest.param(lambda xml: xml.replace("</Ntry><Ntry>", "</Ntry>text<Ntry>"), 6, id="text between entries"),
        pytest.param(lambda xml: xml.replace(">", ">\r\n"), 6, id="other line ends"),
        pytest.param(lambda xml: xml.replace("<AcctSvcrRef>", "<AcctSvcrRef> "), 6, id="blanks around texts"),
        pytest.param(lambda xml: xml.replace("R-", "&lt;&#82;-"), 6, id="references to characters"),
    ],
)
@pytest.mark.parametrize("chunk", [40, 1 << 16])
def test_however_it_is_written_both_ways_read_all_entries(change, count: int, chunk: int) -> None:  # type: ignore[no-untyped-def]
    ours = [entry(reference=f"<AcctSvcrRef>R-{number}</AcctSvcrRef>", details=details("")) for number in range(4)]
    xml = document(statement(*ours), statement(*ours[:2]))

    parts = both(encoded(change(xml)), chunk)

    assert len(entries_of(parts)) == count


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1", "ISO-8859-15"])
def test_other_encodings_give_the_same(encoding: str) -> None:
    xml = document(statement(entry(text="<AddtlNtryInf>Müller</AddtlNtryInf>")))

    parts = outcome(encoded(xml, encoding), may_cut=False)

    assert parts == outcome(encoded(xml), may_cut=True)


def test_an_attribute_that_holds_a_bracket_hides_no_entry() -> None:
    data = encoded(document(statement(entry()))).replace(b"<Acct>", b'<Acct a="><Ntry></Ntry>">', 1)

    assert both(data) == "refused"


def test_an_entry_that_is_too_long_for_a_run_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RUN_BYTES_MAX", 1_000)
    batch = entry(details=details(*[amount("1.00")] * 100))

    parts = both(camt053([entry(), batch, entry()]), 200)

    assert [len(found.transactions) for found in entries_of(parts)] == [1, 100, 1]


def test_lines_count_from_the_beginning_in_both_ways() -> None:
    parts = both(encoded(document(statement(*[entry() + "\n\n"] * 5), "\n" + statement(entry()))), 300)

    assert [found.line for found in entries_of(parts)] == [2, 4, 6, 8, 10, 13]


# Runs and shapes.


def run_of(*entries: str) -> bytes:
    return "".join(entries).encode()


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run_of(entry(), "<Bal/>", entry()), id="something else between entries"),
        pytest.param(run_of(entry(more=entry())), id="an entry inside an entry"),
        pytest.param(run_of(entry(more="<!-- -->")), id="comment"),
        pytest.param(run_of(entry(amount=amount("1<b/>0"))), id="text cut by an element"),
        pytest.param(run_of(entry(text="<AddtlNtryInf>\xe4</AddtlNtryInf>")).replace(b"\xc3", b""), id="no UTF-8"),
        pytest.param(run_of(entry(), "text", entry()), id="text between"),
        pytest.param(run_of(entry(), "text"), id="text behind"),
        pytest.param(run_of(entry()) + run_of(entry()).replace(b"</Ntry>", b"</Ntry >"), id="other end tag"),
    ],
)
def test_a_run_that_is_not_certain_is_left_to_the_walk(run: bytes) -> None:
    reader = RunReader(NAMESPACE)
    for _ in range(3):
        reader.read(run_of(entry()), {None: NAMESPACE})

    assert reader.read(run, {None: NAMESPACE}) is None


def test_entries_of_known_shape_are_not_parsed_again() -> None:
    reader = RunReader(NAMESPACE)
    runs = [
        run_of(*[entry(reference=f"<AcctSvcrRef>{number}{at}</AcctSvcrRef>") for at in "ab"]) for number in range(9)
    ]

    found = [reader.read(run, {None: NAMESPACE}) for run in runs]

    assert [[item.texts["reference"] for item, _ in pieces or ()] for pieces in found] == [
        [f"{number}a", f"{number}b"] for number in range(9)
    ]
    assert reader._shapes.misses == 1


def test_the_shape_of_a_long_or_strange_entry_is_not_learned() -> None:
    reader = RunReader(NAMESPACE)
    long = entry(text=f"<AddtlNtryInf>{'x' * shapes.LENGTH_MAX}</AddtlNtryInf>")
    strange = entry(text="<AddtlNtryInf>a<b/>c</AddtlNtryInf>").replace("AddtlNtryInf", "Unread")

    for run in (run_of(long), run_of(strange)) * 3:
        reader.read(run, {None: NAMESPACE})

    assert reader._shapes.misses == 6


def test_only_few_shapes_of_one_length_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "ALIKE_MAX", 2)
    reader = RunReader(NAMESPACE)

    for number in range(4):
        for _ in range(3):
            reader.read(run_of(entry(more=f"<X{number}/>")), {None: NAMESPACE})

    assert reader._shapes.misses == 2 + 2 * 3


def test_learning_ends_where_entries_are_too_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "SHAPES_MAX", 2)
    monkeypatch.setattr(shapes, "MISSES_MAX", 3)
    reader = RunReader(NAMESPACE)

    for number in range(9):
        reader.read(run_of(entry(more=f"<X{number}/>")), {None: NAMESPACE})

    assert not reader._shapes.is_worth_it
    assert reader._shapes.misses == 3


def test_an_unknown_reference_in_a_known_shape_goes_to_the_parser() -> None:
    reader = RunReader(NAMESPACE)
    plain = entry(text="<AddtlNtryInf>a &amp; b</AddtlNtryInf>")

    texts = [
        pieces[0][0].texts["text"] if pieces else None
        for written in (plain, plain, plain.replace("&amp;", "&#38;"), plain.replace("&amp;", "&nbsp;"))
        for pieces in [reader.read(run_of(written), {None: NAMESPACE})]
    ]

    assert texts == ["a & b", "a & b", "a & b", None]
