"""
The wall: the row-level policies of every labelled table, and of every table that hangs from one. Written once.

A migration says ``EnableWall("market_need")`` for a table of :class:`Labelled` rows,
``EnableWall("market_note", via="need_id -> market_need")`` for rows that hang from one.
"""

from collections.abc import Sequence
from typing import Final

from django.db.migrations.operations import RunSQL

from punte.apps.access.permissions import NATIONALITY, OUTSIDE_ROLES, PUBLIC, READING_ROLES
from punte.kernel.markings import CAPITAL_WORDS, SENTENCE_WORDS

_ANY_CASE: Final = "|".join(SENTENCE_WORDS).replace("'", "''")
_AS_WRITTEN: Final = "|".join(CAPITAL_WORDS).replace("'", "''")

RELEASED_TO: Final = f"""
CREATE FUNCTION wall_released_to() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN wall_array('roles') && '{{{",".join(OUTSIDE_ROLES)}}}'::text[]
      AND NOT wall_array('roles') && '{{{",".join(READING_ROLES)}}}'::text[]
    THEN ARRAY(SELECT held FROM unnest(wall_array('groups')) held WHERE held = '{PUBLIC}' OR held !~ '{NATIONALITY}')
    ELSE wall_array('groups') END $$;
"""  # noqa: S608  (constants of the project's own)
"""By which of its groups a release reaches the subject: a country and its statuses open nothing to the press and to desk helpers."""

FUNCTIONS: Final = (
    f"""
CREATE FUNCTION wall_refuse_classified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW)::text ~* '\\m(?:{_ANY_CASE})\\M' OR to_jsonb(NEW)::text ~ '\\m(?:{_AS_WRITTEN})\\M' THEN
    RAISE EXCEPTION 'A row of % carries a marking of RESTRICTED or above. Punte takes no classified information.',
      TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;"""
    """
CREATE FUNCTION wall_setting(name text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('punte.' || name, true), '') $$;
CREATE FUNCTION wall_array(name text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('punte.' || name, true), ''), '{}')::text[] $$;
CREATE FUNCTION wall_is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(wall_setting('state') = 'system', false) $$;
CREATE FUNCTION wall_is_open() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(wall_setting('state') = 'open', false) $$;
CREATE FUNCTION wall_is_vetted() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(wall_setting('vetted') = 'yes', false) $$;
CREATE FUNCTION wall_may_write() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(wall_setting('writes') = 'yes', false) $$;
CREATE FUNCTION wall_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT wall_setting('org')::uuid $$;
CREATE FUNCTION wall_never_meet() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT wall_array('never_meet')::uuid[] $$;
CREATE FUNCTION wall_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(wall_setting('now')::timestamptz, now()) $$;
""" + RELEASED_TO
)

DROP_FUNCTIONS: Final = "".join(
    f"DROP FUNCTION {name};"
    for name in (
        "wall_refuse_classified()",
        "wall_released_to()",
        "wall_now()",
        "wall_never_meet()",
        "wall_org()",
        "wall_may_write()",
        "wall_is_vetted()",
        "wall_is_open()",
        "wall_is_system()",
        "wall_array(text)",
        "wall_setting(text)",
    )
)

# Each (SELECT f()) is evaluated once for a query, not once for a row.
_NOT_DENIED: Final = """(SELECT wall_is_open())
    AND NOT {t}.owner_org_id = ANY ((SELECT wall_never_meet())::uuid[])
    AND NOT {t}.label_denied_to && (SELECT wall_array('names'))"""

_OWNS: Final = "{t}.owner_org_id = (SELECT wall_org())"
_STEWARDS: Final = "{t}.label_stewards && (SELECT wall_array('groups'))"

_RELEASED: Final = f"""((SELECT wall_is_vetted()) OR '{PUBLIC}' = ANY ({{t}}.label_releasable_to))
      AND {{t}}.label_releasable_to && (SELECT wall_released_to())
      AND {{t}}.label_restricted_to <@ (SELECT wall_array('groups'))
      AND {{t}}.label_audience && (SELECT wall_array('roles'))
      AND ({{t}}.label_embargo_until IS NULL OR {{t}}.label_embargo_until <= (SELECT wall_now()))
      AND ({{t}}.label_expires_at IS NULL OR {{t}}.label_expires_at > (SELECT wall_now()))"""

VISIBLE: Final = f"""((SELECT wall_is_system()) OR ({_NOT_DENIED}
  AND ({_OWNS} OR {_STEWARDS} OR (
      {_RELEASED}))))"""

WRITABLE: Final = f"""((SELECT wall_is_system()) OR ({_NOT_DENIED}
  AND (SELECT wall_may_write())
  AND ({_OWNS} OR {_STEWARDS})))"""

_STEWARDED: Final = f" AND ((SELECT wall_is_system()) OR {_STEWARDS.format(t='p')})"


