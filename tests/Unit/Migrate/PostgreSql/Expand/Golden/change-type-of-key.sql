-- ==== expand_orders_id_type.up.sql
-- Phase 1 of 3, expand: orders.id becomes bigint, as id_new until the contract.
-- Old and new applications may write from here on: a trigger keeps both equal, whichever is written.
ALTER TABLE orders ADD COLUMN id_new bigint;
CREATE FUNCTION zlk_sync_orders_id() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    IF NEW.id_new IS NOT DISTINCT FROM NEW.id::bigint
        OR NEW.id IS NOT DISTINCT FROM NEW.id_new::integer THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.id_new IS NULL THEN
            NEW.id_new := NEW.id::bigint;
        ELSE
            NEW.id := NEW.id_new::integer;
        END IF;
    ELSIF NEW.id_new IS DISTINCT FROM OLD.id_new THEN
        NEW.id := NEW.id_new::integer;
    ELSIF NEW.id IS DISTINCT FROM OLD.id THEN
        NEW.id_new := NEW.id::bigint;
    END IF;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER zlk_sync_orders_id BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION zlk_sync_orders_id();

-- ==== expand_orders_id_type.down.sql
-- Takes back: orders.id becomes bigint, as id_new until the contract.
DROP TRIGGER zlk_sync_orders_id ON orders;
DROP FUNCTION zlk_sync_orders_id();
ALTER TABLE orders DROP COLUMN id_new;

-- ==== backfill_orders_id_type.up.sql
-- lk: no-transaction
-- Phase 2 of 3, backfill: orders.id becomes bigint, as id_new until the contract.
-- Fills the rows that were there before, then builds what the old column has: indexes, constraints.
-- lk: backfill key: id
UPDATE orders SET id_new = id::bigint WHERE id_new IS NULL AND (id::bigint) IS NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_id_new_not_null CHECK (id_new IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_id_new_not_null;
ALTER TABLE orders ALTER COLUMN id_new SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_id_new_not_null;
CREATE UNIQUE INDEX CONCURRENTLY orders_pkey_id_new ON orders USING btree (id_new);
ALTER TABLE lines ADD CONSTRAINT lines_order_id_new_fkey FOREIGN KEY (order_id) REFERENCES orders(id_new) NOT VALID;
ALTER TABLE lines VALIDATE CONSTRAINT lines_order_id_new_fkey;

-- ==== backfill_orders_id_type.down.sql
-- lk: no-transaction
-- The values stay; they go with the column.
ALTER TABLE lines DROP CONSTRAINT IF EXISTS lines_order_id_new_fkey;
DROP INDEX CONCURRENTLY IF EXISTS orders_pkey_id_new;
ALTER TABLE orders ALTER COLUMN id_new DROP NOT NULL;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_id_new_not_null;

-- ==== contract_orders_id_type.up.sql
-- lk: contract of public.orders.id
-- lk: allow-file ban-drop-column, renaming-column, statements-while-holding-lock, ban-drop-default: the gate holds this file until nothing uses the old column
-- Phase 3 of 3, contract: orders.id becomes bigint, as id_new until the contract.
-- From here on there is only the new form.
DROP TRIGGER zlk_sync_orders_id ON orders;
DROP FUNCTION zlk_sync_orders_id();
ALTER TABLE lines DROP CONSTRAINT lines_order_id_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey_id_new;
ALTER TABLE orders ALTER COLUMN id DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN id_new SET DEFAULT nextval('orders_id_seq'::regclass);
ALTER SEQUENCE orders_id_seq AS bigint OWNED BY orders.id_new;
ALTER TABLE orders DROP COLUMN id;
ALTER TABLE orders RENAME COLUMN id_new TO id;
ALTER TABLE lines RENAME CONSTRAINT lines_order_id_new_fkey TO lines_order_id_fkey;

-- ==== contract_orders_id_type.down.sql
-- lk: no-transaction
-- Makes the old form again beside the new one, and fills it.
DO $together$
BEGIN
ALTER TABLE orders RENAME COLUMN id TO id_new;
ALTER TABLE lines RENAME CONSTRAINT lines_order_id_fkey TO lines_order_id_new_fkey;
ALTER TABLE orders ADD COLUMN id integer;
ALTER TABLE orders ALTER COLUMN id_new DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN id SET DEFAULT nextval('orders_id_seq'::regclass);
ALTER SEQUENCE orders_id_seq AS integer OWNED BY orders.id;
CREATE FUNCTION zlk_sync_orders_id() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    IF NEW.id_new IS NOT DISTINCT FROM NEW.id::bigint
        OR NEW.id IS NOT DISTINCT FROM NEW.id_new::integer THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.id_new IS NULL THEN
            NEW.id_new := NEW.id::bigint;
        ELSE
            NEW.id := NEW.id_new::integer;
        END IF;
    ELSIF NEW.id_new IS DISTINCT FROM OLD.id_new THEN
        NEW.id := NEW.id_new::integer;
    ELSIF NEW.id IS DISTINCT FROM OLD.id THEN
        NEW.id_new := NEW.id::bigint;
    END IF;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER zlk_sync_orders_id BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION zlk_sync_orders_id();
END
$together$;
-- lk: backfill key: id_new
UPDATE orders SET id = id_new::integer WHERE id IS NULL AND id_new IS NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_id_not_null CHECK (id IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_id_not_null;
ALTER TABLE orders ALTER COLUMN id SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_id_not_null;
CREATE UNIQUE INDEX CONCURRENTLY orders_pkey_id_new ON orders USING btree (id_new);
CREATE UNIQUE INDEX CONCURRENTLY orders_pkey_back ON orders USING btree (id);
DO $together$
BEGIN
ALTER TABLE lines DROP CONSTRAINT lines_order_id_new_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey_back;
ALTER TABLE lines ADD CONSTRAINT lines_order_id_new_fkey FOREIGN KEY (order_id) REFERENCES orders(id_new) NOT VALID;
ALTER TABLE lines ADD CONSTRAINT lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders(id) NOT VALID;
END
$together$;
ALTER TABLE lines VALIDATE CONSTRAINT lines_order_id_new_fkey;
ALTER TABLE lines VALIDATE CONSTRAINT lines_order_id_fkey;
