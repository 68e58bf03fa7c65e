ALTER TABLE orders ADD COLUMN mail email;
