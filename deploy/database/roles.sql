-- What `rapport up` does to a database before the services migrate their schemas, for those who do it by hand: one schema and
-- one login role for each service, and a role can use its own schema and nothing else. Run as an administrator, connected to
-- the database of the suite, once for each of contacts, sales, campaigns, tickets, notifications and console:
--
--   psql -v service=contacts -f roles.sql "postgresql://admin@host/rapport"
--   \password rapport_contacts                         in psql, so that no list of processes and no log has it
--
-- Then give each service its address: CONTACTS_DATABASE_URL=postgresql://rapport_contacts:...@host/rapport, and so on.

\set role rapport_:service

SELECT format('CREATE ROLE %I', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

ALTER ROLE :role LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
-- An administrator who is no superuser may give a schema only to a role that it is a member of.
GRANT :role TO CURRENT_USER;

\set rebuild :service _rebuild
CREATE SCHEMA IF NOT EXISTS :service AUTHORIZATION :role;
-- Where the service rebuilds its read models from the topics; the role may make no schema itself.
CREATE SCHEMA IF NOT EXISTS :rebuild AUTHORIZATION :role;

SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role') \gexec
SELECT format('ALTER ROLE %I IN DATABASE %I SET search_path = %I', :'role', current_database(), :'service') \gexec

-- No service may take the connections of the others: room for twelve processes of fifteen each.
ALTER ROLE :role CONNECTION LIMIT 180;

-- In a database that nothing else uses, take from the others what PostgreSQL gives to everyone:
--   REVOKE ALL ON DATABASE rapport FROM PUBLIC;
--   REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- and on a server that nothing else uses, the databases that it has besides:
--   REVOKE ALL ON DATABASE postgres FROM PUBLIC;
--   REVOKE ALL ON DATABASE template1 FROM PUBLIC;
