"""Mail by SMTP: pooled connections, pipelined, and honest about what became of each message."""
