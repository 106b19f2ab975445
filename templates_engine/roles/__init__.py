"""Which job each line of an ad does. The verb is ``tagging.tag``."""
