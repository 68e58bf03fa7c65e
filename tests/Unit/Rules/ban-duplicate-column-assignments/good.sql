UPDATE orders SET tags[1] = 'a', tags[2] = 'b' WHERE id = 1;
UPDATE orders SET (state, total) = (SELECT 'open', 1) WHERE id = 1;
