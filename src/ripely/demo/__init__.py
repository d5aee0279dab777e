"""The demo company: a shop with the tracker, its definitions, its visitors and its mailbox."""
