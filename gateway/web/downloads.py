"""Files that are saved, not shown: their headers say so, and no cache keeps them."""

from collections.abc import Mapping

XML, CSV, PDF, ZIP = "application/xml", "text/csv; charset=utf-8", "application/pdf", "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES = "application/octet-stream"


def download(name: str, media_type: str) -> Mapping[str, str]:
    """Return the headers of a file to be saved under a name; what a file system may not take becomes ``_``."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in name)
    return {
        "Cache-Control": "no-store",
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{plain}"',
    }
