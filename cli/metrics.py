"""`yellowsea metrics`."""

from __future__ import annotations

import sys

from cli import options
from cli.desk import opened


def show_metrics(database: options.Database = None) -> None:
    """How every source stands, as Prometheus reads it; write it to a file of its textfile collector."""
    from cli.standing import standing
    from report.metrics import expose

    with opened(database) as (settings, store):
        sys.stdout.write(expose(store, standing(settings, store)))
