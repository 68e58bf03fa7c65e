ALTER TABLE orders ADD COLUMN nick name_text;
ALTER TABLE orders ADD COLUMN mails email[];
ALTER TABLE orders ADD COLUMN kind text;
CREATE TABLE refunds (mail email);
ALTER TABLE refunds ADD COLUMN other email;
