"""The demo city: Medan's real offices with invented people, all marked DEMO. See the command `demo`."""
