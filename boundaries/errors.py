"""What is said when boundary files cannot be read at all."""

from gis.errors import Refusal


class BoundaryFileError(Refusal):
    """A file of a district cannot be read; the sentence names the file and, where known, the place in it."""

    code = "boundary-file"


class TableError(Refusal):
    """A table that cannot be read or written as asked; nothing was written."""

    code = "table"
