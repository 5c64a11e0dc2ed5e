"""Reads orders to banks, pain.008 and pain.001 of any version, ours or another's, into facts as they are written."""

from parsers.orders.schema import SchemaFault, has_schema, schema_faults
from parsers.orders.stream import format_of, read_order
from parsers.orders.values import read_collections, read_transfers

__all__ = [
    "SchemaFault",
    "format_of",
    "has_schema",
    "read_collections",
    "read_order",
    "read_transfers",
    "schema_faults",
]
