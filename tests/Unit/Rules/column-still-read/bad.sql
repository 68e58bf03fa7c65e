ALTER TABLE orders DROP COLUMN note;
ALTER TABLE orders RENAME COLUMN customer_id TO buyer_id;
ALTER TABLE public.orders DROP COLUMN IF EXISTS state;
