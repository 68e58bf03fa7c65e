-- Support looks orders up by what they cost, and nothing may be sold for nothing.
CREATE INDEX orders_total_idx ON orders (total, placed_at);
ALTER TABLE order_items ADD CONSTRAINT order_items_price_given CHECK (unit_price > 0);
