"""How fast Ripely is, each figure beside the limit of the same machine in the same minute."""
