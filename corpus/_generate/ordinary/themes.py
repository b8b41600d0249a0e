"""All themes of ordinary mail."""

from ordinary import attachments, groups, letters, meetings, on_behalf  # noqa: F401
from ordinary.kit import ALL  # noqa: F401
