UPDATE orders SET state = 'open', total = 1, state = 'new' WHERE id = 1;
INSERT INTO orders (id, id) VALUES (1, 2);
INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = 1, total = 2;
