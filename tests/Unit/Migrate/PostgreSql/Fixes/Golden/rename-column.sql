-- lk: no-transaction
ALTER TABLE orders ADD COLUMN created_at timestamptz;
CREATE FUNCTION orders_created_at_sync() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.created_at := coalesce(NEW.created_at, NEW.made_at);
        NEW.made_at := coalesce(NEW.made_at, NEW.created_at);
    ELSIF NEW.created_at IS DISTINCT FROM OLD.created_at THEN
        NEW.made_at := NEW.created_at;
    ELSE
        NEW.created_at := NEW.made_at;
    END IF;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER orders_created_at_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_created_at_sync();
-- lk: backfill
UPDATE orders SET made_at = made_at WHERE created_at IS DISTINCT FROM made_at;
