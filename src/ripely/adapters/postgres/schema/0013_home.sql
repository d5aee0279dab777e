-- home: which server this database was on when somebody last said that messages go out from it.
CREATE TABLE home (
    is_home boolean PRIMARY KEY DEFAULT true CHECK (is_home),
    name text NOT NULL
);
