"""All themes of ordinary mail."""

from ordinary import (  # noqa: F401
    accounts, attachments, automatic, english, groups, letters, links, lists, machines, meetings, money, on_behalf, people_lists, shapes)
from ordinary.kit import ALL  # noqa: F401
