-- Alone in its file: a new value of an enum cannot be used in the transaction that adds it.
ALTER TYPE order_status ADD VALUE 'returned' AFTER 'delivered';
