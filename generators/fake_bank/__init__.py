"""What the pretended bank writes: status reports and statements, by writers of its own."""

from generators.fake_bank.camt053 import write_camt053
from generators.fake_bank.mt940 import write_mt940
from generators.fake_bank.pain002 import write_pain002

__all__ = ["write_camt053", "write_mt940", "write_pain002"]
