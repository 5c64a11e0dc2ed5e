"""The page about matching names every rule, reason and setting, and nothing that does not exist."""

import dataclasses
import re
from pathlib import Path

from gateway.domain.matching.combinations import items_max
from gateway.domain.matching.model import Policy, Rule
from schemas.states import ReplayEffect, ReviewReason

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
MODULES = Path(__file__).resolve().parents[2] / "gateway" / "domain" / "matching"
FIELDS = {field.name for field in dataclasses.fields(Policy)}


def words_of_table(heading: str) -> list[str]:
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\| `([a-z_]+)`", section[1] if section else "", re.MULTILINE)


def test_the_table_of_reasons_is_that_of_the_code() -> None:
    assert words_of_table("Why a person is asked") == [reason.value for reason in ReviewReason]


def test_every_rule_and_every_policy_field_is_explained() -> None:
    missing = [name for name in (*[rule.value for rule in Rule], *sorted(FIELDS)) if f"`{name}`" not in PAGE]

    assert missing == []


def test_every_word_in_code_type_is_a_rule_a_reason_a_setting_or_a_module() -> None:
    modules = {path.stem for path in MODULES.glob("*.py")}
    known = {rule.value for rule in Rule} | {reason.value for reason in ReviewReason} | FIELDS | modules
    known |= {effect.value for effect in ReplayEffect} | {"unlike"}

    assert set(re.findall(r"`([a-z_]{3,})`", PAGE)) <= known


def test_the_defaults_are_those_of_the_page() -> None:
    policy = Policy()

    assert (policy.discount_grace_days, policy.tolerance_minor, policy.fee_limit_minor) == (0, 0, 0)
    assert [items_max(count, policy.combination_items_max) for count in (24, 25, 50, 51)] == [12, 3, 3, 2]
