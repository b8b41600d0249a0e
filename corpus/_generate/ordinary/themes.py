"""All themes of ordinary mail."""

from ordinary import attachments, automatic, groups, letters, lists, meetings, on_behalf  # noqa: F401
from ordinary.kit import ALL  # noqa: F401
