# Run once by the image of PostgreSQL, in the new database: both roles, the web's with the same password.
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f /roles.sql
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v password="$POSTGRES_PASSWORD" <<'SQL'
ALTER ROLE asn_lms_web PASSWORD :'password';
SQL
