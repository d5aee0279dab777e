-- history: whether more is folded than what is kept already, or rules wait to learn of it. `kept` adds the positions up.
SELECT (SELECT sum(position) FROM positions) <> %(kept)s OR EXISTS (SELECT FROM sweeps WHERE finished_at IS NULL);

-- backtests: whether anybody waits for one that nobody works at. Who does holds the lock of its number.
SELECT EXISTS (
    SELECT FROM backtests_backtest b WHERE state IN ('waiting', 'running')
    AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
                    AND classid = 1382641670 AND objid::bigint = b.id)
);
