"""The parts of ``bench/ledger.py``: what a client does (``cycles``), many at once (``clients``), the least (``floors``)."""
