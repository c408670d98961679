/**
 * What the processes share. A lane is one group's way to one integration; its row has what was last told, what the receiver is to
 * remember, and who is sending now.
 *
 * Text that comes from alerts is kept as JSON text, as PostgreSQL's `text` takes no NUL. `xid` is the transaction that wrote what
 * readers are to see; a reader asks for those from the oldest that was still open when it last looked, so that it misses none that
 * was committed late.
 */
export const sharedTables: readonly string[] = [
  `CREATE TABLE skopos_alerting_peers (
     id text PRIMARY KEY,
     name text NOT NULL,
     address text NOT NULL,
     version text NOT NULL,
     started_at timestamptz NOT NULL,
     seen_at timestamptz NOT NULL,
     ahead_ms float8 NOT NULL
   );
   CREATE TABLE skopos_alerting_lanes (
     id text PRIMARY KEY,
     lane text NOT NULL,
     at_ms float8,
     expires_at_ms float8,
     entry text,
     tie text COLLATE "C",
     memory text,
     told_by text,
     xid xid8,
     holder text,
     held_until timestamptz
   );
   CREATE INDEX skopos_alerting_lanes_xid ON skopos_alerting_lanes (xid);
   CREATE TABLE skopos_alerting_silences (
     id text PRIMARY KEY,
     at_ms float8 NOT NULL,
     ends_at_ms float8 NOT NULL,
     silence text NOT NULL,
     tie text COLLATE "C" NOT NULL,
     xid xid8 NOT NULL
   );
   CREATE INDEX skopos_alerting_silences_xid ON skopos_alerting_silences (xid);`,
];
