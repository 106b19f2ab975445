"""What keeps segments apart."""


class SegmentsDiffer(Exception):
    """These segments cannot stand in one track. The ad is rendered whole instead, so nobody needs to do anything."""
