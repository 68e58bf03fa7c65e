UPDATE orders SET state = 'open', note = NULL;
