-- ==== expand_orders_note_to_remark.up.sql
-- Phase 1 of 3, expand: orders.note becomes orders.remark.
-- Old and new applications may write from here on: a trigger keeps both equal, whichever is written.
ALTER TABLE orders ADD COLUMN remark text;
ALTER TABLE orders ALTER COLUMN remark SET DEFAULT 'none'::text;
ALTER TABLE orders ALTER COLUMN remark SET STATISTICS 500;
COMMENT ON COLUMN orders.remark IS 'what it''s about';
GRANT SELECT (remark) ON orders TO reader WITH GRANT OPTION;
CREATE FUNCTION zlk_sync_orders_note() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    IF NEW.remark IS NOT DISTINCT FROM NEW.note THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.remark IS NOT DISTINCT FROM 'none'::text THEN
            NEW.remark := NEW.note;
        ELSE
            NEW.note := NEW.remark;
        END IF;
    ELSIF NEW.remark IS DISTINCT FROM OLD.remark THEN
        NEW.note := NEW.remark;
    ELSIF NEW.note IS DISTINCT FROM OLD.note THEN
        NEW.remark := NEW.note;
    END IF;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER zlk_sync_orders_note BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION zlk_sync_orders_note();

-- ==== expand_orders_note_to_remark.down.sql
-- Takes back: orders.note becomes orders.remark.
DROP TRIGGER zlk_sync_orders_note ON orders;
DROP FUNCTION zlk_sync_orders_note();
ALTER TABLE orders DROP COLUMN remark;

-- ==== backfill_orders_note_to_remark.up.sql
-- lk: no-transaction
-- Phase 2 of 3, backfill: orders.note becomes orders.remark.
-- Fills the rows that were there before, then builds what the old column has: indexes, constraints.
-- lk: backfill key: id
UPDATE orders SET remark = note WHERE remark IS NULL AND note IS NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_remark_not_null CHECK (remark IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_remark_not_null;
ALTER TABLE orders ALTER COLUMN remark SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_remark_not_null;
CREATE INDEX CONCURRENTLY orders_remark_idx ON orders USING btree (lower(remark));
COMMENT ON INDEX orders_remark_idx IS 'for the search';
ALTER TABLE orders ADD CONSTRAINT orders_remark_check CHECK ((length(remark) < 100)) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_remark_check;

-- ==== backfill_orders_note_to_remark.down.sql
-- lk: no-transaction
-- The values stay; they go with the column.
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_remark_check;
DROP INDEX CONCURRENTLY IF EXISTS orders_remark_idx;
ALTER TABLE orders ALTER COLUMN remark DROP NOT NULL;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_remark_not_null;

-- ==== contract_orders_note_to_remark.up.sql
-- lk: contract of public.orders.note
-- lk: allow-file ban-drop-column: the gate holds this file until nothing uses the old column
-- Phase 3 of 3, contract: orders.note becomes orders.remark.
-- From here on there is only the new form.
DROP TRIGGER zlk_sync_orders_note ON orders;
DROP FUNCTION zlk_sync_orders_note();
ALTER TABLE orders DROP COLUMN note;

-- ==== contract_orders_note_to_remark.down.sql
-- lk: no-transaction
-- Makes the old form again beside the new one, and fills it.
DO $together$
BEGIN
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'none'::text;
ALTER TABLE orders ALTER COLUMN note SET STATISTICS 500;
COMMENT ON COLUMN orders.note IS 'what it''s about';
GRANT SELECT (note) ON orders TO reader WITH GRANT OPTION;
CREATE FUNCTION zlk_sync_orders_note() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    IF NEW.remark IS NOT DISTINCT FROM NEW.note THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.remark IS NOT DISTINCT FROM 'none'::text THEN
            NEW.remark := NEW.note;
        ELSE
            NEW.note := NEW.remark;
        END IF;
    ELSIF NEW.remark IS DISTINCT FROM OLD.remark THEN
        NEW.note := NEW.remark;
    ELSIF NEW.note IS DISTINCT FROM OLD.note THEN
        NEW.remark := NEW.note;
    END IF;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER zlk_sync_orders_note BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION zlk_sync_orders_note();
END
$together$;
-- lk: backfill key: id
UPDATE orders SET note = remark WHERE note IS NULL AND remark IS NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_note_not_null CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_note_not_null;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_note_not_null;
CREATE INDEX CONCURRENTLY orders_note_idx ON orders USING btree (lower(note));
COMMENT ON INDEX orders_note_idx IS 'for the search';
ALTER TABLE orders ADD CONSTRAINT orders_note_check CHECK ((length(note) < 100)) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_note_check;
