"""From a document to rules in force: drafts, checks, the gate, versions, and the way back."""
