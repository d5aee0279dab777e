"""Contacts: the list, and the dossier of one."""
