-- The roles of ASN LMS, in every mode; run by a superuser in the new database, and again at any time.
-- asn_lms owns the tables (migrations, workers, commands). asn_lms_web serves pages: rows, no tables, and it never waits long.
-- Time limits belong to the role, so that they hold through PgBouncer as well.
-- Who reads reports becomes asn_lms_reports for that transaction, which only reads, and only rows of some units; asn_lms_reports_all reads
-- for those whose units are the whole tree. Nobody signs in as these (docs/decisions/the-second-wall.md).
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'asn_lms') THEN
        CREATE ROLE asn_lms LOGIN CREATEDB;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'asn_lms_web') THEN
        CREATE ROLE asn_lms_web LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'asn_lms_reports') THEN
        CREATE ROLE asn_lms_reports NOLOGIN;
        CREATE ROLE asn_lms_reports_all NOLOGIN;
    END IF;
END
$$;
GRANT asn_lms_reports, asn_lms_reports_all TO asn_lms, asn_lms_web WITH INHERIT FALSE, SET TRUE;
ALTER ROLE asn_lms SET idle_in_transaction_session_timeout = '10min';
ALTER ROLE asn_lms_web SET statement_timeout = '15s';
ALTER ROLE asn_lms_web SET lock_timeout = '5s';
ALTER ROLE asn_lms_web SET idle_in_transaction_session_timeout = '30s';
-- Whatever asn_lms makes from now on, in any database of this server that it owns, the web may read and write by rows.
GRANT USAGE ON SCHEMA public TO asn_lms_web;
ALTER DEFAULT PRIVILEGES FOR ROLE asn_lms GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO asn_lms_web;
ALTER DEFAULT PRIVILEGES FOR ROLE asn_lms GRANT USAGE, SELECT ON SEQUENCES TO asn_lms_web;
