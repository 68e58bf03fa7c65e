-- ==== expand_orders_to_addresses.up.sql
-- Phase 1 of 3, expand: street of orders moves to addresses.
-- Old and new applications may write from here on: triggers keep both equal, whichever is written.
CREATE TABLE addresses (
    tenant integer NOT NULL,
    id bigint NOT NULL,
    street text DEFAULT 'none'::text NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (tenant, id),
    CONSTRAINT addresses_tenant_id_fkey FOREIGN KEY (tenant, id) REFERENCES orders (tenant, id) ON UPDATE CASCADE ON DELETE CASCADE
);
COMMENT ON COLUMN addresses.street IS 'and number';
CREATE INDEX addresses_street_idx ON addresses USING btree (street);
GRANT SELECT ON addresses TO reader;
ALTER TABLE orders ALTER COLUMN street DROP NOT NULL;
CREATE FUNCTION lk_sync_addresses_orders_back() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.id IS DISTINCT FROM NEW.id)) THEN
        UPDATE /* lk:sync */ orders was SET street = NULL
        WHERE was.tenant = OLD.tenant AND was.id = OLD.id AND (was.street IS NOT NULL) AND NOT EXISTS (SELECT FROM addresses made WHERE made.tenant = was.tenant AND made.id = was.id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE /* lk:sync */ orders was SET street = made.street FROM addresses made
        WHERE made.tenant = NEW.tenant AND made.id = NEW.id AND was.tenant = made.tenant AND was.id = made.id AND (made.street IS DISTINCT FROM was.street);
    END IF;
    RETURN NULL;
END
$sync$;
CREATE TRIGGER lk_sync_addresses_orders_back AFTER INSERT OR UPDATE OR DELETE ON addresses FOR EACH ROW EXECUTE FUNCTION lk_sync_addresses_orders_back();
CREATE FUNCTION lk_yield_addresses() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    DELETE /* lk:sync */ FROM addresses made
    WHERE made.tenant = NEW.tenant AND made.id = NEW.id AND made.street IS NOT DISTINCT FROM 'none'::text;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER lk_yield_addresses BEFORE INSERT ON addresses FOR EACH ROW EXECUTE FUNCTION lk_yield_addresses();
CREATE FUNCTION lk_sync_orders_addresses() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    UPDATE /* lk:sync */ addresses made SET street = CASE WHEN CASE TG_OP WHEN 'INSERT' THEN NOT (NEW.street IS NOT DISTINCT FROM 'none'::text) ELSE NEW.street IS DISTINCT FROM OLD.street END THEN was.street ELSE made.street END FROM orders was
    WHERE was.tenant = NEW.tenant AND was.id = NEW.id AND made.tenant = was.tenant AND made.id = was.id AND ((CASE TG_OP WHEN 'INSERT' THEN NOT (NEW.street IS NOT DISTINCT FROM 'none'::text) ELSE NEW.street IS DISTINCT FROM OLD.street END AND made.street IS DISTINCT FROM was.street));
    IF NOT FOUND THEN
        INSERT /* lk:sync */ INTO addresses (tenant, id, street) SELECT was.tenant, was.id, was.street FROM orders was
        WHERE was.tenant = NEW.tenant AND was.id = NEW.id AND (was.street IS NOT NULL) AND NOT EXISTS (SELECT FROM addresses made WHERE made.tenant = was.tenant AND made.id = was.id)
        ON CONFLICT (tenant, id) DO UPDATE SET street = excluded.street;
    END IF;
    RETURN NULL;
END
$sync$;
CREATE TRIGGER lk_sync_orders_addresses AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION lk_sync_orders_addresses();

-- ==== expand_orders_to_addresses.down.sql
-- lk: no-transaction
-- Takes back: street of orders moves to addresses.
DO $together$
BEGIN
DROP TRIGGER lk_sync_orders_addresses ON orders;
DROP FUNCTION lk_sync_orders_addresses();
DROP TRIGGER lk_sync_addresses_orders_back ON addresses;
DROP FUNCTION lk_sync_addresses_orders_back();
DROP TRIGGER lk_yield_addresses ON addresses;
DROP FUNCTION lk_yield_addresses();
DROP TABLE addresses;
END
$together$;
ALTER TABLE orders ADD CONSTRAINT orders_street_not_null CHECK (street IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_street_not_null;
ALTER TABLE orders ALTER COLUMN street SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_street_not_null;

-- ==== backfill_orders_to_addresses.up.sql
-- lk: no-transaction
-- Phase 2 of 3, backfill: street of orders moves to addresses.
-- Each row that was there before is written once as it is: the trigger makes its row of the new table.
-- lk: backfill key: (tenant, id)
UPDATE orders SET street = street WHERE (street IS NOT NULL) AND NOT EXISTS (SELECT FROM addresses made WHERE made.tenant = orders.tenant AND made.id = orders.id);

-- ==== backfill_orders_to_addresses.down.sql
-- The rows stay; they go with the table.
SELECT 1;

-- ==== contract_orders_to_addresses.up.sql
-- lk: contract of public.orders.street
-- lk: allow-file ban-drop-column: the gate holds this file until nothing uses the old columns
-- Phase 3 of 3, contract: street of orders moves to addresses.
-- From here on there is only the new form.
DROP TRIGGER lk_sync_orders_addresses ON orders;
DROP FUNCTION lk_sync_orders_addresses();
DROP TRIGGER lk_sync_addresses_orders_back ON addresses;
DROP FUNCTION lk_sync_addresses_orders_back();
DROP TRIGGER lk_yield_addresses ON addresses;
DROP FUNCTION lk_yield_addresses();
ALTER TABLE orders DROP COLUMN street;

-- ==== contract_orders_to_addresses.down.sql
-- lk: no-transaction
-- Makes the columns again beside the new table, and fills them.
DO $together$
BEGIN
ALTER TABLE orders ADD COLUMN street text;
ALTER TABLE orders ALTER COLUMN street SET DEFAULT 'none'::text;
COMMENT ON COLUMN orders.street IS 'and number';
CREATE FUNCTION lk_sync_addresses_orders_back() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.tenant IS DISTINCT FROM NEW.tenant OR OLD.id IS DISTINCT FROM NEW.id)) THEN
        UPDATE /* lk:sync */ orders was SET street = NULL
        WHERE was.tenant = OLD.tenant AND was.id = OLD.id AND (was.street IS NOT NULL) AND NOT EXISTS (SELECT FROM addresses made WHERE made.tenant = was.tenant AND made.id = was.id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE /* lk:sync */ orders was SET street = made.street FROM addresses made
        WHERE made.tenant = NEW.tenant AND made.id = NEW.id AND was.tenant = made.tenant AND was.id = made.id AND (made.street IS DISTINCT FROM was.street);
    END IF;
    RETURN NULL;
END
$sync$;
CREATE TRIGGER lk_sync_addresses_orders_back AFTER INSERT OR UPDATE OR DELETE ON addresses FOR EACH ROW EXECUTE FUNCTION lk_sync_addresses_orders_back();
CREATE FUNCTION lk_yield_addresses() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    DELETE /* lk:sync */ FROM addresses made
    WHERE made.tenant = NEW.tenant AND made.id = NEW.id AND made.street IS NOT DISTINCT FROM 'none'::text;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER lk_yield_addresses BEFORE INSERT ON addresses FOR EACH ROW EXECUTE FUNCTION lk_yield_addresses();
CREATE FUNCTION lk_sync_orders_addresses() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $sync$
BEGIN
    UPDATE /* lk:sync */ addresses made SET street = CASE WHEN CASE TG_OP WHEN 'INSERT' THEN NOT (NEW.street IS NOT DISTINCT FROM 'none'::text) ELSE NEW.street IS DISTINCT FROM OLD.street END THEN was.street ELSE made.street END FROM orders was
    WHERE was.tenant = NEW.tenant AND was.id = NEW.id AND made.tenant = was.tenant AND made.id = was.id AND ((CASE TG_OP WHEN 'INSERT' THEN NOT (NEW.street IS NOT DISTINCT FROM 'none'::text) ELSE NEW.street IS DISTINCT FROM OLD.street END AND made.street IS DISTINCT FROM was.street));
    IF NOT FOUND THEN
        INSERT /* lk:sync */ INTO addresses (tenant, id, street) SELECT was.tenant, was.id, was.street FROM orders was
        WHERE was.tenant = NEW.tenant AND was.id = NEW.id AND (was.street IS NOT NULL) AND NOT EXISTS (SELECT FROM addresses made WHERE made.tenant = was.tenant AND made.id = was.id)
        ON CONFLICT (tenant, id) DO UPDATE SET street = excluded.street;
    END IF;
    RETURN NULL;
END
$sync$;
CREATE TRIGGER lk_sync_orders_addresses AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION lk_sync_orders_addresses();
END
$together$;
-- lk: backfill key: (tenant, id)
UPDATE orders SET street = made.street FROM addresses made WHERE made.tenant = orders.tenant AND made.id = orders.id AND (orders.street IS DISTINCT FROM made.street);
CREATE INDEX CONCURRENTLY orders_street_idx ON orders USING btree (street);
