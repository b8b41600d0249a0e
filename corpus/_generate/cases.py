"""All cases."""

import abused  # noqa: F401
import announced  # noqa: F401
import exposed  # noqa: F401
import exposed_shapes  # noqa: F401
import forwarding  # noqa: F401
import inside  # noqa: F401
import leaked  # noqa: F401
import lookalike  # noqa: F401
import malformed  # noqa: F401
import single_shapes  # noqa: F401
import slips  # noqa: F401
from registry import ALL  # noqa: F401
