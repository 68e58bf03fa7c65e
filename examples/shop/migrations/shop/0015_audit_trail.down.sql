DROP TRIGGER refunds_audit ON refunds;
DROP TRIGGER coupons_audit ON coupons;
DROP TRIGGER products_audit ON products;
DROP FUNCTION audit.record();
DROP TABLE audit.changes;