class EnableWall(RunSQL):
    """
    Put a table behind the wall, for every role, its owner included.

    Parameters
    ----------
    table
        The table's name; its primary key is called ``id``.
    via
        For rows that hang from others: ``"column -> parent_table"``, one or several. Such a row is seen by whoever sees
        *all* its parents, and written by whoever may write the first.
    labelled
        Whether the rows carry a label of their own; by default those without ``via`` do. Both together mean
        both conditions.
    read
        ``"viewers"``: whoever sees the parents; ``"stewards"``: of them only the stewards of the first parent, not
        its owner's other people (what an applicant handed in).
    own
        A column that holds a person's id: of those who would see a row, only this person does.
    only
        A further condition in SQL under which a row is seen; ``{t}`` stands for the row. It narrows, and opens nothing.
    write
        ``"owners"`` (and stewards); ``"viewers"`` where whoever sees the row may write it (a note under a
        meeting); ``"system"`` where only an action that checked the right may, by its named reason (who is who).
    """

    def __init__(
        self,
        table: str,
        *,
        via: str | Sequence[str] = (),
        labelled: bool | None = None,
        write: str = "owners",
        read: str = "viewers",
        own: str = "",
        only: str = "",
    ) -> None:
        self.table = table
        self.via = [via] if isinstance(via, str) else list(via)
        self.labelled = not self.via if labelled is None else labelled
        self.write, self.read, self.own, self.only = write, read, own, only
        if read not in {"viewers", "stewards"}:
            raise ValueError(f"read={read!r} is unknown. Write 'viewers' or 'stewards'.")
        if write not in {"owners", "viewers", "system"}:
            raise ValueError(f"write={write!r} is unknown. Write 'owners', 'viewers' or 'system'.")
        super().__init__(self.forward_sql(), self.backward_sql(), elidable=False)

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        """Say how a migration file writes this operation."""
        return (
            self.__class__.__name__,
            [self.table],
            {
                "via": self.via,
                "labelled": self.labelled,
                "write": self.write,
                "read": self.read,
                "own": self.own,
                "only": self.only,
            },
        )

    def describe(self) -> str:
        """Return one line for ``migrate -v2``."""
        return f"Put {self.table} behind the wall"

    def read_rule(self, row: str) -> str:
        """Return the SQL condition under which ``row`` (an alias) is seen."""
        conditions = [VISIBLE.format(t=row)] if self.labelled else []
        for link in self.via:
            column, parent = (part.strip() for part in link.split("->"))
            # The parent's own policy holds inside: who does not see it finds nothing here.
            stewards = _STEWARDED if self.read == "stewards" and link == self.via[0] else ""
            conditions.append(
                f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {row}.{column}{stewards})"  # noqa: S608
            )
        if self.own:
            mine = f"{row}.{self.own}::text = (SELECT wall_setting('person'))"
            conditions.append(f"((SELECT wall_is_system()) OR {mine})")
        if self.only:
            conditions.append(f"((SELECT wall_is_system()) OR ({self.only.format(t=row)}))")
        return " AND ".join(conditions)

    def write_rule(self, row: str) -> str:
        """Return the SQL condition under which ``row`` may be written."""
        if self.write == "system":
            return "(SELECT wall_is_system())"
        if self.labelled:
            rules = [WRITABLE.format(t=row)]
            rules += [self.read_rule(row)] if self.via else []
            return " AND ".join(rules)
        if self.write == "viewers":
            return f"((SELECT wall_is_system()) OR (SELECT wall_may_write())) AND {self.read_rule(row)}"
        column, parent = (part.strip() for part in self.via[0].split("->"))
        return f"wall_writes_{parent}({row}.{column}) AND {self.read_rule(row)}"

    def forward_sql(self) -> str:
        """Return the statements that raise the wall around the table."""
        t = self.table
        read, write = self.read_rule(t), self.write_rule(t)
        return f"""
ALTER TABLE {t} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {t} FORCE ROW LEVEL SECURITY;
CREATE POLICY wall_read ON {t} FOR SELECT USING ({read});
CREATE POLICY wall_insert ON {t} FOR INSERT WITH CHECK ({write});
CREATE POLICY wall_update ON {t} FOR UPDATE USING ({write}) WITH CHECK ({write});
CREATE POLICY wall_delete ON {t} FOR DELETE USING ({write});
CREATE TRIGGER wall_unclassified BEFORE INSERT OR UPDATE ON {t}
  FOR EACH ROW EXECUTE FUNCTION wall_refuse_classified();
CREATE FUNCTION wall_writes_{t}(wanted {t}.id%TYPE) RETURNS boolean LANGUAGE sql STABLE
  AS $$ SELECT EXISTS (SELECT 1 FROM {t} t WHERE t.id = wanted AND {self.write_rule("t")}) $$;
"""  # noqa: S608  (names of the project's own tables)

    def backward_sql(self) -> str:
        """Return the statements that take the wall down again."""
        t = self.table
        policies = "".join(
            f"DROP POLICY wall_{verb} ON {t};" for verb in ("read", "insert", "update", "delete")
        )
        return f"""
DROP FUNCTION wall_writes_{t};
DROP TRIGGER wall_unclassified ON {t};
{policies}
ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {t} DISABLE ROW LEVEL SECURITY;
"""
