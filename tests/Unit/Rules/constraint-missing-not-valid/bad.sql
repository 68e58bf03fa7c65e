ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);
ALTER TABLE orders ADD COLUMN rating int CHECK (rating BETWEEN 1 AND 5);
