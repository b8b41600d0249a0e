"""All cases."""

import exposed  # noqa: F401
from registry import ALL  # noqa: F401
