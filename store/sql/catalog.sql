-- name: catalog_tables
-- The tables of the service with the columns that a backup carries (a generated column is computed again).
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migrations'
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY c.relname ORDER BY c.relname

-- name: catalog_sequences
-- The sequences of the service, those of identity columns among them.
SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' ORDER BY relname

-- name: catalog_drops
-- The statements that empty the schema: everything in it but what an extension brought.
SELECT statement FROM (
    SELECT 1 AS turn, 'pg_class'::regclass AS class, c.oid, format('DROP %%s IF EXISTS %%s CASCADE',
        CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
        format('public.%%I', c.relname)) AS statement
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
    UNION ALL
    SELECT 2, 'pg_proc'::regclass, p.oid, format('DROP ROUTINE IF EXISTS public.%%I(%%s) CASCADE', p.proname,
        pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 3, 'pg_type'::regclass, t.oid, format('DROP TYPE IF EXISTS public.%%I CASCADE', t.typname)
    FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
) AS things
WHERE NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = things.class AND d.objid = things.oid AND d.deptype IN ('e', 'i'))
ORDER BY turn, oid

-- name: catalog_loosen
-- The statements that make loading free of order and quick, each with the one that restores what it took.
SELECT loosen, tighten FROM (
    SELECT 1 AS turn, conname::text AS name, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS loosen,
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS tighten
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f'
    UNION ALL
    SELECT 2, c.relname::text, format('DROP INDEX %%s', c.oid::regclass), pg_get_indexdef(c.oid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'i'
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indrelid
                            AND d.deptype = 'e')
    UNION ALL
    SELECT 3, c.relname::text, format('ALTER TABLE %%s DISABLE TRIGGER USER', c.oid::regclass),
        format('ALTER TABLE %%s ENABLE TRIGGER USER', c.oid::regclass)
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
) AS things ORDER BY turn, name

-- name: catalog_servers
-- Who else is connected to this database as the service.
SELECT pid, coalesce(nullif(application_name, ''), 'firstline') AS name FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename ~ '^firstline_[0-9a-f]{8}$'
ORDER BY pid

-- name: health_edition_live
-- Whether an Edition is live.
SELECT EXISTS (SELECT FROM live_edition) AS live
